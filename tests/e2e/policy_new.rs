//! `umbel policy new` and `umbel policy build`: from nothing to a policy.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::rig::{Said, Workshop, run};

/// What a project in each language is made of, beside the contract.
const FILES: [(&str, &[&str]); 3] = [
    (
        "rust",
        &["Cargo.toml", "src/lib.rs", "sdk/umbel-guest/src/lib.rs"],
    ),
    ("js", &["package.json", "policy.js", "policy.test.js"]),
    (
        "python",
        &["requirements.txt", "policy.py", "test_policy.py"],
    ),
];

#[test]
fn a_project_has_the_contract_a_policy_a_test_and_two_commands() {
    run(async {
        let shop = Workshop::new();
        for (language, files) in FILES {
            shop.policy(&["new", language, "--lang", language]).good();
            let read = |file: &str| {
                let path = shop.path(language).join(file);
                fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
            };
            for file in files
                .iter()
                .chain(&["wit/types.wit", "wit/dispatcher.wit", ".gitignore"])
            {
                assert!(!read(file).contains("{name}"), "{file}");
            }
            let readme = read("README.md");
            assert!(readme.starts_with(&format!("# {language}\n")), "{readme}");
            let commands = readme.lines().filter(|line| line.starts_with("umbel "));
            assert_eq!(
                commands.collect::<Vec<_>>(),
                ["umbel policy build", "umbel policy test policy.wasm"]
            );
        }
    });
}

#[test]
fn a_folder_that_is_not_empty_is_left_as_it_is() {
    run(async {
        let shop = Workshop::new();
        shop.write("mine", "");
        let text = shop.policy(&["new", "."]).failed();
        assert!(text.contains("is not empty"), "{text}");
        assert_eq!(fs::read_dir(shop.path("")).expect("it is there").count(), 1);
        let text = shop.policy(&["new", "mine"]).failed();
        assert!(text.contains("Not a directory"), "{text}");
    });
}

#[test]
fn a_folder_without_a_project_cannot_be_built() {
    run(async {
        let shop = Workshop::new();
        let text = shop.policy(&["build"]).failed();
        assert!(
            text.contains("holds no project") && text.contains("umbel policy new"),
            "{text}"
        );
    });
}

/// Built where the next run finds what it built of the standard library.
#[test]
fn a_project_in_rust_builds_and_keeps_the_contract() {
    run(async {
        let shop = Workshop::new();
        shop.policy(&["new", "mine", "--lang", "rust"]).good();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-project");
        let mut build = crate::rig::umbel();
        build
            .args(["policy", "build"])
            .current_dir(shop.path("mine"))
            .env("CARGO_TARGET_DIR", &target);
        let said = Said::by(&build.output().expect("it runs"));
        assert!(said.good().starts_with("policy.wasm: "), "{}", said.out);
        let component = "mine/policy.wasm";
        let found = shop.policy(&["check", component, "--json"]).json();
        assert_eq!(
            (&found["good"], &found["profiles"][0]["name"]),
            (&true.into(), &"mine".into())
        );
        shop.policy(&["test", component]).good();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut test = Command::new(cargo);
        test.args(["test", "--lib", "--quiet"])
            .current_dir(shop.path("mine"))
            .env("CARGO_TARGET_DIR", &target);
        let tested = Said::by(&test.output().expect("it runs"));
        assert!(tested.good().contains("1 passed"), "{}", tested.out);
    });
}

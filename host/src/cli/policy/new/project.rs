//! The files of a new project.

use crate::cli::policy::contract;
use crate::cli::policy::language::Language;

/// Where the SDK is in a project in Rust: two folders deep, so that it finds the contract where it does
/// in its own repository.
const SDK: &str = "sdk/umbel-guest";

/// A file of a project. In its text `{name}` stands for the name of the policy.
pub(super) struct File {
    /// Below the folder of the project.
    pub(super) path: String,
    pub(super) text: &'static str,
}

/// All of a project in that language, the contract included.
pub(super) fn files(language: Language) -> Vec<File> {
    let own: &[(&str, &str)] = match language {
        Language::Rust => &RUST,
        Language::Js => &JS,
        Language::Python => &PYTHON,
    };
    let own = own
        .iter()
        .map(|&(path, text)| File::new(path.to_owned(), text));
    let contract = contract::FILES
        .into_iter()
        .map(|(name, text)| File::new(format!("{}/{name}", contract::FOLDER), text));
    let sdk: &[(&str, &str)] = match language {
        Language::Rust => &SDK_FILES,
        _ => &[],
    };
    let sdk = sdk
        .iter()
        .map(|&(path, text)| File::new(format!("{SDK}/{path}"), text));
    own.chain(contract).chain(sdk).collect()
}

impl File {
    const fn new(path: String, text: &'static str) -> Self {
        Self { path, text }
    }
}

macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../../../../templates/policy/", $file))
    };
}

const RUST: [(&str, &str); 4] = [
    ("Cargo.toml", template!("rust/Cargo.toml.in")),
    ("src/lib.rs", template!("rust/lib.rs")),
    ("README.md", template!("rust/README.md")),
    (".gitignore", template!("rust/gitignore")),
];

const JS: [(&str, &str); 5] = [
    ("package.json", template!("js/package.json.in")),
    ("policy.js", template!("js/policy.js")),
    ("policy.test.js", template!("js/policy.test.js")),
    ("README.md", template!("js/README.md")),
    (".gitignore", template!("js/gitignore")),
];

const PYTHON: [(&str, &str); 5] = [
    ("requirements.txt", template!("python/requirements.txt")),
    ("policy.py", template!("python/policy.py")),
    ("test_policy.py", template!("python/test_policy.py")),
    ("README.md", template!("python/README.md")),
    (".gitignore", template!("python/gitignore")),
];

macro_rules! sdk {
    ($($file:literal),* $(,)?) => {
        [
            ("Cargo.toml", template!("rust/sdk.toml.in")),
            $(($file, include_str!(concat!("../../../../../guest/sdk/", $file)))),*
        ]
    };
}

const SDK_FILES: [(&str, &str); 11] = sdk![
    "src/bindings.rs",
    "src/defaults.rs",
    "src/export.rs",
    "src/export_filter.rs",
    "src/filter.rs",
    "src/lib.rs",
    "src/policy.rs",
    "src/publish_bindings.rs",
    "src/stateful.rs",
    "src/view_bindings.rs",
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{SDK_FILES, files};
    use crate::cli::policy::language::Language;

    fn guest() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../guest"))
    }

    #[test]
    fn a_project_has_every_file_of_the_sdk_and_of_the_contract() {
        let mut sources: Vec<String> = fs::read_dir(guest().join("sdk/src"))
            .unwrap()
            .map(|file| format!("src/{}", file.unwrap().file_name().to_string_lossy()))
            .collect();
        sources.sort();
        let ours: Vec<&str> = SDK_FILES[1..].iter().map(|(path, _)| *path).collect();
        assert_eq!(ours, sources);
        for language in [Language::Rust, Language::Js, Language::Python] {
            let files = files(language);
            let wit: Vec<&str> = files
                .iter()
                .filter_map(|file| file.path.strip_prefix("wit/"))
                .collect();
            let mut committed: Vec<String> = fs::read_dir(guest().join("../wit"))
                .unwrap()
                .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
                .filter(|name| name.ends_with(".wit"))
                .collect();
            committed.sort_by_key(|name| wit.iter().position(|known| known == name));
            assert_eq!(wit, committed);
        }
    }

    #[test]
    fn the_sdk_of_a_project_depends_on_what_the_sdk_depends_on() {
        let workspace = fs::read_to_string(guest().join("Cargo.toml")).unwrap();
        let (_, manifest) = SDK_FILES[0];
        let dependency = workspace
            .lines()
            .find(|line| line.starts_with("wit-bindgen = "))
            .unwrap();
        assert!(manifest.contains(dependency), "{manifest}");
        let sdk = fs::read_to_string(guest().join("sdk/Cargo.toml")).unwrap();
        let (_, dependencies) = sdk.split_once("[dependencies]\n").unwrap();
        assert_eq!(dependencies.trim(), "wit-bindgen.workspace = true");
    }
}

//! The files of a new project.

use include_dir::{Dir, include_dir};

use crate::cli::policy::contract;
use crate::cli::policy::language::Language;

/// A package that a project in Rust has a copy of.
struct Copied {
    /// Two folders deep, so that the SDK finds the contract where it does in its own repository.
    folder: &'static str,
    manifest: &'static str,
    sources: Dir<'static>,
}

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
    let sdk = match language {
        Language::Rust => SDK.iter().flat_map(Copied::files).collect(),
        _ => Vec::new(),
    };
    own.chain(contract).chain(sdk).collect()
}

impl Copied {
    fn files(&'static self) -> Vec<File> {
        let manifest = File::new(format!("{}/Cargo.toml", self.folder), self.manifest);
        let (mut files, mut dirs) = (vec![manifest], vec![&self.sources]);
        while let Some(dir) = dirs.pop() {
            dirs.extend(dir.dirs());
            files.extend(dir.files().filter_map(|file| {
                let path = format!("{}/src/{}", self.folder, file.path().display());
                Some(File::new(path, file.contents_utf8()?))
            }));
        }
        files
    }
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

/// The SDK, and what it stands on.
static SDK: [Copied; 4] = [
    Copied {
        folder: "sdk/umbel-guest",
        manifest: template!("rust/sdk.toml.in"),
        sources: include_dir!("$CARGO_MANIFEST_DIR/../guest/sdk/src"),
    },
    Copied {
        folder: "sdk/umbel-event",
        manifest: template!("rust/event.toml.in"),
        sources: include_dir!("$CARGO_MANIFEST_DIR/../crates/event/src"),
    },
    Copied {
        folder: "sdk/umbel-selector",
        manifest: template!("rust/selector.toml.in"),
        sources: include_dir!("$CARGO_MANIFEST_DIR/../crates/selector/src"),
    },
    Copied {
        folder: "sdk/umbel-routing",
        manifest: template!("rust/routing.toml.in"),
        sources: include_dir!("$CARGO_MANIFEST_DIR/../crates/routing/src"),
    },
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{SDK, files};
    use crate::cli::policy::language::Language;

    fn guest() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../guest"))
    }

    #[test]
    fn a_project_has_the_contract() {
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

    /// The lines of a manifest's dependencies that are needed without any feature of `routing`'s.
    fn dependencies(manifest: &str) -> Vec<String> {
        let (_, rest) = manifest.split_once("[dependencies]\n").unwrap();
        let lines = rest.lines().take_while(|line| !line.starts_with('['));
        let name = |line: &str| line.split(['.', ' ']).next().unwrap_or_default().to_owned();
        lines.map(name).filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn a_copy_depends_on_what_the_original_depends_on() {
        let originals = [
            "guest/sdk",
            "crates/event",
            "crates/selector",
            "crates/routing",
        ];
        for (copy, original) in SDK.iter().zip(originals) {
            let original = guest().join("..").join(original).join("Cargo.toml");
            let mut needed = dependencies(&fs::read_to_string(original).unwrap());
            if copy.folder.ends_with("routing") {
                needed.retain(|name| !["base64", "serde", "serde_json"].contains(&&**name));
            }
            assert_eq!(dependencies(copy.manifest), needed, "{}", copy.folder);
        }
        let workspace = fs::read_to_string(guest().join("Cargo.toml")).unwrap();
        let bindgen = workspace
            .lines()
            .find(|line| line.starts_with("wit-bindgen = "));
        assert!(SDK[0].manifest.contains(bindgen.unwrap()));
    }
}

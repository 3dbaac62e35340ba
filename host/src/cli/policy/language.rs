//! What a policy is written in.

use std::path::Path;

use anyhow::bail;
use clap::ValueEnum;

/// What a policy is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// Rust.
    Rust,
    /// JavaScript.
    Js,
    /// Python.
    Python,
}

impl Language {
    const ALL: [Self; 3] = [Self::Rust, Self::Js, Self::Python];

    /// That of the project in `folder`.
    ///
    /// # Errors
    /// Where it holds no project, or several.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let is_there = |language: &Self| folder.join(language.marker()).is_file();
        let found: Vec<Self> = Self::ALL.into_iter().filter(is_there).collect();
        let shown = folder.display();
        match found[..] {
            [one] => Ok(one),
            [] => bail!(
                "{shown} holds no project: none of Cargo.toml, package.json and requirements.txt; \
                 `umbel policy new` begins one"
            ),
            [first, second, ..] => bail!(
                "{shown} holds both {} and {}: give each project a folder of its own",
                first.marker(),
                second.marker()
            ),
        }
    }

    /// The file that every project in it has.
    const fn marker(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Js => "package.json",
            Self::Python => "requirements.txt",
        }
    }
}

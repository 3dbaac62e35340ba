//! `umbel policy new`: begin a policy of your own.

mod project;

use std::fs;
use std::io::{ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use self::project::{File, files};
use super::language::Language;

/// How a policy is called whose folder has no name for one.
const NAME: &str = "policy";

/// What is begun.
#[derive(Args)]
pub(super) struct New {
    /// The folder of the project: a new one, or one that is empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What it is written in.
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    lang: Language,
}

impl New {
    /// Writes the project, and says how it goes on.
    pub(super) fn run(self) -> anyhow::Result<()> {
        let folder = &self.folder;
        refuse_unless_empty(folder)?;
        let name = name(folder);
        for File { path, text } in files(self.lang) {
            let path = folder.join(path);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&path, text.replace("{name}", &name)))
                .with_context(|| path.display().to_string())?;
        }
        let shown = folder.display();
        Ok(writeln!(
            stdout(),
            "{shown} holds the policy {name}. Build it, and try it:\n  \
             umbel policy build {shown}\n  umbel policy test {shown}/policy.wasm"
        )?)
    }
}

fn refuse_unless_empty(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    match fs::read_dir(folder).map(|mut entries| entries.next()) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => {
            bail!("{shown} is not empty: name a folder that is, or that is not there yet")
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| shown.to_string()),
    }
}

/// The name of the folder, as every language takes it for one of a package.
fn name(folder: &Path) -> String {
    let last = std::path::absolute(folder).ok();
    let last = last.as_deref().and_then(Path::file_name);
    let last = last.map(|name| name.to_string_lossy().to_lowercase());
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = last.unwrap_or_default().chars().map(word).collect();
    let name = name.trim_matches('-');
    match name.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => name.to_owned(),
        false => NAME.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::name;

    #[test]
    fn a_policy_is_called_as_its_folder_as_far_as_that_is_a_name() {
        for (folder, expected) in [
            ("news", "news"),
            ("a/My Policy", "my-policy"),
            ("été", "t"),
            ("1st", "policy"),
            ("/", "policy"),
        ] {
            assert_eq!(name(Path::new(folder)), expected, "{folder}");
        }
    }
}

//! What a file says, and what it must not.

use super::Source;
use super::finding::Finding;

/// Folders of the machines that this is written on; put together here so that this file may be checked
/// as well.
const PRIVATE: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp", "/wt"),
    concat!("/ho", "me/"),
];

/// Whether a Rust file opens with what it is for.
pub(super) fn opening(source: &Source<'_>) -> Option<Finding> {
    (!source.text.starts_with("//! ")).then(|| {
        let mend = "say in a line of `//!` what it is for".into();
        Finding::new(source.path, 1, "a Rust file opens with its doc", mend)
    })
}

/// Whether a Rust file is named after what is in it.
pub(super) fn file_name(source: &Source<'_>) -> Option<Finding> {
    source.path.ends_with("mod.rs").then(|| {
        let mend = "name it after its folder, beside it".into();
        Finding::new(source.path, 1, "a module is not called `mod.rs`", mend)
    })
}

/// Every line that names a folder of somebody's machine.
pub(super) fn private_words(source: &Source<'_>) -> Vec<Finding> {
    let lines = source.text.lines().zip(1..);
    let private = lines.filter(|(line, _)| PRIVATE.iter().any(|word| names(line, word)));
    let finding = |(_, line)| {
        let mend = "say it without a folder of one machine".into();
        Finding::new(source.path, line, "the project stands alone", mend)
    };
    private.map(finding).collect()
}

/// Whether `line` holds `word` as the beginning of a path, not within a longer one or a URL.
fn names(line: &str, word: &str) -> bool {
    let begins = |(at, _): (usize, &str)| !line[..at].ends_with(|c: char| c.is_alphanumeric());
    line.match_indices(word).any(begins)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{PRIVATE, Source, file_name, opening, private_words};

    fn source<'a>(path: &'a str, text: &'a str) -> Source<'a> {
        Source {
            path: Path::new(path),
            text,
        }
    }

    #[test]
    fn a_rust_file_opens_with_its_doc() {
        assert_eq!(opening(&source("a.rs", "//! A.\nfn a() {}\n")), None);
        for text in ["", "fn a() {}\n", "// A.\n", "//!\n", "\n//! A.\n"] {
            assert_eq!(
                opening(&source("a.rs", text)).unwrap().place(),
                ("a.rs", 1),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_module_is_named_after_its_idea() {
        assert!(file_name(&source("a/mod.rs", "")).is_some());
        assert_eq!(file_name(&source("a/model.rs", "")), None);
    }

    #[test]
    fn a_folder_of_one_machine_is_found_but_not_within_an_address() {
        for word in PRIVATE {
            let text = format!("fine\nsee `{word}x`\nhttps://example.org{word}x\n");
            let found = private_words(&source("a.md", &text));
            assert_eq!(
                found.iter().map(|f| f.place().1).collect::<Vec<_>>(),
                [2],
                "{word}"
            );
        }
    }
}

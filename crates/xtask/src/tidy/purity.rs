//! The pure crates ask the system for nothing.

use super::Source;
use super::finding::Finding;
use crate::tree;

/// Their sources, below the root.
const PURE: [&str; 4] = [
    "crates/event/src",
    "crates/routing/src",
    "crates/selector/src",
    "crates/sse/src",
];

/// Parts of the standard library that look at the world. Writing into memory by `std::io::Write` does not,
/// and `core::time::Duration` is but a number.
const IMPURE: [&str; 9] = [
    "env",
    "fs",
    "io::stderr",
    "io::stdin",
    "io::stdout",
    "net",
    "process",
    "thread",
    "time",
];

/// Every line of a pure crate that names such a part.
pub(super) fn check(source: &Source<'_>) -> Vec<Finding> {
    if tree::is_test(source.path) || !PURE.iter().any(|dir| source.path.starts_with(dir)) {
        return vec![];
    }
    let lines = source
        .text
        .lines()
        .zip(1..)
        .filter(|(line, _)| is_impure(line));
    let finding = |(_, line)| {
        let mend = "take what it would find out as an argument".into();
        let rule = "level 0 is pure: no IO, no clock, no randomness";
        Finding::new(source.path, line, rule, mend)
    };
    lines.map(finding).collect()
}

fn is_impure(line: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let named = |part: &str, rest: &str| rest.strip_prefix(part).is_some_and(ends);
    line.split("std::")
        .skip(1)
        .any(|rest| IMPURE.iter().any(|part| named(part, rest)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Source, check, is_impure};

    #[test]
    fn what_looks_at_the_world_is_found() {
        assert!(is_impure("use std::time::Instant;"));
        assert!(is_impure("    let text = std::fs::read(path);"));
        assert!(!is_impure("use core::time::Duration;"));
        assert!(!is_impure("use std::collections::BTreeMap;"));
        assert!(is_impure("print(std::io::stdout());"));
        assert!(!is_impure("use std::io::{Cursor, Write};"));
        assert!(!is_impure("use std::iter::zip;"));
        assert!(!is_impure("use std::environment::it;"));
    }

    #[test]
    fn only_the_pure_crates_and_not_their_tests_are_held_to_it() {
        let text = "//! A.\nuse std::time::Instant;\n";
        let check = |path| {
            check(&Source {
                path: Path::new(path),
                text,
            })
        };
        assert_eq!(
            check("crates/sse/src/a.rs")[0].place(),
            ("crates/sse/src/a.rs", 2)
        );
        assert_eq!(check("crates/sse/src/a/tests.rs"), []);
        assert_eq!(check("crates/hub/src/a.rs"), []);
    }
}

//! Files that can be read in one go.

use super::Source;
use super::finding::Finding;
use crate::tree;

/// Lines of a file, its tests aside.
const LINES_MAX: usize = 400;

/// Whether the file is too long.
pub(super) fn check(source: &Source<'_>) -> Option<Finding> {
    let lines = lines_without_tests(source.text);
    (!tree::is_test(source.path) && lines > LINES_MAX).then(|| {
        let mend = format!("split it by its ideas: it has {lines}, tests aside");
        Finding::new(
            source.path,
            LINES_MAX + 1,
            "a file has at most 400 lines",
            mend,
        )
    })
}

/// Lines up to the module of tests that ends the file.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests = |pair: &[&str]| {
        pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    };
    lines
        .windows(2)
        .position(opens_tests)
        .unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LINES_MAX, Source, check, lines_without_tests};

    #[test]
    fn tests_at_the_end_do_not_count_and_those_in_a_file_of_their_own_are_one_line() {
        assert_eq!(lines_without_tests("//! A.\n\nfn a() {}\n"), 3);
        assert_eq!(
            lines_without_tests("fn a() {}\n#[cfg(test)]\nmod tests {\n}\n"),
            1
        );
        assert_eq!(
            lines_without_tests("fn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n"),
            4
        );
    }

    #[test]
    fn a_file_over_the_limit_is_found_where_it_begins_to_be() {
        let too_long = "x\n".repeat(LINES_MAX + 1);
        let check = |path, text| {
            check(&Source {
                path: Path::new(path),
                text,
            })
        };
        assert_eq!(
            check("src/a.rs", &too_long).unwrap().place(),
            ("src/a.rs", LINES_MAX + 1)
        );
        assert_eq!(check("src/a.rs", &too_long[2..]), None);
        assert_eq!(check("tests/a.rs", &too_long), None);
        assert_eq!(check("src/a/tests.rs", &too_long), None);
    }
}

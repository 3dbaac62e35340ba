//! Whether the tests that a document names as proof are there.

use std::collections::BTreeSet;
use std::path::Path;

use super::Source;
use super::finding::Finding;

/// The documents whose tables name tests in their last column.
const DOCUMENTS: [&str; 1] = ["docs/sandbox.md"];

/// The tests of the tree, and the tests that documents name.
#[derive(Default)]
pub(super) struct Promises {
    tests: BTreeSet<String>,
    named: Vec<(String, usize, String)>,
    unproved: Vec<(String, usize)>,
}

impl Promises {
    /// Takes in what a file has of either.
    pub(super) fn note(&mut self, source: &Source<'_>) {
        if source.path.extension().is_some_and(|ext| ext == "rs") {
            self.tests.extend(tests(source.text));
        }
        let path = crate::tree::slashed(source.path);
        if DOCUMENTS.contains(&path.as_str()) {
            for (line, number) in source.text.lines().zip(1..) {
                let Some(last) = last_cell(line) else {
                    continue;
                };
                let names: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
                if names.is_empty() {
                    self.unproved.push((path.clone(), number));
                }
                let named = names.into_iter().map(str::to_owned);
                self.named
                    .extend(named.map(|name| (path.clone(), number, name)));
            }
        }
    }

    /// Every row without a test, and every test that is named and not there.
    pub(super) fn check(&self) -> Vec<Finding> {
        let rule = "what is promised is proved";
        let unproved = self.unproved.iter().map(|(file, line)| {
            let mend = "name the tests that prove it in the last column".into();
            Finding::new(Path::new(file), *line, rule, mend)
        });
        let missing = |(_, _, name): &&(String, usize, String)| !self.tests.contains(name);
        let broken = self.named.iter().filter(missing).map(|(file, line, name)| {
            let mend = format!("write the test `{name}`, or name the one that there is");
            Finding::new(Path::new(file), *line, rule, mend)
        });
        unproved.chain(broken).collect()
    }
}

/// The names of functions that stand below `#[test]` or its like.
fn tests(text: &str) -> impl Iterator<Item = String> {
    let mut marked = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
            return None;
        }
        let (_, after) = line.split_once("fn ").filter(|_| marked)?;
        marked = false;
        after.split('(').next().map(str::to_owned)
    })
}

/// The last cell of a row of a table, but for its head.
fn last_cell(line: &str) -> Option<&str> {
    let row = line.strip_prefix("| ")?.strip_suffix('|')?;
    let last = row.rsplit('|').next()?.trim();
    (last != "proved by").then_some(last)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{DOCUMENTS, Promises, Source};

    fn findings(document: &str) -> Vec<String> {
        let mut promises = Promises::default();
        let sources = [
            (DOCUMENTS[0], document),
            (
                "a.rs",
                "#[test]\nfn it_holds() {}\n#[tokio::test]\nasync fn so_does_this() {}\nfn no_test() {}\n",
            ),
        ];
        for (path, text) in sources {
            let path = Path::new(path);
            promises.note(&Source { path, text });
        }
        let findings = promises.check();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_row_names_tests_that_are_there() {
        let head = "| what | proved by |\n|---|---|\n";
        let sound = format!("{head}| a | `it_holds`, `so_does_this` |\ntext\n");
        assert_eq!(findings(&sound), [""; 0]);
        let found = findings(&format!("{head}| a | `no_test` |\n| b | |\n"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|f| f.contains("no_test")), "{found:?}");
    }
}

//! One breach of a rule.

use std::fmt;
use std::path::Path;

use crate::tree;

/// Where a rule is broken, which, and how to mend it.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    file: String,
    line: usize,
    rule: &'static str,
    mend: String,
}

impl Finding {
    /// At `line`, counted from 1, of `file`.
    pub(super) fn new(file: &Path, line: usize, rule: &'static str, mend: String) -> Self {
        Self {
            file: tree::slashed(file),
            line,
            rule,
            mend,
        }
    }

    /// The file and line.
    #[cfg(test)]
    pub(super) fn place(&self) -> (&str, usize) {
        (&self.file, self.line)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}; {}",
            self.file, self.line, self.rule, self.mend
        )
    }
}

//! What is wrong with a configuration.

use std::fmt;

use super::Place;

/// One thing that is wrong with a configuration, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where it is written.
    pub place: Place,
    /// The dotted key, as `limits.event-bytes`; empty where the text is not TOML.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// How to mend it; may be empty.
    pub hint: String,
}

/// Everything that is wrong with a configuration; never empty. Sorted by place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Answers `value` where there are no faults.
    ///
    /// # Errors
    /// All of `faults`, where there is one.
    pub fn unless_none<T>(mut faults: Vec<Fault>, value: T) -> Result<T, Self> {
        if faults.is_empty() {
            return Ok(value);
        }
        faults.sort();
        faults.dedup();
        Err(Self(faults))
    }

    /// A fault alone.
    pub fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.what)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{fault}")?;
        }
        let s = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} fault{s} in the configuration", self.0.len())
    }
}

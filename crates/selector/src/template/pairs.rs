//! The `name=value` pairs of an exploded variable, without going through them one by one.
//!
//! Names and values consist of the same bytes. So what a place is in, a name or a value, can be told from the
//! `=` or separator before it, and which of these may be passed, whatever was passed before, is a set of
//! bytes as well. Only what is in a name from the start is looked at on its own.

use super::bits::Bits;
use super::words::Words;

/// The bytes that pairs consist of.
pub(super) struct Pairs<'a, W> {
    /// Those of names and values.
    pub(super) held: &'a Bits<W>,
    pub(super) equals: &'a Bits<W>,
    /// May be bytes of names and values as well.
    pub(super) separators: &'a Bits<W>,
}

impl<W: Words> Pairs<'_, W> {
    /// Where one or more pairs from `from` on can end.
    pub(super) fn ends(&self, from: &Bits<W>) -> Bits<W> {
        let value = self.after(self.equals.clone());
        let separators = self.separators.clone().and(&value);
        let name = self.after(separators.clone());
        let through = name.and(self.equals).or(&separators).or(self.held);
        let first = from.clone().flood(self.held).and(self.equals).later(1);
        first.flood(&through).and(&value)
    }

    /// The same where an empty value loses its `=`, so that a name is a pair too. No separator may
    /// be a byte of names and values.
    pub(super) fn bare_ends(&self, from: &Bits<W>) -> Bits<W> {
        let name = self.after(self.separators.clone());
        let empty = self.equals.clone().later(1);
        let separators = self.separators.clone().without(&empty);
        let through = name.and(self.equals).or(&separators).or(self.held);
        let name = from.clone().flood(self.held);
        let delimiters = self.equals.clone().or(self.separators);
        let first = name.clone().and(&delimiters).later(1);
        first.flood(&through).without(&empty).or(&name)
    }

    /// What only bytes of names and values separate from one of `bytes`.
    fn after(&self, bytes: Bits<W>) -> Bits<W> {
        bytes.later(1).flood(self.held)
    }
}

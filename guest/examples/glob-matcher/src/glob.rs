//! The language.

/// Stands for any text.
const ANY: char = '*';

/// A pattern in which `*` stands for any text, the empty one included, and everything else for itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Glob(Box<str>);

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        Self(pattern.into())
    }

    /// Whether `topic` is one of those that are meant. Each piece is taken where it comes first: that leaves the
    /// most for those behind it, so that nothing is tried twice.
    pub(crate) fn matches(&self, topic: &str) -> bool {
        let mut pieces = self.0.split(ANY);
        let first = pieces.next().unwrap_or_default();
        let Some(last) = pieces.next_back() else {
            return first == topic;
        };
        let between = topic
            .strip_prefix(first)
            .and_then(|rest| rest.strip_suffix(last));
        let Some(mut rest) = between else {
            return false;
        };
        for piece in pieces {
            match rest.find(piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

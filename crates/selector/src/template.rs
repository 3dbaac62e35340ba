//! RFC 6570 URI templates, read backwards: is there anything that expands to this topic?

use alloc::sync::Arc;

mod bitmaps;
mod bits;
mod characters;
mod chars;
mod classes;
mod pairs;
mod parse;
mod search;
mod syntax;
mod words;
mod work;

use syntax::Part;

/// A compiled URI template (RFC 6570, levels 1 to 4) with at least one expression. Cheap to clone.
///
/// It matches a topic where some values, each undefined, a string, a list or an associative array, expand
/// to it. So that this needs no backtracking and stays predictable, six things are settled here:
/// - A variable that occurs twice may have two values.
/// - Literals are compared as written: `é` is `é` and not `%C3%A9`, though a strict expansion encodes it.
/// - A value holds unreserved characters, with `+` and `#` reserved ones too, and percent-encoded
///   triplets. Everything else, such as a space or `é`, would have been percent-encoded by the expansion,
///   so in a topic as written it matches no expression, whatever the operator.
/// - Any triplet may stand in a value, also `%41` or `%c3`, which no expansion writes so.
/// - A prefix `:n` counts characters: triplets that go on with a UTF-8 sequence count with its first.
/// - In `{?x*}`, `{&x*}` and `{;x*}` the names of pairs follow the rule for values, since with reserved
///   characters in them, which the expansion does not encode, nothing could be told apart.
#[derive(Clone, Debug)]
pub struct Template {
    text: Arc<str>,
    parts: Arc<[Part]>,
}

impl Template {
    /// Compiles `text`; `None` where it is no valid template, or one without any expression, which is
    /// a plain name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts = parse::parts(text)?;
        let plain = !parts.iter().any(|part| matches!(part, Part::Expression(_)));
        if plain {
            None
        } else {
            Some(Self {
                text: text.into(),
                parts: parts.into(),
            })
        }
    }

    /// The template as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it expands to `topic`, or is spelled like it (protocol item 25).
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        self.expands_to(topic) || *self.text == *topic
    }

    /// What stands before the first expression: every topic that it matches starts so.
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        literal(self.parts.first())
    }

    /// How many variables its expressions name, repeated ones included.
    #[must_use]
    pub fn variables(&self) -> usize {
        let count = |part: &Part| match part {
            Part::Literal(_) => 0,
            Part::Expression(expression) => expression.variables.len(),
        };
        self.parts.iter().map(count).sum()
    }

    /// A literal at either end can only stand there, so that only what lies between is searched.
    fn expands_to(&self, topic: &str) -> bool {
        let (mut parts, mut rest) = (&*self.parts, topic);
        if let [Part::Literal(text), after @ ..] = parts {
            let Some(stripped) = rest.strip_prefix(&**text) else {
                return false;
            };
            if !may_go_on(text) {
                (parts, rest) = (after, stripped);
            }
        }
        if let [before @ .., Part::Literal(text)] = parts {
            let Some(stripped) = rest.strip_suffix(&**text) else {
                return false;
            };
            (parts, rest) = (before, stripped);
        }
        search::makes_up(parts, rest)
    }
}

/// Whether a triplet after `text` may go on with a UTF-8 sequence that starts in it.
fn may_go_on(text: &str) -> bool {
    let end = text.as_bytes().last_chunk::<3>();
    end.is_some_and(|end| chars::triplet(end).is_some())
}

fn literal(part: Option<&Part>) -> &str {
    match part {
        Some(Part::Literal(text)) => text,
        Some(Part::Expression(_)) | None => "",
    }
}

#[cfg(test)]
mod tests;

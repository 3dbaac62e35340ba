//! What a selector means, compiled once.

use alloc::sync::Arc;

use crate::{Matcher, Selector, Template};

/// The selector that covers every topic (protocol item 25).
const ANY: &str = "*";

/// A compiled selector. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Every topic.
    Any,
    /// This one topic.
    Exact(Arc<str>),
    /// The topics that a URI template expands to, and the one that is spelled like it.
    Template(Template),
    /// Nothing: a language that the hub does not match itself.
    Never,
}

impl Pattern {
    /// Compiles `selector`. Never fails: an invalid template is a plain name (protocol item 25), and
    /// so is a template without variables.
    #[must_use]
    pub fn compile(selector: &Selector) -> Self {
        let text = selector.pattern();
        match selector.matcher() {
            Matcher::Exact | Matcher::UriTemplate if text == ANY => Self::Any,
            Matcher::Exact => Self::Exact(text.into()),
            Matcher::UriTemplate => {
                Template::parse(text).map_or_else(|| Self::Exact(text.into()), Self::Template)
            }
            Matcher::UrlPattern | Matcher::Custom(_) => Self::Never,
        }
    }

    /// Whether the pattern covers `topic`. The work is at most proportional to the length of the pattern
    /// times that of the topic, in steps that take 64 bytes of it at once, and the memory to that of the
    /// topic.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => **name == *topic,
            Self::Template(template) => template.matches(topic),
            Self::Never => false,
        }
    }

    /// Text that every covered topic starts with, to index patterns by: the whole name of an exact one,
    /// what stands before the first expression of a template, nothing where all or none is covered.
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        match self {
            Self::Exact(name) => name,
            Self::Template(template) => template.literal_prefix(),
            Self::Any | Self::Never => "",
        }
    }

    /// Whether it covers every topic.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// The one topic that it covers, where it can cover no other.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(name) => Some(name),
            Self::Any | Self::Template(_) | Self::Never => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use crate::{Matcher, Selector};

    fn pattern(text: &str) -> Pattern {
        Pattern::compile(&Selector::trusted(Matcher::UriTemplate, text))
    }

    #[test]
    fn item_25a_the_star_covers_every_topic() {
        assert!(pattern("*").is_any());
        for topic in ["a", "https://example.com/{x}", "名 前"] {
            assert!(pattern("*").matches(topic));
        }
        assert_eq!(pattern("**").exact(), Some("**"));
    }

    #[test]
    fn item_25b_a_template_covers_its_own_text() {
        for text in ["https://example.com/{id}", "{?a,b*}", "{+x:3}", "a{/b}c"] {
            assert!(matches!(pattern(text), Pattern::Template(_)), "{text}");
            assert!(pattern(text).matches(text), "{text}");
            assert!(text.starts_with(pattern(text).literal_prefix()), "{text}");
        }
    }

    #[test]
    fn item_25c_a_template_covers_what_it_expands_to() {
        let quakes = pattern("https://quakes.example/{net}");
        assert!(quakes.matches("https://quakes.example/ci"));
        assert!(!quakes.matches("https://quakes.example/ci/1"));
        assert!(!quakes.matches("http://quakes.example/ci"));
    }

    #[test]
    fn item_25d_an_invalid_template_is_a_plain_name() {
        for text in [
            "{", "}", "{}", "{a", "a}", "{a b}", "a b{c}", "100%{x}", "{=x}", "{x:0}",
        ] {
            assert_eq!(pattern(text).exact(), Some(text));
            assert!(pattern(text).matches(text));
            assert!(!pattern(text).matches("a"));
        }
    }

    #[test]
    fn an_exact_selector_is_no_template() {
        let exact = Pattern::compile(&Selector::trusted(Matcher::Exact, "a/{x}"));
        assert!(exact.matches("a/{x}") && !exact.matches("a/b"));
    }

    #[test]
    fn the_literal_prefix_is_what_every_covered_topic_starts_with() {
        let table = [
            ("*", ""),
            ("https://example.com/a", "https://example.com/a"),
            ("https://example.com/{a}/b", "https://example.com/"),
            ("{a}/b", ""),
            ("a/{", "a/{"),
            ("é/{a}", "é/"),
        ];
        for (text, prefix) in table {
            assert_eq!(pattern(text).literal_prefix(), prefix, "{text}");
        }
    }

    #[test]
    fn a_language_that_the_hub_does_not_know_covers_nothing() {
        for matcher in [Matcher::UrlPattern, Matcher::Custom("mqtt".into())] {
            let never = Pattern::compile(&Selector::trusted(matcher, "a"));
            assert!(!never.matches("a"));
            assert_eq!(
                (never.exact(), never.literal_prefix(), never.is_any()),
                (None, "", false)
            );
        }
    }
}

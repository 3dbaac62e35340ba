//! A pattern over topics in a named matching language, as written.

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::Template;

/// Variables in one URI template. Each costs some work with every topic that starts right, and nobody
/// needs as many.
pub const VARIABLES_MAX: usize = 32;

/// Variables in all the URI templates together that one client brings, as a subscription or in a token: bounds
/// what it costs others to hold one topic against them.
pub const VARIABLES_TOTAL_MAX: usize = 512;

/// The language that a selector is written in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Matcher {
    /// Byte for byte.
    Exact,
    /// Mercure draft 7, "Topic selectors": `*`, equality, or an RFC 6570 template.
    UriTemplate,
    /// WHATWG URL pattern (Mercure draft 8).
    UrlPattern,
    /// A language that a component declares; the hub itself matches nothing with it.
    Custom(Box<str>),
}

/// A pattern over topics in a named matching language. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    matcher: Matcher,
    pattern: Arc<str>,
}

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// Nothing at all.
    #[error("a selector may not be empty")]
    Empty,
    /// More bytes than allowed.
    #[error("a selector of {len} bytes; the limit is {max}")]
    TooLong {
        /// How many bytes it has.
        len: usize,
        /// How many it may have.
        max: usize,
    },
    /// A control character, which no topic can hold.
    #[error("a selector may not hold the character U+{:04X}", *.0 as u32)]
    Forbidden(char),
    /// Templates with more variables together than [`VARIABLES_TOTAL_MAX`].
    #[error("templates with {count} variables in all; the limit is {VARIABLES_TOTAL_MAX}")]
    TooManyInAll {
        /// How many they name, repeated ones included.
        count: usize,
    },
    /// A template with more variables than [`VARIABLES_MAX`].
    #[error("a template with {count} variables; the limit is {VARIABLES_MAX}")]
    TooManyVariables {
        /// How many it names, repeated ones included.
        count: usize,
    },
}

impl Matcher {
    /// The name that the contract and the protocol use.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Exact => "exact",
            Self::UriTemplate => "uri-template",
            Self::UrlPattern => "url-pattern",
            Self::Custom(name) => name,
        }
    }

    /// The language of that name; an unknown one is a component's.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "exact" => Self::Exact,
            "uri-template" => Self::UriTemplate,
            "url-pattern" => Self::UrlPattern,
            other => Self::Custom(other.into()),
        }
    }
}

impl Selector {
    /// Takes `pattern`, of at most `bytes_max` bytes, as a selector in the language `matcher`.
    ///
    /// # Errors
    /// Where it is empty, too long, holds a control character, or is a URI template of too many
    /// variables. An invalid template is none of these: it is a plain name.
    pub fn new(matcher: Matcher, pattern: &str, bytes_max: usize) -> Result<Self, SelectorError> {
        if pattern.is_empty() {
            return Err(SelectorError::Empty);
        }
        if pattern.len() > bytes_max {
            return Err(SelectorError::TooLong {
                len: pattern.len(),
                max: bytes_max,
            });
        }
        if let Some(c) = pattern.chars().find(|c| c.is_control()) {
            return Err(SelectorError::Forbidden(c));
        }
        if matcher == Matcher::UriTemplate {
            check_variables(pattern)?;
        }
        Ok(Self {
            matcher,
            pattern: pattern.into(),
        })
    }

    /// Takes what the host has checked already and hands across the component boundary.
    #[must_use]
    pub fn trusted(matcher: Matcher, pattern: &str) -> Self {
        Self {
            matcher,
            pattern: pattern.into(),
        }
    }

    /// Whether one client may bring all of these.
    ///
    /// # Errors
    /// Where their variables are too many in all.
    pub fn check_total(all: &[Self]) -> Result<(), SelectorError> {
        let templates = all.iter().filter(|s| s.matcher == Matcher::UriTemplate);
        let count = templates.map(|s| variables(&s.pattern)).sum();
        if count > VARIABLES_TOTAL_MAX {
            return Err(SelectorError::TooManyInAll { count });
        }
        Ok(())
    }

    /// The language.
    #[must_use]
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// The pattern as written.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

fn check_variables(pattern: &str) -> Result<(), SelectorError> {
    let count = variables(pattern);
    if count > VARIABLES_MAX {
        Err(SelectorError::TooManyVariables { count })
    } else {
        Ok(())
    }
}

/// How many variables a pattern names, repeated ones included; none where it is a plain name.
fn variables(pattern: &str) -> usize {
    Template::parse(pattern).map_or(0, |template| template.variables())
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Matcher, Selector, SelectorError, VARIABLES_MAX, VARIABLES_TOTAL_MAX};

    fn template(text: &str) -> Result<Selector, SelectorError> {
        Selector::new(Matcher::UriTemplate, text, 1000)
    }

    #[test]
    fn a_selector_is_neither_empty_nor_too_long_and_holds_no_control_character() {
        assert_eq!(template(""), Err(SelectorError::Empty));
        let long = Selector::new(Matcher::Exact, "four", 3);
        assert_eq!(long, Err(SelectorError::TooLong { len: 4, max: 3 }));
        assert_eq!(template("a\rb"), Err(SelectorError::Forbidden('\r')));
    }

    #[test]
    fn a_template_of_too_many_variables_is_refused() {
        assert!(template(&"{a}".repeat(VARIABLES_MAX)).is_ok());
        let count = VARIABLES_MAX + 1;
        for text in [
            "{a}".repeat(count),
            alloc::format!("{{?a{}}}", ",a".repeat(VARIABLES_MAX)),
        ] {
            assert_eq!(
                template(&text),
                Err(SelectorError::TooManyVariables { count })
            );
            assert!(
                Selector::new(Matcher::Exact, &text, 1000).is_ok(),
                "a name has no variables"
            );
        }
    }

    #[test]
    fn templates_of_too_many_variables_in_all_are_refused() {
        let many = |matcher: Matcher, count: usize| -> Vec<Selector> {
            let text = "{a}".repeat(VARIABLES_MAX);
            let one = Selector::new(matcher, &text, 1000).unwrap();
            alloc::vec![one; count]
        };
        let most = VARIABLES_TOTAL_MAX / VARIABLES_MAX;
        assert_eq!(
            Selector::check_total(&many(Matcher::UriTemplate, most)),
            Ok(())
        );
        let count = VARIABLES_TOTAL_MAX + VARIABLES_MAX;
        assert_eq!(
            Selector::check_total(&many(Matcher::UriTemplate, most + 1)),
            Err(SelectorError::TooManyInAll { count })
        );
        assert_eq!(Selector::check_total(&many(Matcher::Exact, 1_000)), Ok(()));
    }

    #[test]
    fn a_language_keeps_its_name() {
        for name in ["exact", "uri-template", "url-pattern", "mqtt"] {
            assert_eq!(Matcher::named(name).name(), name);
        }
    }
}

//! Topics with placeholders.

use std::str::FromStr;

use super::{FieldError, Fields};

/// A text with placeholders, as `https://quakes.example/{net}`; each is filled with the plain value of
/// the field it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(String),
}

/// Why a text is no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("a brace has no partner; a placeholder is written as {{field}}")]
    Brace,
    /// Nothing between braces.
    #[error("a placeholder names no field; it is written as {{field}}")]
    Empty,
}

impl Template {
    /// Whether there is anything to fill in.
    pub fn has_placeholders(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Field(_)))
    }

    /// The text with every placeholder filled from `fields`.
    ///
    /// # Errors
    /// Where a field is missing or has no plain text.
    pub fn fill(&self, fields: Option<&Fields<'_>>) -> Result<String, FieldError> {
        self.0
            .iter()
            .map(|part| match (part, fields) {
                (Part::Text(text), _) => Ok(text.clone()),
                (Part::Field(name), Some(fields)) => fields.text(name),
                (Part::Field(name), None) => Err(FieldError::Missing(name.clone())),
            })
            .collect()
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        for (i, piece) in text.split('{').enumerate() {
            let mut rest = piece;
            if i > 0 {
                let (name, after) = piece.split_once('}').ok_or(TemplateError::Brace)?;
                if name.is_empty() {
                    return Err(TemplateError::Empty);
                }
                parts.push(Part::Field(name.to_owned()));
                rest = after;
            }
            if rest.contains('}') {
                return Err(TemplateError::Brace);
            }
            if !rest.is_empty() {
                parts.push(Part::Text(rest.to_owned()));
            }
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FieldError, Fields};
    use super::{Template, TemplateError};

    #[test]
    fn placeholders_are_filled_with_plain_values() {
        let fields = Fields::parse(r#"{"net":"ci","mag":1.10,"a b":"/?"}"#).unwrap();
        for (template, filled) in [
            ("https://quakes.example/{net}", "https://quakes.example/ci"),
            ("{net}{mag}", "ci1.10"),
            ("x-{a b}-y", "x-/?-y"),
            ("plain", "plain"),
        ] {
            let template: Template = template.parse().unwrap();
            assert_eq!(template.fill(Some(&fields)).as_deref(), Ok(filled));
            assert_eq!(template.has_placeholders(), filled != "plain");
        }
    }

    #[test]
    fn a_missing_field_is_an_error_that_names_it() {
        let fields = Fields::parse("{}").unwrap();
        let template: Template = "a/{net}".parse().unwrap();
        assert_eq!(
            template.fill(Some(&fields)),
            Err(FieldError::Missing("net".into()))
        );
        assert_eq!(template.fill(None), Err(FieldError::Missing("net".into())));
    }

    #[test]
    fn braces_come_in_pairs() {
        for text in ["a{b", "a}b", "{a{b}}", "{a}}", "}{"] {
            assert_eq!(
                text.parse::<Template>(),
                Err(TemplateError::Brace),
                "{text}"
            );
        }
        assert_eq!("{}".parse::<Template>(), Err(TemplateError::Empty));
    }
}

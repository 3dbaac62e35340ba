//! The fields of one line of JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

/// The fields of one line of JSON, each as written.
#[derive(Debug)]
pub struct Fields<'a>(HashMap<Cow<'a, str>, &'a RawValue>);

/// Why a field of a line cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The line is no JSON object.
    #[error("not a JSON object: {0}")]
    Line(String),
    /// It has no such field.
    #[error("there is no field \"{0}\"")]
    Missing(String),
    /// It holds something that has no plain text.
    #[error("the field \"{0}\" is neither a text nor a number")]
    Kind(String),
}

impl<'a> Fields<'a> {
    /// The fields of `line`; the last one where a name is given twice.
    ///
    /// # Errors
    /// Where it is no JSON object.
    pub fn parse(line: &'a str) -> Result<Self, FieldError> {
        serde_json::from_str(line)
            .map(Self)
            .map_err(|error| FieldError::Line(error.to_string()))
    }

    /// The value of the field `name` as plain text: a text without quotes, a number or truth value as
    /// it was written.
    ///
    /// # Errors
    /// Where there is none, or it is null, a list or an object.
    pub fn text(&self, name: &str) -> Result<String, FieldError> {
        let value = self
            .0
            .get(name)
            .ok_or_else(|| FieldError::Missing(name.to_owned()))?
            .get();
        match value.as_bytes().first() {
            Some(b'"') => {
                serde_json::from_str(value).map_err(|error| FieldError::Line(error.to_string()))
            }
            Some(b'{' | b'[' | b'n') | None => Err(FieldError::Kind(name.to_owned())),
            Some(_) => Ok(value.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldError, Fields};

    #[test]
    fn a_field_is_plain_text() {
        let line = r#"{"text":"a \"b\" é","n":1.50,"big":123456789012345678901,"yes":true,
            "none":null,"list":[1],"object":{},"é":"x","twice":1,"twice":2}"#;
        let fields = Fields::parse(line).unwrap();
        for (name, text) in [
            ("text", "a \"b\" é"),
            ("n", "1.50"),
            ("big", "123456789012345678901"),
            ("yes", "true"),
            ("é", "x"),
            ("twice", "2"),
        ] {
            assert_eq!(fields.text(name).as_deref(), Ok(text), "{name}");
        }
        for name in ["none", "list", "object"] {
            assert_eq!(fields.text(name), Err(FieldError::Kind(name.into())));
        }
        assert_eq!(fields.text("more"), Err(FieldError::Missing("more".into())));
    }

    #[test]
    fn a_line_that_is_no_object_has_no_fields() {
        for line in ["", "7", "[1]", "{", "{} {}"] {
            assert!(
                matches!(Fields::parse(line), Err(FieldError::Line(_))),
                "{line}"
            );
        }
    }
}

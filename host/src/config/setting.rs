//! One setting as written, and where.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Place;

/// One setting as written, and where.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where.
    pub place: Place,
    /// What.
    pub value: Value,
}

/// The settings of one section, by name.
pub type Table = BTreeMap<String, Setting>;

/// What was written.
#[derive(Clone, Debug)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Switch(bool),
    /// A list.
    List(Vec<Setting>),
    /// A table.
    Table(Table),
    /// Something that no key takes except a component's own: a float or a date, as written.
    Other(toml::Value),
}

/// Text of a configuration file, with which spans become lines.
pub struct Source<'a> {
    /// The file.
    pub file: Arc<Path>,
    /// What is in it.
    pub text: &'a str,
}

impl Source<'_> {
    /// The line on which byte `at` stands.
    pub fn line(&self, at: usize) -> Place {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        #[expect(clippy::naive_bytecount, reason = "a configuration is small")]
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Place::Line(self.file.clone(), line)
    }

    /// The settings of `table`. Each is placed where its key stands.
    pub fn table(&self, table: &DeTable<'_>) -> Table {
        table
            .iter()
            .map(|(key, value)| {
                let place = self.line(key.span().start);
                let value = self.value(value.get_ref());
                (key.get_ref().to_string(), Setting { place, value })
            })
            .collect()
    }

    fn value(&self, value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Text(number.to_string()), Value::Number),
            DeValue::Boolean(on) => Value::Switch(*on),
            DeValue::Array(list) => Value::List(list.iter().map(|v| self.element(v)).collect()),
            DeValue::Table(table) => Value::Table(self.table(table)),
            DeValue::Float(number) => Value::Other(toml::Value::Float(
                number.as_str().parse().unwrap_or(f64::NAN),
            )),
            DeValue::Datetime(date) => Value::Other(toml::Value::Datetime(*date)),
        }
    }

    fn element(&self, value: &Spanned<DeValue<'_>>) -> Setting {
        Setting {
            place: self.line(value.span().start),
            value: self.value(value.get_ref()),
        }
    }
}

impl Value {
    /// What kind of value it is, as faults say it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Switch(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(toml::Value::Float(_)) => "a number with a fraction",
            Self::Other(_) => "a date",
        }
    }

    /// The same without places, to be handed on as TOML.
    pub fn to_toml(&self) -> toml::Value {
        match self {
            Self::Text(text) => toml::Value::String(text.clone()),
            Self::Number(number) => toml::Value::Integer(*number),
            Self::Switch(on) => toml::Value::Boolean(*on),
            Self::List(list) => {
                toml::Value::Array(list.iter().map(|s| s.value.to_toml()).collect())
            }
            Self::Table(table) => toml::Value::Table(to_toml_table(table)),
            Self::Other(value) => value.clone(),
        }
    }
}

/// The same without places.
pub fn to_toml_table(table: &Table) -> toml::Table {
    table
        .iter()
        .map(|(name, setting)| (name.clone(), setting.value.to_toml()))
        .collect()
}

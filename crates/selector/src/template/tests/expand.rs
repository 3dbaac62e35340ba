//! Expansion, word for word after RFC 6570, appendix A. Only literals stay as written.

use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::Values;
use crate::template::chars::{Chars, triplet};
use crate::template::syntax::{Expression, Modifier, Operator, Part, Variable};

/// What a variable may be.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<String>),
    Pairs(Vec<(String, String)>),
}

pub(super) fn expand(parts: &[Part], values: &Values) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.clone().into_string(),
        Part::Expression(expression) => expression_of(expression, values),
    };
    parts.iter().map(part).collect()
}

fn expression_of(expression: &Expression, values: &Values) -> String {
    let operator = expression.operator;
    let defined = |variable| variable_of(operator, variable, values);
    let defined: Vec<String> = expression.variables.iter().filter_map(defined).collect();
    if defined.is_empty() {
        return String::new();
    }
    format!("{}{}", operator.first(), defined.join(&separator(operator)))
}

fn variable_of(operator: Operator, variable: &Variable, values: &Values) -> Option<String> {
    let name = &*variable.name;
    let encode = |text: &String| encoded(text, operator.chars());
    let members: Vec<String> = match (values.get(name)?, variable.modifier) {
        (Value::Text(text), Modifier::Prefix(max)) => {
            return Some(named(
                operator,
                name,
                &encode(&prefix(text, operator, max.into())),
            ));
        }
        (Value::Text(text), _) => return Some(named(operator, name, &encode(text))),
        (_, Modifier::Prefix(_)) => return None,
        (Value::List(list), Modifier::Explode) => list
            .iter()
            .map(|text| named(operator, name, &encode(text)))
            .collect(),
        (Value::Pairs(pairs), Modifier::Explode) => pairs
            .iter()
            .map(|(name, text)| pair(operator, name, &encode(text)))
            .collect(),
        (Value::List(list), Modifier::Plain) => list.iter().map(encode).collect(),
        (Value::Pairs(pairs), Modifier::Plain) => pairs
            .iter()
            .flat_map(|(name, text)| [encode(name), encode(text)])
            .collect(),
    };
    if members.is_empty() {
        return None;
    }
    Some(match variable.modifier {
        Modifier::Explode => members.join(&separator(operator)),
        _ if operator.named() => format!("{name}={}", members.join(",")),
        _ => members.join(","),
    })
}

fn named(operator: Operator, name: &str, value: &str) -> String {
    match (operator.named(), value) {
        (false, _) => value.to_owned(),
        (true, "") if operator.bare() => name.to_owned(),
        (true, _) => format!("{name}={value}"),
    }
}

fn pair(operator: Operator, name: &str, value: &str) -> String {
    if operator.named() {
        named(
            operator,
            &encoded(name, Chars::UNRESERVED_OR_RESERVED),
            value,
        )
    } else {
        format!("{}={value}", encoded(name, operator.chars()))
    }
}

fn separator(operator: Operator) -> String {
    char::from(operator.separator()).into()
}

/// Where triplets are kept they count as one character, so that none is cut.
fn prefix(text: &str, operator: Operator, max: usize) -> String {
    let mut rest = text;
    for _ in 0..max {
        let kept = operator.chars() != Chars::UNRESERVED && triplet(rest.as_bytes()).is_some();
        let len = if kept {
            3
        } else {
            rest.chars().next().map_or(0, char::len_utf8)
        };
        rest = &rest[len..];
    }
    text[..text.len() - rest.len()].to_owned()
}

/// Characters outside of `allowed` as triplets; triplets stay where reserved characters do.
fn encoded(text: &str, allowed: Chars) -> String {
    let mut out = String::new();
    for (at, byte) in text.bytes().enumerate() {
        let kept = allowed != Chars::UNRESERVED && triplet(&text.as_bytes()[at..]).is_some();
        if kept || allowed.has(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

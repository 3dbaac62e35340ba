//! Reading a template (RFC 6570, section 2).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::chars::{is_literal, is_name, triplet};
use super::syntax::{Expression, Modifier, Operator, Part, Variable};

/// The parts of `text`, none of them empty; `None` where it breaks the grammar.
pub(super) fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, braced) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        if !literal.is_empty() {
            parts.push(Part::Literal(checked_literal(literal)?));
        }
        rest = braced;
        if let Some(opened) = braced.strip_prefix('{') {
            let (body, after) = opened.split_once('}')?;
            parts.push(Part::Expression(expression(body)?));
            rest = after;
        }
    }
    Some(parts)
}

fn checked_literal(text: &str) -> Option<Box<str>> {
    let allowed = |(at, c)| is_literal(c) || triplet(&text.as_bytes()[at..]).is_some();
    text.char_indices().all(allowed).then(|| text.into())
}

fn expression(body: &str) -> Option<Expression> {
    let operator = match body.bytes().next()? {
        b'+' => Operator::Reserved,
        b'#' => Operator::Fragment,
        b'.' => Operator::Label,
        b'/' => Operator::Path,
        b';' => Operator::Parameter,
        b'?' => Operator::Query,
        b'&' => Operator::Continuation,
        _ => Operator::Simple,
    };
    let list = if operator == Operator::Simple {
        body
    } else {
        &body[1..]
    };
    let variables = list.split(',').map(variable).collect::<Option<_>>()?;
    Some(Expression {
        operator,
        variables,
    })
}

fn variable(spec: &str) -> Option<Variable> {
    let (name, modifier) = if let Some(name) = spec.strip_suffix('*') {
        (name, Modifier::Explode)
    } else if let Some((name, length)) = spec.split_once(':') {
        (name, Modifier::Prefix(prefix_length(length)?))
    } else {
        (spec, Modifier::Plain)
    };
    is_variable_name(name).then(|| Variable {
        name: name.into(),
        modifier,
    })
}

/// 1 to 9999, without a leading zero.
fn prefix_length(text: &str) -> Option<u16> {
    let digits = text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    if digits && !text.starts_with('0') {
        text.parse().ok()
    } else {
        None
    }
}

/// Dots may stand between characters, not at either end nor side by side.
fn is_variable_name(name: &str) -> bool {
    name.split('.').all(|label| {
        let mut rest = label.as_bytes();
        while let [first, ..] = rest {
            let len = if is_name(*first) { 1 } else { 3 };
            if len == 3 && triplet(rest).is_none() {
                return false;
            }
            rest = &rest[len..];
        }
        !label.is_empty()
    })
}

//! Templates, values and topics, made up.

use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::Values;
use super::expand::Value;
use crate::VARIABLES_MAX;

const OPERATORS: [&str; 8] = ["", "+", "#", ".", "/", ";", "?", "&"];
const MODIFIERS: [&str; 4] = ["", ":1", ":2", "*"];
const MORE_MODIFIERS: [&str; 8] = ["", ":1", ":2", "*", ":3", ":9", ":70", ":130"];

/// A template for every operator with one and two variables of every modifier, alone and between
/// literals.
pub(super) fn every_form() -> Vec<String> {
    let mut forms = Vec::new();
    for operator in OPERATORS {
        for modifier in MODIFIERS {
            forms.push(format!("{{{operator}a{modifier}}}"));
            forms.push(format!("a{{{operator}a{modifier}}}b"));
            for second in MODIFIERS {
                forms.push(format!("{{{operator}a{modifier},b{second}}}"));
            }
        }
    }
    forms
}

/// Templates of as many variables as a selector may have: for every operator and modifier all in one
/// expression, each in its own, and each before a literal.
pub(super) fn hostile() -> Vec<String> {
    let mut texts = Vec::new();
    for operator in OPERATORS {
        for modifier in ["", ":1", ":9", ":999", ":4095", "*"] {
            let variable = format!("a{modifier}");
            let variables = std::vec![&*variable; VARIABLES_MAX];
            texts.push(format!("{{{operator}{}}}", variables.join(",")));
            texts.push(format!("{{{operator}{variable}}}").repeat(VARIABLES_MAX));
            texts.push(format!("{{{operator}{variable}}}a").repeat(VARIABLES_MAX));
        }
    }
    texts
}

/// A template with at least one expression and a variable or two out of `a` and `b`.
pub(super) fn template() -> impl Strategy<Value = String> {
    vec(prop_oneof![literal(), expression(), expression()], 1..4)
        .prop_map(|parts| parts.concat())
        .prop_filter("an expression", |text| text.contains('{'))
}

/// Some of the variables defined, with values of any text.
pub(super) fn values() -> impl Strategy<Value = Values> {
    let text = prop_oneof![any::<String>(), "[a-c/=,&%41é 名]{0,6}", "[a-cé名]{60,140}"];
    btree_map(
        name(),
        value(text.boxed(), "[a-cé ]{0,3}".boxed(), 0..4),
        0..3,
    )
}

/// The same, but so short that the naive matcher can cope.
pub(super) fn short_values() -> impl Strategy<Value = Values> {
    btree_map(
        name(),
        value("[ab=/]{0,2}".boxed(), "[ab]{0,1}".boxed(), 0..3),
        0..3,
    )
}

pub(super) fn topic() -> impl Strategy<Value = String> {
    vec(piece(), 0..7).prop_map(|pieces| pieces.concat())
}

/// A topic of several words in which much repeats, so that it keeps many places within reach.
pub(super) fn long_topic() -> impl Strategy<Value = String> {
    const UNITS: [&str; 16] = [
        "a",
        "b",
        "%41",
        "%C3%A9",
        "%A9",
        "%E2%82%AC",
        "%C3",
        "a%C3%A9",
        "a=b&",
        "&a=",
        ";a=b",
        ";a",
        ".a=",
        ",a",
        "/a",
        "%F0%9F%91%A9",
    ];
    let unit = proptest::sample::select(&UNITS[..]);
    let repeated = (unit, 1_usize..80).prop_map(|(unit, times)| unit.repeat(times));
    let piece = prop_oneof![piece(), repeated];
    vec(piece, 1..9)
        .prop_map(|pieces| pieces.concat())
        .prop_map(|topic| topic.chars().take(300).collect())
}

pub(super) fn piece() -> impl Strategy<Value = String> {
    const PIECES: [&str; 18] = [
        "a", "b", "a=", "=", ",", ";", "&", "?", "/", ".", "#", "%41", "%C3", "%A9", "é", "%", " ",
        "",
    ];
    proptest::sample::select(&PIECES[..]).prop_map(ToOwned::to_owned)
}

fn literal() -> impl Strategy<Value = String> {
    const LITERALS: [&str; 12] = [
        "a", "b", "/", ".", "=", ",", "%41", "%C3", "é", ";a", "&", "1",
    ];
    proptest::sample::select(&LITERALS[..]).prop_map(ToOwned::to_owned)
}

fn expression() -> impl Strategy<Value = String> {
    let variable = (name(), proptest::sample::select(&MORE_MODIFIERS[..]));
    let variable = variable.prop_map(|(name, modifier)| format!("{name}{modifier}"));
    (
        proptest::sample::select(&OPERATORS[..]),
        vec(variable, 1..4),
    )
        .prop_map(|(operator, variables)| format!("{{{operator}{}}}", variables.join(",")))
}

fn name() -> impl Strategy<Value = String> {
    "[ab]"
}

fn value(
    text: BoxedStrategy<String>,
    name: BoxedStrategy<String>,
    members: std::ops::Range<usize>,
) -> impl Strategy<Value = Value> {
    prop_oneof![
        text.clone().prop_map(Value::Text),
        vec(text.clone(), members.clone()).prop_map(Value::List),
        vec((name, text), members).prop_map(Value::Pairs),
    ]
}

//! The matcher against the examples of RFC 6570, an expander and a naive matcher.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;
use std::{format, println};

use proptest::prelude::*;

use self::expand::{Value, expand};
use self::naive::naively_matches;
use super::Template;
use super::search::Search;

mod expand;
mod generate;
mod naive;
mod rfc;

fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|| panic!("{text} is a template"))
}

/// Without the rule that a template matches its own text.
fn expands_to(text: &str, topic: &str) -> bool {
    template(text).expands_to(topic)
}

#[test]
fn every_example_of_the_rfc_expands_as_it_says_and_matches() {
    let values = rfc::values();
    for (text, expansion) in rfc::EXAMPLES {
        let template = template(text);
        assert_eq!(expand(&template.parts, &values), *expansion, "{text}");
        assert!(template.matches(expansion), "{text} matches {expansion}");
        assert!(
            naively_matches(&template.parts, expansion),
            "{text} matches {expansion}"
        );
    }
}

#[test]
fn near_misses_do_not_match() {
    let table: &[(&str, &[&str])] = &[
        (
            "{a}",
            &[
                "/", "a/b", " ", "a b", "é", "a=b", "%", "%4", "%4g", "a;b", "?",
            ],
        ),
        ("x{a}y", &["", "x", "y", "xy ", " xy", "xyx", "x/y"]),
        ("{a,b}", &["/", "a,b/c"]),
        (
            "{+a}",
            &["é", " ", "a b", "\"", "%", "%zz", "{", "}", "<a>", "名"],
        ),
        ("{#a}", &["a", "#é", "/#a"]),
        ("{.a}", &["a", "./", "/a"]),
        ("{/a}", &["a", "/a/b", "//"]),
        ("{/a,b}", &["/a/b/c"]),
        ("{/a*}", &["a", "/a?b"]),
        ("{;a}", &["a", ";b", ";b=1", ";ab", ";a=1;a=2", ";a=b=c"]),
        ("{;a,b}", &[";b;a", ";a;b;a"]),
        ("{;a:2}", &[";a=", ";a=123"]),
        (
            "{?a}",
            &["?", "?a", "?b=1", "?a=1&b=2", "?a=1&", "a=1", "?a=1/2"],
        ),
        ("{?a,b}", &["?b=1&a=2", "&a=1", "?a=1&&b=2"]),
        ("{?a:3}", &["?a", "?a=1234", "?a=1,2"]),
        ("{?a*}", &["?", "?a", "?a=1&b", "?a=1,2", "?a=1=2"]),
        ("{&a}", &["?a=1", "&a"]),
        (
            "{a:2}",
            &["abc", "%41%42%43", "%C3%A9%C3%A9%C3%A9", "a,b", "%80%80%80"],
        ),
        ("{a*}", &["a=b=c", "a=b,c", "a,b=c", "/"]),
        ("{/a*}", &["/a=b/c", "/a/b=c"]),
        ("a{b}c{d}e", &["ace ", "ae", "abde", "abcd"]),
        ("é{a}", &["%C3%A9", "ea"]),
        ("%41{a}", &["A", "%4", "%61"]),
    ];
    for (text, topics) in table {
        for topic in *topics {
            assert!(
                !template(text).matches(topic),
                "{text} does not match {topic:?}"
            );
            assert!(
                !naively_matches(&template(text).parts, topic),
                "{text}, {topic:?}"
            );
        }
    }
}

#[test]
fn an_expression_may_expand_to_nothing() {
    for operator in ["", "+", "#", ".", "/", ";", "?", "&"] {
        for modifier in ["", ":3", "*"] {
            let text = format!("x{{{operator}a{modifier},b}}y");
            assert!(template(&text).matches("xy"), "{text}");
        }
    }
}

#[test]
fn a_triplet_of_a_value_may_stand_for_any_octet_and_be_spelled_in_any_case() {
    for topic in ["%41", "%c3%a9", "%FF", "%00", "%2F", "a%2fb"] {
        assert!(expands_to("{a}", topic), "{topic}");
    }
}

#[test]
fn a_prefix_counts_characters_and_not_octets() {
    for value in [
        "",
        "a",
        "ab",
        "%41b",
        "%C3%A9%E2%82%AC",
        "%F0%9F%91%A9b",
        "%80%80",
        "%C3%A9%80",
    ] {
        assert!(expands_to("{a:2}", value), "{value}");
        assert!(expands_to("{+a:2}", value), "{value}");
    }
    assert!(expands_to("{a:9999}", &"x".repeat(9999)));
    assert!(!expands_to("{a:9999}", &"x".repeat(10_000)));
}

#[test]
fn characters_that_an_expansion_would_encode_may_stand_in_literals_alone() {
    assert!(expands_to("名/é/{a}", "名/é/x"));
    assert!(!expands_to("{+a}", "名"));
    assert!(expands_to("{+a}", "%E5%90%8D"));
    assert!(
        Template::parse("a b/{c}").is_none(),
        "RFC 6570 allows no space in a literal"
    );
}

#[test]
fn a_variable_that_occurs_twice_may_have_two_values() {
    assert!(expands_to("{a}/{a}", "1/2"));
}

/// Texts that the grammar of section 2 makes, each with an expression.
const VALID: &[&str] = &[
    "{a}",
    "{A_9.b}",
    "{%41a}",
    "{a,b,c}",
    "{+a}",
    "{#a*}",
    "{.a:1}",
    "{/a:9999}",
    "{;a,b*}",
    "{?a:10,b}",
    "{&a}",
    "a'b{c}",
    "%41{a}",
    "é{a}",
    "{a}{b}",
    "!#$&()*+,-./:;=?@[]_~{a}",
    "\u{e000}{a}",
    "{1}",
    "{_}",
];

/// Texts that it does not make, or without an expression.
const INVALID: &[&str] = &[
    "",
    "a",
    "é",
    "%41",
    "{}",
    "{",
    "}",
    "{a",
    "a}",
    "{a}}",
    "{{a}}",
    "{a{b}}",
    "{a}{",
    "{,}",
    "{a,}",
    "{,a}",
    "{a,,b}",
    "{+}",
    "{++a}",
    "{=a}",
    "{!a}",
    "{@a}",
    "{|a}",
    "{$a}",
    "{-a}",
    "{a-b}",
    "{a b}",
    "{ a}",
    "{é}",
    "{%4}",
    "{%zz}",
    "{.}",
    "{.a.}",
    "{a..b}",
    "{..a}",
    "{a.}",
    "{a:}",
    "{a:0}",
    "{a:01}",
    "{a:10000}",
    "{a:-1}",
    "{a:+1}",
    "{a:1*}",
    "{a*:1}",
    "{a**}",
    "{a:1:2}",
    "{*}",
    "{:1}",
    "a b{c}",
    "\"{a}",
    "<{a}",
    ">{a}",
    "\\{a}",
    "^{a}",
    "`{a}",
    "|{a}",
    "%{a}",
    "%4{a}",
    "%4g{a}",
    "\u{7f}{a}",
    "\u{fdd0}{a}",
    "\u{1ffff}{a}",
    "\u{fffe}{a}",
];

#[test]
fn the_grammar_of_section_2_decides_what_a_template_is() {
    for text in VALID {
        assert_eq!(template(text).text(), *text);
    }
    for text in INVALID {
        assert!(Template::parse(text).is_none(), "{text:?}");
    }
}

#[test]
fn all_short_topics_match_where_the_naive_matcher_says_so() {
    const PIECES: [&str; 12] = [
        "a", "b", "=", ",", ";", "&", "?", "/", ".", "%C3", "%A9", " ",
    ];
    let mut topics = std::vec![String::new()];
    let mut last = topics.clone();
    for _ in 0..3 {
        let longer = |t: &String| PIECES.map(|piece| format!("{t}{piece}"));
        last = last.iter().flat_map(longer).collect();
        topics.extend_from_slice(&last);
    }
    let mut matched = 0;
    for text in generate::every_form() {
        let template = template(&text);
        for topic in &topics {
            let expected = naively_matches(&template.parts, topic);
            assert_eq!(template.expands_to(topic), expected, "{text} and {topic:?}");
            matched += usize::from(expected);
        }
    }
    println!("{matched} matches");
    assert!(matched > 1000, "the topics are worth the trouble");
}

#[test]
fn hostile_templates_cost_at_most_their_length_times_that_of_the_topic() {
    let units = [
        "{a}",
        "{a*}",
        "{+a}",
        "{+a*}",
        "{.a*}",
        "{/a*}",
        "{;a*}",
        "{?a*}",
        "{&a}",
        "{a:9}",
        "{;a:9}",
        "{a}a",
        "{+a}aa",
        "{a,a,a,a*}",
        "{/a}{a}",
        "{.a,a}",
        "{;a,a}",
        "{;a*}{&a*}{;a*}a",
    ];
    let topics = [
        "a", ",", ".", "/", ";a=a", "&a=a", "%C3%A9", "a=a,", "=", "aaaab",
    ];
    for unit in units {
        let text = format!("{}b", unit.repeat(30));
        let parts = &template(&text).parts;
        for topic in topics {
            let [short, long] = [500, 2000].map(|len| {
                let topic = topic.repeat(len / topic.len());
                let mut search = Search::new(&topic);
                search.run(parts);
                let bound = 3 * (topic.len() + 1) * (text.len() + 1);
                assert!(
                    search.steps <= bound,
                    "{unit}, {topic:.9}: {} steps",
                    search.steps
                );
                search.steps
            });
            assert!(
                long <= 5 * short + 1000,
                "{unit}, {topic}: {short} then {long} steps"
            );
        }
    }
}

#[test]
fn a_long_topic_that_starts_wrong_costs_nothing() {
    let text = "https://example.com/{a}";
    assert!(!template(text).matches(&"a".repeat(1 << 20)));
    assert!(!template("{a}/end").matches(&"a".repeat(1 << 20)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_a_template_expands_to_it_matches(
        text in generate::template(), values in generate::values(),
    ) {
        let template = template(&text);
        let topic = expand(&template.parts, &values);
        prop_assert!(template.expands_to(&topic), "{} and {}", text, topic);
        prop_assert!(topic.starts_with(template.literal_prefix()));
    }

    #[test]
    fn a_naive_matcher_agrees(
        text in generate::template(), topic in generate::topic(),
        values in generate::short_values(), cut in 0_usize..12, piece in generate::piece(),
    ) {
        let template = template(&text);
        let mut near: Vec<char> = expand(&template.parts, &values).chars().take(14).collect();
        near.splice(cut.min(near.len())..(cut + 1).min(near.len()), piece.chars());
        for topic in [topic, near.into_iter().collect()] {
            let expected = naively_matches(&template.parts, &topic);
            prop_assert_eq!(template.expands_to(&topic), expected, "{} and {:?}", text, topic);
        }
    }

    #[test]
    fn any_text_compiles_or_is_refused_and_matches_itself(
        text in "[{}a+#./;?&*:,1%é]{0,12}", topic: String,
    ) {
        if let Some(template) = Template::parse(&text) {
            prop_assert!(template.matches(&text));
            prop_assert!(text.starts_with(template.literal_prefix()));
            if template.matches(&topic) {
                prop_assert!(topic.starts_with(template.literal_prefix()));
            }
        }
    }
}

type Values = BTreeMap<String, Value>;

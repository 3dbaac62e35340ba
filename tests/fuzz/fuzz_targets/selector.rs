//! Patterns and topics of strangers: no panic, and what `Pattern` promises to a router holds.
//!
//! Input: a selector, a line feed, and a topic to match it against.
#![no_main]

use libfuzzer_sys::fuzz_target;
use umbel_selector::{Matcher, Pattern, Selector};

const SELECTOR_BYTES_MAX: usize = 4096;

fuzz_target!(|input: &str| {
    let (text, topic) = input.split_once('\n').unwrap_or((input, ""));
    let Ok(selector) = Selector::new(Matcher::UriTemplate, text, SELECTOR_BYTES_MAX) else {
        return;
    };
    let pattern = Pattern::compile(&selector);
    assert!(pattern.matches(text), "a selector matches itself");
    let matches = pattern.matches(topic);
    assert_eq!(
        Pattern::compile(&selector).matches(topic),
        matches,
        "compiled twice"
    );
    assert!(
        !matches || topic.starts_with(pattern.literal_prefix()),
        "the literal prefix"
    );
    if let Some(name) = pattern.exact() {
        assert_eq!(matches, topic == name, "an exact pattern");
    }
    assert!(!pattern.is_any() || matches, "the pattern for everything");
    if matches && topic != text && !pattern.is_any() {
        assert!(
            !topic.contains([' ', '"', '<', '>', '{', '}']),
            "an expansion has none of these, nor can a literal"
        );
    }
});

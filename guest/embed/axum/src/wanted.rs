//! What a subscriber asks for.

use umbel_selector::{Matcher, Selector};

/// Selectors of one subscriber.
const SELECTORS_MAX: usize = 16;
/// Bytes of one selector.
const SELECTOR_BYTES_MAX: usize = 1024;

/// Reads the parameters `topic` (a URI template) and `match_NAME` (in the language of that name, perhaps one that the
/// policy brings) of a query; others are ignored.
pub(crate) fn parse(query: &str) -> Result<Vec<Selector>, String> {
    let mut selectors = Vec::new();
    for (name, pattern) in form_urlencoded::parse(query.as_bytes()) {
        let matcher = match name.strip_prefix("match_") {
            Some(language) => Matcher::named(language),
            None if name == "topic" => Matcher::UriTemplate,
            None => continue,
        };
        if selectors.len() == SELECTORS_MAX {
            return Err(format!("more than {SELECTORS_MAX} selectors"));
        }
        let selector = Selector::new(matcher, &pattern, SELECTOR_BYTES_MAX);
        selectors.push(selector.map_err(|e| e.to_string())?);
    }
    match selectors.is_empty() {
        true => Err("nothing is asked for: `topic` or `match_NAME` is missing".to_owned()),
        false => Ok(selectors),
    }
}

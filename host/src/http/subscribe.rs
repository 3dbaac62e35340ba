//! What a subscriber asks for.

use std::sync::Arc;

use http::HeaderMap;
use umbel_event::EARLIEST;
use umbel_hub::Resume;
use umbel_selector::{Matcher, Selector};

use super::Bounds;
use super::form::{Pair, pairs};
use super::request_error::RequestError;

/// What a subscriber asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// At least one.
    pub(crate) selectors: Arc<[Selector]>,
    /// Where it wants to begin.
    pub(crate) resume: Resume,
}

/// Names of the query parameter that carries the last event id, where a client cannot set the header
/// (T18): draft 7's, and the one of hubs before 0.14.
const LAST_ID_PARAMETERS: [&[u8]; 2] = [b"lastEventID", b"Last-Event-ID"];

/// What the name of a parameter begins with that names a matching language: one of the hub's own, or one that
/// a policy declares. Where no policy declares it, it matches nothing.
const MATCH_PREFIX: &[u8] = b"match_";

/// Bytes of the name of a matching language.
const MATCHER_BYTES_MAX: usize = 64;

/// Reads a subscription from the query and the headers of a GET (protocol items 5, 10, 11, 62 and
/// 64). Parameters that are not known are ignored.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse_subscription(
    query: &str,
    headers: &HeaderMap,
    bounds: &Bounds,
) -> Result<Wanted, RequestError> {
    let mut asked = Vec::new();
    let mut last_id = None;
    for pair in pairs(query.as_bytes()) {
        let name = pair.name();
        if let Some(matcher) = matcher(&name) {
            asked.push((matcher, pair));
        } else if LAST_ID_PARAMETERS.contains(&&*name) {
            last_id.get_or_insert_with(|| pair.value_lossy());
        }
    }
    let selectors = selectors(asked, bounds)?;
    // The header beats the parameter, even where it is empty. Browsers send it as UTF-8 (F20).
    if let Some(value) = headers.get("last-event-id") {
        last_id = Some(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    Ok(Wanted {
        selectors,
        resume: resume(last_id),
    })
}

/// The language that a parameter of this name asks in; none where it asks for nothing. `topic` is draft 7's, the
/// others are spelled as in draft 8.
fn matcher(name: &[u8]) -> Option<Matcher> {
    if name == b"topic" {
        return Some(Matcher::UriTemplate);
    }
    let name = name.strip_prefix(MATCH_PREFIX)?;
    let good = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let begins = name.first().is_some_and(u8::is_ascii_lowercase);
    if !begins || name.len() > MATCHER_BYTES_MAX || !name.iter().all(good) {
        return None;
    }
    Some(match std::str::from_utf8(name).ok()? {
        "urlpattern" => Matcher::UrlPattern,
        name => Matcher::named(name),
    })
}

fn selectors(
    asked: Vec<(Matcher, Pair<'_>)>,
    bounds: &Bounds,
) -> Result<Arc<[Selector]>, RequestError> {
    if asked.is_empty() {
        return Err(RequestError::NoSelector);
    }
    if asked.len() > bounds.selectors_max {
        let (count, max) = (asked.len(), bounds.selectors_max);
        return Err(RequestError::TooManySelectors { count, max });
    }
    let selectors = (1..)
        .zip(asked)
        .map(|(number, (matcher, pair))| selector(number, matcher, &pair, bounds))
        .collect::<Result<Arc<[Selector]>, _>>()?;
    Selector::check_total(&selectors).map_err(RequestError::Selectors)?;
    Ok(selectors)
}

fn selector(
    number: usize,
    matcher: Matcher,
    pair: &Pair<'_>,
    bounds: &Bounds,
) -> Result<Selector, RequestError> {
    let text = pair.value().map_err(|_| RequestError::NotUtf8 {
        field: "topic",
        number,
    })?;
    Selector::new(matcher, &text, bounds.selector_bytes_max)
        .map_err(|error| RequestError::Selector { number, error })
}

fn resume(last_id: Option<String>) -> Resume {
    match last_id {
        None => Resume::Live,
        Some(id) if id == EARLIEST => Resume::Earliest,
        Some(id) => Resume::After(id),
    }
}

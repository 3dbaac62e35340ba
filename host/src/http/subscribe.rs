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

/// Reads a subscription from the query and the headers of a GET (checklist items 5, 10, 11, 62 and
/// 64). Parameters that are not known are ignored.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse_subscription(
    query: &str,
    headers: &HeaderMap,
    bounds: &Bounds,
) -> Result<Wanted, RequestError> {
    let mut topics = Vec::new();
    let mut last_id = None;
    for pair in pairs(query.as_bytes()) {
        let name = pair.name();
        if name == b"topic" {
            topics.push(pair);
        } else if LAST_ID_PARAMETERS.contains(&&*name) {
            last_id.get_or_insert_with(|| pair.value_lossy());
        }
    }
    let selectors = selectors(&topics, bounds)?;
    // The header beats the parameter, even where it is empty. Browsers send it as UTF-8 (F20).
    if let Some(value) = headers.get("last-event-id") {
        last_id = Some(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    Ok(Wanted {
        selectors,
        resume: resume(last_id),
    })
}

fn selectors(topics: &[Pair<'_>], bounds: &Bounds) -> Result<Arc<[Selector]>, RequestError> {
    if topics.is_empty() {
        return Err(RequestError::NoSelector);
    }
    if topics.len() > bounds.selectors_max {
        let (count, max) = (topics.len(), bounds.selectors_max);
        return Err(RequestError::TooManySelectors { count, max });
    }
    topics
        .iter()
        .enumerate()
        .map(|(i, pair)| selector(i + 1, pair, bounds))
        .collect()
}

fn selector(number: usize, pair: &Pair<'_>, bounds: &Bounds) -> Result<Selector, RequestError> {
    let text = pair.value().map_err(|_| RequestError::NotUtf8 {
        field: "topic",
        number,
    })?;
    Selector::new(Matcher::UriTemplate, &text, bounds.selector_bytes_max)
        .map_err(|error| RequestError::Selector { number, error })
}

fn resume(last_id: Option<String>) -> Resume {
    match last_id {
        None => Resume::Live,
        Some(id) if id == EARLIEST => Resume::Earliest,
        Some(id) => Resume::After(id),
    }
}

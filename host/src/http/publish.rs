//! What a publisher sends.

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use umbel_event::{Event, EventId, Kind, Topic, Topics};
use umbel_hub::TopicsTooLong;

use super::Bounds;
use super::form::{Pair, pairs};
use super::request_error::RequestError;
use super::stamp::Stamp;

/// What of a body that will not be used is still read, so that the client gets to see the answer: a
/// socket closed over unread bytes resets the connection and takes the answer with it.
const DRAINED_BYTES_MAX: usize = 1 << 20;

/// Fields of a publication, as they stand in the form.
#[derive(Default)]
struct Fields<'a> {
    topics: Vec<Pair<'a>>,
    data: Option<Pair<'a>>,
    id: Option<Pair<'a>>,
    kind: Option<Pair<'a>>,
    retry: Option<Pair<'a>>,
    private: bool,
}

/// Whether the body is a form.
///
/// # Errors
/// Where it says otherwise or nothing.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), RequestError> {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(())
    } else {
        Err(RequestError::ContentType)
    }
}

/// Reads a body of at most `max` bytes; of one that is longer some is still read, and not kept.
///
/// # Errors
/// Where it is longer, or was cut off.
pub(crate) async fn read_body<S, B, E>(
    headers: &HeaderMap,
    body: S,
    max: usize,
) -> Result<Bytes, RequestError>
where
    S: Stream<Item = Result<B, E>>,
    B: Buf,
{
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    let spare = max.saturating_mul(2).max(DRAINED_BYTES_MAX);
    if announced.is_some_and(|len: usize| len > max) {
        drain_up_to(spare, body).await;
        return Err(RequestError::BodyTooLarge { max });
    }
    let mut kept = Vec::with_capacity(announced.unwrap_or(0).min(max));
    let mut body = std::pin::pin!(body);
    while let Some(part) = body.next().await {
        let mut part = part.map_err(|_| RequestError::BodyCutOff)?;
        if kept.len() + part.remaining() > max {
            drain_up_to(spare, body).await;
            return Err(RequestError::BodyTooLarge { max });
        }
        kept.extend_from_slice(&part.copy_to_bytes(part.remaining()));
    }
    Ok(kept.into())
}

/// Reads and forgets a body that will not be used, up to [`DRAINED_BYTES_MAX`].
pub(crate) async fn drain<S, B, E>(body: S)
where
    S: Stream<Item = Result<B, E>>,
    B: Buf,
{
    drain_up_to(DRAINED_BYTES_MAX, body).await;
}

async fn drain_up_to<S, B, E>(max: usize, body: S)
where
    S: Stream<Item = Result<B, E>>,
    B: Buf,
{
    let mut body = std::pin::pin!(body);
    let mut read = 0;
    while let Some(Ok(part)) = body.next().await {
        read += part.remaining();
        if read > max {
            return;
        }
    }
}

/// Reads a publication from its form (protocol items 26 to 34). Fields that are not known are
/// ignored; of `data`, `id`, `type` and `retry` the first one counts, and an empty `id`, `type` or
/// `retry` is none.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse_publication(
    form: &[u8],
    bounds: &Bounds,
    stamp: Stamp,
) -> Result<Event, RequestError> {
    let fields = Fields::of(form);
    let topics = topics(&fields.topics, bounds)?;
    let data = text("data", fields.data)?.unwrap_or_default();
    if data.len() > bounds.event_bytes_max {
        let (len, max) = (data.len(), bounds.event_bytes_max);
        return Err(RequestError::DataTooLarge { len, max });
    }
    let id = match named("id", fields.id)? {
        Some(id) => EventId::new(&id).map_err(RequestError::Id)?,
        None => stamp.id,
    };
    let kind = named("type", fields.kind)?
        .map(|kind| Kind::new(&kind))
        .transpose();
    Ok(Event {
        topics,
        id,
        kind: kind.map_err(RequestError::Kind)?,
        retry_ms: named("retry", fields.retry)?
            .map(|text| retry_ms(&text))
            .transpose()?,
        private: fields.private,
        accepted_ms: stamp.accepted_ms,
        data: data.into(),
    })
}

impl<'a> Fields<'a> {
    fn of(form: &'a [u8]) -> Self {
        let mut fields = Self::default();
        for pair in pairs(form) {
            match &*pair.name() {
                b"topic" => fields.topics.push(pair),
                b"data" => _ = fields.data.get_or_insert(pair),
                b"id" => _ = fields.id.get_or_insert(pair),
                b"type" => _ = fields.kind.get_or_insert(pair),
                b"retry" => _ = fields.retry.get_or_insert(pair),
                // Its presence alone counts, whatever its value (protocol item 29).
                b"private" => fields.private = true,
                _ => {}
            }
        }
        fields
    }
}

fn topics(pairs: &[Pair<'_>], bounds: &Bounds) -> Result<Topics, RequestError> {
    if pairs.len() > bounds.topics_max {
        return Err(RequestError::TooManyTopics {
            count: pairs.len(),
            max: bounds.topics_max,
        });
    }
    let topic = |(i, pair): (usize, &Pair<'_>)| {
        let number = i + 1;
        let text = pair.value().map_err(|_| RequestError::NotUtf8 {
            field: "topic",
            number,
        })?;
        Topic::new(&text, bounds.topic_bytes_max)
            .map_err(|error| RequestError::Topic { number, error })
    };
    let topics = pairs
        .iter()
        .enumerate()
        .map(topic)
        .collect::<Result<Vec<_>, _>>()?;
    TopicsTooLong::check(&topics, bounds.topic_bytes_max)?;
    Topics::new(topics).map_err(|_| RequestError::NoTopic)
}

fn text(field: &'static str, pair: Option<Pair<'_>>) -> Result<Option<String>, RequestError> {
    let value = pair.map(|pair| pair.value()).transpose();
    value.map_err(|_| RequestError::NotUtf8 { field, number: 1 })
}

fn named(field: &'static str, pair: Option<Pair<'_>>) -> Result<Option<String>, RequestError> {
    Ok(text(field, pair)?.filter(|text| !text.is_empty()))
}

/// Digits only: a sign, a point or a space would be ignored by clients (F14).
fn retry_ms(text: &str) -> Result<u32, RequestError> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| RequestError::Retry)
    } else {
        Err(RequestError::Retry)
    }
}

//! The head of a stream.

use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Version};

/// No cache keeps it, no proxy compresses it (T3).
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache, no-store, no-transform");

/// Exactly so, or `EventSource` gives up for good (T1).
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// Keeps nginx from holding events back (T2).
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Adds what the head of a stream says (T1 to T4). `Connection` is written to HTTP/1.1 alone: HTTP/2
/// forbids it, and under HTTP/1.0 the end of the stream is the end of the connection.
pub(crate) fn stream_head(headers: &mut HeaderMap, version: Version, cursor: Option<&str>) {
    headers.insert(CONTENT_TYPE, EVENT_STREAM);
    headers.insert(CACHE_CONTROL, NO_CACHE);
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    if version == Version::HTTP_11 {
        headers.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
    }
    // An id is text without control characters, which is what a header value takes.
    if let Some(Ok(value)) = cursor.map(|id| HeaderValue::from_bytes(id.as_bytes())) {
        headers.insert(LAST_EVENT_ID, value);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Version};

    use super::stream_head;

    fn head(version: Version, cursor: Option<&str>) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        stream_head(&mut headers, version, cursor);
        let text = |v: &http::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
        headers
            .iter()
            .map(|(n, v)| (n.to_string(), text(v)))
            .collect()
    }

    const ALWAYS: [(&str, &str); 3] = [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-store, no-transform"),
        ("x-accel-buffering", "no"),
    ];

    #[test]
    fn the_head_says_all_that_proxies_and_browsers_need() {
        for version in [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2] {
            let got = head(version, None);
            for (name, value) in ALWAYS {
                assert!(
                    got.contains(&(name.into(), value.into())),
                    "{version:?}: {name}"
                );
            }
            assert_eq!(
                got.contains(&("connection".into(), "keep-alive".into())),
                version == Version::HTTP_11
            );
        }
    }

    #[test]
    fn the_cursor_is_in_the_head_where_there_is_one() {
        let got = head(Version::HTTP_2, Some("élan"));
        assert!(got.contains(&("last-event-id".into(), "élan".into())));
        assert!(
            !head(Version::HTTP_2, None)
                .iter()
                .any(|(name, _)| name == "last-event-id")
        );
    }
}

//! What a publisher sends.

use bytes::Bytes;
use umbel_event::{Kind, Topic, Topics};

/// Topics of one event.
const TOPICS_MAX: usize = 16;
/// Bytes of one topic.
const TOPIC_BYTES_MAX: usize = 1024;

/// What a publisher sends, validated: what it is about, of which kind, and its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The canonical topic first.
    pub topics: Topics,
    /// Its SSE type.
    pub kind: Option<Kind>,
    /// UTF-8.
    pub data: Bytes,
}

impl Publication {
    /// Reads a form with the fields `topic`, once or several times, `type` and `data`; others are ignored.
    pub(crate) fn parse(form: &[u8]) -> Result<Self, String> {
        let (mut topics, mut kind, mut data) = (Vec::new(), None, Bytes::new());
        for (name, value) in form_urlencoded::parse(form) {
            match &*name {
                "topic" if topics.len() == TOPICS_MAX => {
                    return Err(format!("more than {TOPICS_MAX} topics"));
                }
                "topic" => {
                    let topic = Topic::new(&value, TOPIC_BYTES_MAX);
                    topics.push(topic.map_err(|e| e.to_string())?);
                }
                "type" if value.is_empty() => kind = None,
                "type" => kind = Some(Kind::new(&value).map_err(|e| e.to_string())?),
                "data" => data = value.into_owned().into(),
                _ => {}
            }
        }
        let topics = Topics::new(topics).map_err(|e| e.to_string())?;
        Ok(Self { topics, kind, data })
    }
}

//! What is sent to publish one event.

use bytes::Bytes;
use form_urlencoded::Serializer;

/// What is sent to publish one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// The canonical topic first.
    pub topics: Vec<String>,
    /// Its id; none: the hub makes one.
    pub id: Option<String>,
    /// Its SSE type.
    pub kind: Option<String>,
    /// Only for those whose grants cover it.
    pub private: bool,
    /// The payload.
    pub data: String,
}

impl Publication {
    /// The form that is posted (protocol items 26 to 31).
    pub fn to_form(&self) -> Bytes {
        let mut form = Serializer::new(String::new());
        for topic in &self.topics {
            form.append_pair("topic", topic);
        }
        for (name, value) in [("id", &self.id), ("type", &self.kind)] {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        if self.private {
            form.append_pair("private", "on");
        }
        form.append_pair("data", &self.data);
        form.finish().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Publication;

    #[test]
    fn a_publication_is_a_form() {
        let publication = Publication {
            topics: vec!["https://a.example/é".into(), "b c".into()],
            id: Some("7".into()),
            kind: Some("k&k".into()),
            private: true,
            data: "{\"a\":\n1}".into(),
        };
        assert_eq!(
            publication.to_form(),
            "topic=https%3A%2F%2Fa.example%2F%C3%A9&topic=b+c&id=7&type=k%26k&private=on\
             &data=%7B%22a%22%3A%0A1%7D"
        );
        let bare = Publication {
            topics: vec!["t".into()],
            ..Publication::default()
        };
        assert_eq!(bare.to_form(), "topic=t&data=");
    }
}

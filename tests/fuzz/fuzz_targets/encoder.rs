//! Events of strangers: what is encoded decodes to itself, and nothing in it becomes a field.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use umbel_event::{Event, EventId, Kind, Topic, Topics};
use umbel_sse::{Decoder, Frame, Message};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    id: &'a str,
    kind: Option<&'a str>,
    retry_ms: Option<u32>,
    data: &'a str,
}

fn event(input: &Input<'_>) -> Option<Event> {
    Some(Event {
        topics: Topics::new(vec![Topic::new("t", 1).ok()?]).ok()?,
        id: EventId::new(input.id).ok()?,
        kind: input.kind.map(Kind::new).transpose().ok()?,
        retry_ms: input.retry_ms,
        private: false,
        accepted_ms: 0,
        data: bytes::Bytes::copy_from_slice(input.data.as_bytes()),
    })
}

/// The only message of `frame`, which must be one whole block and one whole chunk.
fn decoded(frame: &Frame, resumed: &str) -> Message {
    let block = frame.bytes();
    let chunk = [format!("{:x}\r\n", block.len()).as_bytes(), &block, b"\r\n"].concat();
    assert_eq!(frame.chunk(), &chunk);
    assert_eq!(frame.len(), block.len());
    let mut decoder = Decoder::default();
    decoder
        .feed(format!("id: {resumed}\n\n").as_bytes())
        .expect("an id");
    decoder.feed(&block).expect("within the limits");
    assert!(decoder.is_between_blocks());
    let message = decoder.next().expect("a message");
    assert_eq!(decoder.next(), None);
    message
}

fuzz_target!(|input: Input<'_>| {
    let data = input.data.replace("\r\n", "\n").replace('\r', "\n");
    let notice = decoded(
        &Frame::notice(input.kind.unwrap_or_default(), input.data),
        "before",
    );
    assert_eq!(
        (notice.id, &*notice.last_event_id),
        (None, "before"),
        "a notice has no id"
    );
    assert_eq!(notice.data, data);

    let Some(event) = event(&input) else { return };
    let message = decoded(&Frame::event(&event), "before");
    assert_eq!(message.id.as_deref(), Some(input.id));
    assert_eq!(message.kind, input.kind.unwrap_or("message"));
    assert_eq!(message.retry_ms, input.retry_ms.map(u64::from));
    assert_eq!(message.data, data);
});

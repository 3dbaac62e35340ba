//! Frames, held against the format and the decoder.

use bytes::Bytes;
use proptest::prelude::*;
use umbel_event::{Event, EventId, Kind, Topic, Topics};

use super::Frame;
use crate::{Decoder, Message};

fn event(id: &str, kind: Option<&str>, retry_ms: Option<u32>, data: &str) -> Event {
    Event {
        topics: Topics::new(vec![Topic::new("t", 1).expect("a topic")]).expect("topics"),
        id: EventId::new(id).expect("an id"),
        kind: kind.map(|kind| Kind::new(kind).expect("a kind")),
        retry_ms,
        private: false,
        accepted_ms: 0,
        data: Bytes::copy_from_slice(data.as_bytes()),
    }
}

fn block(data: &str) -> String {
    text(&Frame::event(&event("1", None, None, data)))
}

fn text(frame: &Frame) -> String {
    String::from_utf8(frame.bytes().to_vec()).expect("UTF-8")
}

fn decode(bytes: &[u8]) -> Vec<Message> {
    let mut decoder = Decoder::default();
    decoder.feed(bytes).expect("within the limits");
    assert!(decoder.is_between_blocks(), "a frame is whole");
    decoder.collect()
}

/// What a browser makes of a payload: every line end is LF.
fn normalised(data: &str) -> String {
    data.replace("\r\n", "\n").replace('\r', "\n")
}

#[test]
fn golden_frames() {
    let id = EventId::new("urn:uuid:7").expect("an id");
    let frames = [
        (
            Frame::event(&event("1", None, None, "hi")),
            "10\r\nid: 1\ndata: hi\n\n\r\n",
        ),
        (
            Frame::event(&event("1", Some("quake"), Some(2000), "a\nb")),
            "30\r\nid: 1\nevent: quake\nretry: 2000\ndata: a\ndata: b\n\n\r\n",
        ),
        (
            Frame::event(&event("é", None, None, "")),
            "f\r\nid: é\ndata: \n\n\r\n",
        ),
        (Frame::comment(), "3\r\n:\n\n\r\n"),
        (Frame::checkpoint(&id), "10\r\nid: urn:uuid:7\n\n\r\n"),
        (Frame::retry(0), "a\r\nretry: 0\n\n\r\n"),
        (Frame::retry(u32::MAX), "13\r\nretry: 4294967295\n\n\r\n"),
        (
            Frame::notice("umbel.gap", "{\"missed\":3}"),
            "25\r\nevent: umbel.gap\ndata: {\"missed\":3}\n\n\r\n",
        ),
    ];
    for (frame, chunk) in frames {
        assert_eq!(String::from_utf8_lossy(frame.chunk()), chunk);
        let (size, rest) = chunk.split_once("\r\n").expect("a size line");
        let block = rest.strip_suffix("\r\n").expect("the end of a chunk");
        assert_eq!(text(&frame), block);
        assert_eq!(frame.len(), block.len());
        assert_eq!(
            usize::from_str_radix(size, 16),
            Ok(block.len()),
            "the size of {block:?}"
        );
        assert!(
            block.ends_with("\n\n"),
            "F4: {block:?} ends with a blank line"
        );
    }
}

#[test]
fn f2_a_payload_that_starts_with_a_byte_order_mark_keeps_it() {
    let frame = Frame::event(&event("1", None, None, "\u{feff}a"));
    assert!(!frame.bytes().starts_with("\u{feff}".as_bytes()));
    assert_eq!(decode(&frame.bytes())[0].data, "\u{feff}a");
}

#[test]
fn f3_all_three_line_ends_split_a_payload() {
    assert_eq!(
        block("a\nb\rc\r\nd"),
        "id: 1\ndata: a\ndata: b\ndata: c\ndata: d\n\n"
    );
    assert_eq!(block("a\n\rb"), "id: 1\ndata: a\ndata: \ndata: b\n\n");
    assert_eq!(block("a\r\r\nb"), "id: 1\ndata: a\ndata: \ndata: b\n\n");
}

#[test]
fn f3_a_bare_cr_in_a_payload_injects_no_field() {
    let messages = decode(&Frame::event(&event("1", None, None, "a\rid: 9\r\revent: x")).bytes());
    assert_eq!(messages.len(), 1);
    assert_eq!(&*messages[0].last_event_id, "1");
    assert_eq!(messages[0].kind, "message");
    assert_eq!(messages[0].data, "a\nid: 9\n\nevent: x");
}

#[test]
fn f5_a_heartbeat_is_a_whole_block_that_no_application_sees() {
    let mut decoder = Decoder::default();
    decoder.feed(&Frame::comment().bytes()).expect("a comment");
    assert!(decoder.is_between_blocks());
    assert_eq!((decoder.next(), decoder.comments()), (None, 1));
}

#[test]
fn f6_a_payload_that_begins_with_spaces_keeps_them() {
    assert_eq!(block("  a\n b"), "id: 1\ndata:   a\ndata:  b\n\n");
    assert_eq!(decode(block("  a\n b").as_bytes())[0].data, "  a\n b");
}

#[test]
fn f8_an_empty_payload_is_an_event_and_a_trailing_line_end_survives() {
    assert_eq!(block(""), "id: 1\ndata: \n\n");
    for data in ["", "\n", "\n\n", "a\n", "\na"] {
        assert_eq!(decode(block(data).as_bytes())[0].data, data);
    }
}

#[test]
fn f10_and_f15_a_line_end_in_a_name_injects_no_field() {
    for end in ["\n", "\r", "\r\n"] {
        let frame = Frame::notice(&format!("umbel.gap{end}id: 9"), "{}");
        assert_eq!(text(&frame), "event: umbel.gap\ndata: {}\n\n");
    }
}

#[test]
fn f12_every_event_carries_its_id_and_a_notice_carries_none() {
    let mut stream = Frame::event(&event("7", None, None, "a")).bytes().to_vec();
    stream.extend_from_slice(&Frame::notice("umbel.gap", "{\n}").bytes());
    let messages = decode(&stream);
    assert_eq!(messages[0].id.as_deref(), Some("7"));
    assert_eq!(messages[1].id, None);
    assert_eq!(
        &*messages[1].last_event_id, "7",
        "the cursor stays where it is"
    );
    assert_eq!(messages[1].data, "{\n}");
}

#[test]
fn f13_a_checkpoint_moves_the_cursor_and_shows_nothing() {
    let mut decoder = Decoder::default();
    let id = EventId::new("7").expect("an id");
    decoder
        .feed(&Frame::checkpoint(&id).bytes())
        .expect("a checkpoint");
    assert_eq!((decoder.next(), decoder.last_event_id()), (None, "7"));
}

#[test]
fn f14_a_retry_frame_sets_the_reconnection_time_and_shows_nothing() {
    let mut decoder = Decoder::default();
    decoder
        .feed(&Frame::retry(u32::MAX).bytes())
        .expect("a retry");
    assert_eq!(
        (decoder.next(), decoder.reconnection_ms()),
        (None, Some(4_294_967_295))
    );
}

#[test]
fn f18_nul_in_a_payload_is_data() {
    assert_eq!(decode(block("a\0b").as_bytes())[0].data, "a\0b");
}

#[test]
fn a_size_line_is_as_long_as_its_number_needs() {
    for len in [0, 1, 15, 16, 240, 255, 256, 4079, 4096, 70_000] {
        let frame = Frame::event(&event("1", None, None, &"x".repeat(len)));
        let head = format!("{:x}\r\nid: 1\n", frame.len());
        assert!(
            frame.chunk().starts_with(head.as_bytes()),
            "{len} bytes of payload"
        );
    }
}

fn payload() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ab:\r\n \0\u{feff}é]{0,40}",
        "(data: |id: |event: |[\r\n]){0,12}"
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[ -~é名]{1,20}".prop_filter("not reserved", |text| EventId::new(text).is_ok())
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_itself_wherever_the_network_cuts(
        id in name(), kind in proptest::option::of(name()), retry_ms: Option<u32>,
        data in payload(), cuts in proptest::collection::vec(1_usize..9, 1..20),
    ) {
        let event = event(&id, kind.as_deref(), retry_ms, &data);
        let frame = Frame::event(&event);
        let stream = [frame.bytes(), Frame::comment().bytes(), frame.bytes()].concat();
        let mut decoder = Decoder::default();
        let mut rest = &stream[..];
        for cut in cuts.iter().cycle() {
            let (piece, more) = rest.split_at(rest.len().min(*cut));
            decoder.feed(piece).expect("within the limits");
            rest = more;
            if rest.is_empty() { break }
        }
        prop_assert!(decoder.is_between_blocks());
        prop_assert_eq!(decoder.comments(), 1);
        let messages: Vec<Message> = decoder.collect();
        prop_assert_eq!(messages.len(), 2);
        for message in messages {
            prop_assert_eq!(message.id.as_deref(), Some(&*id));
            prop_assert_eq!(message.kind, kind.clone().unwrap_or("message".to_owned()));
            prop_assert_eq!(message.retry_ms, retry_ms.map(u64::from));
            prop_assert_eq!(message.data, normalised(&data));
        }
    }
}

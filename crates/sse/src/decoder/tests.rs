//! The decoder, in whatever pieces the stream comes.

use super::Decoder;
use crate::{DecodeError, Limits};

/// A rule, a stream, and what comes out of it.
const RULES: &[(&str, &[u8], &[&str])] = &[
    (
        "F1 bad UTF-8 in data",
        b"data: a\xFFb\xE2\x82\n\n",
        &["message||a\u{FFFD}b\u{FFFD}"],
    ),
    (
        "F1 bad UTF-8 in an id",
        b"id: \xFF\ndata\n\n",
        &["message|\u{FFFD}|"],
    ),
    (
        "F1 a sequence cut by a line end",
        b"data: \xE2\ndata: \x82\n\n",
        &["message||\u{FFFD}\n\u{FFFD}"],
    ),
    (
        "F2 one BOM is stripped",
        b"\xEF\xBB\xBFdata: a\n\n",
        &["message||a"],
    ),
    (
        "F2 a second BOM is part of a name",
        b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\n",
        &[],
    ),
    (
        "F2 a later BOM is part of a name",
        b"data: a\n\n\xEF\xBB\xBFdata: b\n\n",
        &["message||a"],
    ),
    (
        "F2 a BOM within a line is data",
        b"data: \xEF\xBB\xBFa\n\n",
        &["message||\u{FEFF}a"],
    ),
    ("F3 LF", b"data: a\ndata: b\n\n", &["message||a\nb"]),
    ("F3 CRLF", b"data: a\r\ndata: b\r\n\r\n", &["message||a\nb"]),
    ("F3 CR", b"data: a\rdata: b\r\r", &["message||a\nb"]),
    (
        "F3 mixed",
        b"data: a\rdata: b\r\ndata: c\n\r",
        &["message||a\nb\nc"],
    ),
    (
        "F3 LF CR is two line ends",
        b"data: a\n\rdata: b\n\n",
        &["message||a", "message||b"],
    ),
    (
        "F4 no blank line, no event",
        b"data: a\n\ndata: b\n",
        &["message||a"],
    ),
    ("F5 a comment", b":data: a\n: b\n:\n\n", &[]),
    (
        "F5 a comment within an event",
        b"data: a\n:x\ndata: b\n\n",
        &["message||a\nb"],
    ),
    (
        "F6 one space is stripped",
        b"data:  a\n\n",
        &["message|| a"],
    ),
    ("F6 no space is needed", b"data:a\n\n", &["message||a"]),
    ("F6 only a space is", b"data:\ta\n\n", &["message||\ta"]),
    (
        "F6 no space belongs to the name",
        b"data : a\n data: b\n\n",
        &[],
    ),
    (
        "F6 colons after the first are the value's",
        b"data::a:b\n\n",
        &["message||:a:b"],
    ),
    ("F7 a line without a colon", b"data\n\n", &["message||"]),
    ("F7 and two", b"data\ndata\n\n", &["message||\n"]),
    ("F8 an empty line of data", b"data:\n\n", &["message||"]),
    (
        "F8 one LF is removed",
        b"data: a\ndata:\n\n",
        &["message||a\n"],
    ),
    (
        "F9 no data, no event",
        b"event: x\n\ndata: a\n\n",
        &["message||a"],
    ),
    (
        "F10 an id with NUL is ignored",
        b"id: 1\nid: a\0b\ndata: a\n\n",
        &["message|1|a"],
    ),
    (
        "F11 an empty id resets",
        b"id: 1\ndata: a\n\nid\ndata: b\n\n",
        &["message|1|a", "message||b"],
    ),
    (
        "F12 an id persists",
        b"id: 1\ndata: a\n\ndata: b\n\n",
        &["message|1|a", "message|1|b"],
    ),
    (
        "F13 an id alone moves the cursor",
        b"id: 1\n\ndata: a\n\n",
        &["message|1|a"],
    ),
    (
        "F15 a type",
        b"event: x\ndata: a\n\ndata: b\n\n",
        &["x||a", "message||b"],
    ),
    (
        "F15 an empty type",
        b"event: x\nevent\ndata: a\n\n",
        &["message||a"],
    ),
    (
        "F16 unknown fields",
        b"Data: a\ndata: b\nfoo: c\n\n",
        &["message||b"],
    ),
    (
        "F17 the last one wins",
        b"id: 1\nevent: x\ndata: a\nevent: y\nid: 2\n\n",
        &["y|2|a"],
    ),
    ("F18 NUL in data", b"data: a\0b\n\n", &["message||a\0b"]),
];

/// Feeds `stream` whole, and byte by byte, and gives the data of what came out, each as
/// `kind|last event id|data`.
fn read(stream: &[u8]) -> Vec<String> {
    let mut whole = Decoder::default();
    whole.feed(stream).expect("within the limits");
    let mut bytewise = Decoder::default();
    for byte in stream {
        bytewise.feed(&[*byte]).expect("within the limits");
    }
    let (whole, bytewise) = (shown(&mut whole), shown(&mut bytewise));
    assert_eq!(whole, bytewise, "{stream:?}: the cut must not matter");
    whole
}

fn shown(decoder: &mut Decoder) -> Vec<String> {
    let show = |m: crate::Message| format!("{}|{}|{}", m.kind, m.last_event_id, m.data);
    decoder.map(show).collect()
}

fn decoded(stream: &str) -> Decoder {
    let mut decoder = Decoder::default();
    decoder.feed(stream.as_bytes()).expect("within the limits");
    decoder
}

#[test]
fn every_rule_of_the_checklist_for_readers() {
    for (rule, stream, expected) in RULES {
        assert_eq!(read(stream), *expected, "{rule}");
    }
}

#[test]
fn f3_an_event_does_not_wait_for_the_lf_after_its_last_cr() {
    let mut decoder = decoded("data: a\r\r");
    assert_eq!(shown(&mut decoder), ["message||a"]);
    decoder.feed(b"\ndata: b\n\n").expect("within the limits");
    assert_eq!(shown(&mut decoder), ["message||b"]);
}

#[test]
fn f4_a_block_that_was_cut_off_moves_nothing() {
    let mut decoder = decoded("id: 1\ndata: a\n\nid: 2\ndata: b\n");
    assert!(!decoder.is_between_blocks());
    assert_eq!(decoder.last_event_id(), "1");
    decoder.reconnect();
    assert!(decoder.is_between_blocks());
    decoder.feed(b"\ndata: c\n\n").expect("within the limits");
    assert_eq!(shown(&mut decoder), ["message|1|a", "message|1|c"]);
}

#[test]
fn f13_and_f11_the_cursor_moves_without_data() {
    for (stream, id) in [("id: 1\n\n", "1"), ("id: 1\n\nid\n\n", ""), ("id: 1\n", "")] {
        assert_eq!(decoded(stream).last_event_id(), id, "{stream:?}");
    }
}

#[test]
fn f14_only_digits_set_the_reconnection_time() {
    let table = [
        ("retry: 2000\n", Some(2000)),
        ("retry:0\n", Some(0)),
        ("retry: 007\n", Some(7)),
        ("retry: 99999999999999999999999\n", Some(u64::MAX)),
        ("retry: 5\nretry: 1x\n", Some(5)),
        ("retry: 5\n\nretry: x\n\n", Some(5)),
        ("retry: -1\n", None),
        ("retry: +1\n", None),
        ("retry: 1.5\n", None),
        ("retry:  1\n", None),
        ("retry: ٣\n", None),
        ("retry\n", None),
        ("retry:\n", None),
        ("retry: 5", None),
    ];
    for (stream, ms) in table {
        assert_eq!(decoded(stream).reconnection_ms(), ms, "{stream:?}");
    }
}

#[test]
fn a_message_tells_what_its_own_block_carried() {
    let mut decoder = decoded("id: 1\nretry: 5\nretry: x\ndata: a\n\ndata: b\n\nid\ndata: c\n\n");
    let own: Vec<_> = decoder.by_ref().map(|m| (m.id, m.retry_ms)).collect();
    assert_eq!(
        own,
        [
            (Some("1".into()), Some(5)),
            (None, None),
            (Some("".into()), None)
        ]
    );
    assert_eq!(decoder.reconnection_ms(), Some(5));
}

#[test]
fn a_byte_order_mark_may_start_every_connection() {
    let mut decoder = decoded("\u{feff}data: a\n\n");
    decoder.reconnect();
    decoder
        .feed("\u{feff}data: b\n\n".as_bytes())
        .expect("within the limits");
    assert_eq!(shown(&mut decoder), ["message||a", "message||b"]);
}

#[test]
fn f3_a_cr_before_a_reconnection_swallows_no_lf_after_it() {
    let mut decoder = decoded("data: a\r\r");
    decoder.reconnect();
    decoder
        .feed("\n\u{feff}data: b\n\n".as_bytes())
        .expect("within the limits");
    assert_eq!(
        shown(&mut decoder),
        ["message||a"],
        "the mark is not in the first line"
    );
}

#[test]
fn a_stream_is_between_blocks_only_after_a_blank_line() {
    for stream in ["", "\n", "data: a\n\n", ":\n\n", "id: 1\r\r", "x\r\n\r\n"] {
        assert!(decoded(stream).is_between_blocks(), "{stream:?}");
    }
    for stream in ["d", ":", ":\n", "data: a\n", "x\n", "\ndata"] {
        assert!(!decoded(stream).is_between_blocks(), "{stream:?}");
    }
}

#[test]
fn a_line_without_end_is_an_error_however_it_is_cut() {
    let limits = Limits {
        line_bytes_max: 8,
        event_bytes_max: 100,
    };
    for piece in [1, 3, 9] {
        let mut decoder = Decoder::new(limits);
        decoder
            .feed(b"data: ab\n\n")
            .expect("a line of eight bytes");
        let fed: Result<Vec<()>, _> = b": 3456789"
            .chunks(piece)
            .map(|b| decoder.feed(b))
            .collect();
        assert_eq!(fed, Err(DecodeError::LineTooLong { max: 8 }));
        assert_eq!(
            decoder.feed(b"\n"),
            Err(DecodeError::LineTooLong { max: 8 }),
            "it stays so"
        );
        assert_eq!(
            shown(&mut decoder),
            ["message||ab"],
            "what came before is there"
        );
    }
}

#[test]
fn an_event_without_end_is_an_error() {
    let limits = Limits {
        line_bytes_max: 100,
        event_bytes_max: 8,
    };
    for stream in [
        "data: 1\ndata: 2\ndata: 3\ndata: 4\ndata\n",
        "event: 123456789\n",
        "id: 123456789\n",
    ] {
        let mut decoder = Decoder::new(limits);
        let fed = decoder.feed(stream.as_bytes());
        assert_eq!(fed, Err(DecodeError::EventTooLong { max: 8 }), "{stream:?}");
    }
    let mut decoder = Decoder::new(limits);
    decoder
        .feed(b"data: 1234\nid: 678\n\ndata: 1234567\n\n")
        .expect("eight bytes each");
}

#[test]
fn a_decoder_goes_on_after_reconnecting_from_a_failure() {
    let mut decoder = Decoder::new(Limits {
        line_bytes_max: 8,
        event_bytes_max: 8,
    });
    assert!(decoder.feed(b"id: 1\n\n123456789").is_err());
    decoder.reconnect();
    decoder.feed(b"data: a\n\n").expect("a new stream");
    assert_eq!(shown(&mut decoder), ["message|1|a"]);
}

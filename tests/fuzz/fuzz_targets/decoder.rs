//! A stream of strangers: no panic, and neither the cuts of the network nor limits change what is read.
//!
//! Input: one byte that seeds the cuts, then the stream.
#![no_main]

use libfuzzer_sys::fuzz_target;
use umbel_sse::{DecodeError, Decoder, Limits, Message};

const TIGHT: Limits = Limits {
    line_bytes_max: 24,
    event_bytes_max: 40,
};

/// All that a reader can see.
type Seen = (
    Vec<Message>,
    String,
    Option<u64>,
    u64,
    bool,
    Option<DecodeError>,
);

fn read(limits: Limits, stream: &[u8], mut cut: impl FnMut() -> usize) -> Seen {
    let mut decoder = Decoder::new(limits);
    let (mut rest, mut error) = (stream, None);
    while !rest.is_empty() && error.is_none() {
        let (piece, more) = rest.split_at(cut().clamp(1, rest.len()));
        error = decoder.feed(piece).err();
        rest = more;
    }
    let last = (
        decoder.last_event_id().to_owned(),
        decoder.reconnection_ms(),
        decoder.comments(),
    );
    let between = error.is_none() && decoder.is_between_blocks();
    (decoder.collect(), last.0, last.1, last.2, between, error)
}

fuzz_target!(|input: &[u8]| {
    let Some((seed, stream)) = input.split_first() else {
        return;
    };
    for limits in [Limits::default(), TIGHT] {
        let whole = read(limits, stream, || usize::MAX);
        let mut at = usize::from(*seed);
        let pieces = read(limits, stream, || {
            at = at * 31 % 97;
            at % 11
        });
        assert_eq!(whole, pieces, "the cuts must not matter");
        assert_eq!(whole, read(limits, stream, || 1), "byte by byte");
    }
    let (messages, last, ..) = read(Limits::default(), stream, || usize::MAX);
    assert!(
        !last.contains(['\0', '\r', '\n']),
        "ids are one line without NUL"
    );
    for message in messages {
        assert!(!message.kind.is_empty() && !message.kind.contains(['\r', '\n']));
        assert!(!message.data.contains('\r'), "line ends are LF");
        assert!(message.id.is_none_or(|id| id == message.last_event_id));
    }
});

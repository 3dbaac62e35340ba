//! What is kept of the calls that a policy is asked, until it is written down.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use umbel_routing::conformance::{Answer, Step, TraceHeader, TraceWriter};
use umbel_routing::{Call, Tap};

/// Bytes that a call, a subscriber or an event costs beside its texts: about what a line has of keys.
const OVERHEAD_BYTES: usize = 128;
/// Bytes that a number costs.
const NUMBER_BYTES: usize = 8;
/// Bytes of a hash of claims that tell one subscriber from another.
const HASH_BYTES: usize = 16;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Events that are asked about; one that is asked about again counts again.
    pub(super) events: usize,
    /// Bytes, as far as they can be told before anything is written.
    pub(super) bytes: usize,
}

/// Calls that were heard, for whoever writes them down.
pub(super) struct Tape {
    header: TraceHeader,
    calls: Vec<Heard>,
}

/// The end of a tape that is kept while it is recorded. Where it is dropped, nobody listens any more.
pub(super) struct Reel(Arc<Shared>);

/// The end that listens: on the shard.
pub(super) struct Recorder {
    shared: Arc<Shared>,
    left: Room,
    /// What claims are hashed with; none where all is kept as it is.
    key: Option<[u8; 16]>,
    full: bool,
}

type Heard = (Step, Option<Answer>);

struct Shared {
    /// Held for one assignment or one push.
    tape: Mutex<Tape>,
    /// Nobody wants more.
    over: AtomicBool,
    /// Told once there is no more.
    ended: Notify,
}

/// Both ends of a tape with so much room. `key` hashes claims, and has payloads left out; without one, all
/// is kept as it is.
pub(super) fn tape(room: Room, header: TraceHeader, key: Option<[u8; 16]>) -> (Recorder, Reel) {
    let shared = Arc::new(Shared {
        tape: Mutex::new(Tape {
            header,
            calls: Vec::new(),
        }),
        over: AtomicBool::new(false),
        ended: Notify::new(),
    });
    let recorder = Recorder {
        shared: Arc::clone(&shared),
        left: room,
        key,
        full: false,
    };
    (recorder, Reel(shared))
}

impl Recorder {
    /// Notes what answers.
    pub(super) fn of(self, component: String) -> Self {
        self.shared.with(|tape| tape.header.component = component);
        self
    }
}

impl Tap for Recorder {
    fn hear(&mut self, call: &Call<'_>) {
        let cost = cost(call);
        if cost.events > self.left.events || cost.bytes > self.left.bytes {
            self.full = true;
        }
        if !self.wants_more() {
            return;
        }
        self.left.events -= cost.events;
        self.left.bytes -= cost.bytes;
        let (mut step, answer) = Step::heard(call);
        if let Some(key) = &self.key {
            veil(&mut step, key);
        }
        self.shared.with(|tape| tape.calls.push((step, answer)));
    }

    fn wants_more(&self) -> bool {
        !self.full && !self.shared.over.load(Ordering::Relaxed)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.shared.ended.notify_one();
    }
}

impl Reel {
    /// Until there is no more to hear.
    pub(super) async fn ended(&self) {
        self.0.ended.notified().await;
    }

    /// What was heard; nobody listens any more.
    pub(super) fn take(self) -> Tape {
        self.0.over.store(true, Ordering::Relaxed);
        self.0.with(|tape| Tape {
            header: tape.header.clone(),
            calls: std::mem::take(&mut tape.calls),
        })
    }
}

impl Drop for Reel {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn with<T>(&self, work: impl FnOnce(&mut Tape) -> T) -> T {
        work(&mut self.tape.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Tape {
    /// The trace as it is sent.
    ///
    /// # Errors
    /// Where a line would be longer than a reader takes.
    pub(super) fn write(self) -> Result<Vec<u8>, umbel_routing::conformance::TraceError> {
        let mut writer = TraceWriter::new(Vec::new(), &self.header)?;
        for (step, answer) in self.calls {
            let answer = answer.map(Answer::settled);
            writer.step(&step, answer.as_ref())?;
        }
        writer.finish()
    }
}

/// What a call takes of the room that there is.
fn cost(call: &Call<'_>) -> Room {
    let (events, bytes) = match call {
        Call::Configure(settings) => (0, settings.config.len()),
        Call::Present(all) | Call::Join(all, _) => (0, all.iter().map(subscriber_bytes).sum()),
        Call::Leave(clients) => (0, clients.len() * NUMBER_BYTES),
        Call::Route(events, answered) => {
            let handles = answered.map_or(0, |all| all.iter().map(Vec::len).sum());
            let bytes: usize = events.iter().map(event_bytes).sum();
            (events.len(), bytes + handles * NUMBER_BYTES)
        }
        Call::Select(clients, events, answered) => {
            let indexes = answered.map_or(0, |all| all.iter().map(Vec::len).sum());
            let bytes: usize = events.iter().map(event_bytes).sum();
            (
                events.len(),
                bytes + (clients.len() + indexes) * NUMBER_BYTES,
            )
        }
        Call::Overflow(full, _) => (0, full.len() * OVERHEAD_BYTES),
    };
    let bytes = bytes + OVERHEAD_BYTES;
    Room { events, bytes }
}

fn subscriber_bytes(subscriber: &umbel_routing::SubscriberView<'_>) -> usize {
    let both = subscriber.selectors.iter().chain(subscriber.grants);
    let patterns: usize = both.map(|s| s.pattern().len() + OVERHEAD_BYTES).sum();
    let attributes = subscriber.attributes.iter();
    let attributes: usize = attributes
        .map(|(name, value)| name.len() + value.len())
        .sum();
    OVERHEAD_BYTES + patterns + subscriber.claims.len() + attributes
}

fn event_bytes(event: &umbel_routing::EventView<'_>) -> usize {
    let topics: usize = event.topics.iter().map(|topic| topic.len()).sum();
    let attributes = event.attributes.iter();
    let attributes: usize = attributes
        .map(|(name, value)| name.len() + value.len())
        .sum();
    OVERHEAD_BYTES + event.id.len() + topics + attributes + event.data.map_or(0, <[u8]>::len)
}

/// Leaves payloads out, and puts hashes in the place of claims: the same for the same claims of one
/// trace, and of no other.
fn veil(step: &mut Step, key: &[u8]) {
    match step {
        Step::Join { subscribers } => {
            let named = subscribers.iter_mut().filter(|s| !s.claims.is_empty());
            for subscriber in named {
                let hash = Sha256::new()
                    .chain_update(key)
                    .chain_update(&subscriber.claims)
                    .finalize();
                let digits: String = hash[..HASH_BYTES]
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                subscriber.claims = format!("{{\"hash\":\"{digits}\"}}");
            }
        }
        Step::Route { events } | Step::Select { events, .. } => {
            for event in events {
                event.data = None;
            }
        }
        Step::Configure { .. } | Step::Leave { .. } | Step::Overflow { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use umbel_event::Offset;
    use umbel_routing::conformance::{TraceHeader, TraceReader};
    use umbel_routing::{Call, Client, EventView, Settings, SubscriberView, Tap};

    use super::{Reel, Room, tape};

    fn event(offset: u64) -> EventView<'static> {
        EventView {
            offset: Offset(offset),
            id: "",
            topics: &["t"],
            kind: None,
            private: false,
            accepted_ms: 0,
            size: 6,
            data: Some(b"secret"),
            attributes: &[],
        }
    }

    fn lines(reel: Reel) -> Vec<String> {
        let text = reel.take().write().unwrap();
        let steps = TraceReader::new(&text[..]).unwrap();
        assert!(steps.into_iter().all(|step| step.is_ok()));
        let text = String::from_utf8(text).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn room(events: usize, bytes: usize) -> Room {
        Room { events, bytes }
    }

    #[test]
    fn a_tape_ends_before_the_call_that_would_pass_its_events() {
        let (mut recorder, reel) = tape(room(5, 1 << 20), TraceHeader::default(), None);
        recorder.hear(&Call::Configure(&Settings::default()));
        for n in 0..3 {
            let batch = [event(2 * n), event(2 * n + 1)];
            recorder.hear(&Call::Route(&batch, Ok(&[vec![], vec![]])));
            assert_eq!(recorder.wants_more(), n < 2);
        }
        recorder.hear(&Call::Leave(&[]));
        assert_eq!(lines(reel).len(), 4);
    }

    #[test]
    fn a_tape_ends_before_the_call_that_would_pass_its_bytes() {
        let (mut recorder, reel) = tape(room(1000, 4096), TraceHeader::default(), None);
        recorder.hear(&Call::Configure(&Settings::default()));
        let mut heard = 0;
        while recorder.wants_more() {
            recorder.hear(&Call::Route(&[event(heard)], Ok(&[vec![Client(1); 100]])));
            heard += 1;
        }
        let lines = lines(reel);
        assert!((4..8).contains(&lines.len()), "{}", lines.len());
        assert!(lines.iter().map(String::len).sum::<usize>() < 4096);
    }

    #[test]
    fn without_whole_there_are_no_payloads_and_no_claims() {
        let (mut recorder, reel) = tape(room(9, 9999), TraceHeader::default(), Some([7; 16]));
        let subscriber = |client, claims| SubscriberView {
            client: Client(client),
            selectors: &[],
            grants: &[],
            claims,
            attributes: &[],
            joined_ms: 0,
        };
        let secret = r#"{"sub":"secret"}"#;
        let present = [
            subscriber(0, secret),
            subscriber(1, secret),
            subscriber(2, ""),
        ];
        recorder.hear(&Call::Configure(&Settings::default()));
        recorder.hear(&Call::Present(&present));
        recorder.hear(&Call::Route(&[event(1)], Ok(&[vec![]])));
        recorder.hear(&Call::Select(&[], &[event(1)], Ok(&[])));
        let text = lines(reel).join("\n");
        assert!(!text.contains("secret"), "{text}");
        let hashes: Vec<&str> = text
            .split("hash")
            .skip(1)
            .map(|rest| &rest[5..37])
            .collect();
        assert_eq!(hashes.len(), 2);
        assert_eq!(hashes[0], hashes[1]);
    }

    #[test]
    fn nobody_listens_once_the_reel_is_gone() {
        let (mut recorder, reel) = tape(room(9, 9999), TraceHeader::default(), None);
        assert!(recorder.wants_more());
        drop(reel);
        recorder.hear(&Call::Leave(&[]));
        assert!(!recorder.wants_more());
    }
}

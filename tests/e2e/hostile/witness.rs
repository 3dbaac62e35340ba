//! A subscriber that keeps whatever it gets.

use std::sync::{Arc, Mutex, PoisonError};

use umbel_sse::Message;

use crate::rig::Subscriber;

/// Kind of the events that tell of gaps.
const GAP: &str = "umbel.gap";

/// A subscriber that reads all the time and keeps what it gets.
pub(super) struct Witness {
    notes: Arc<Mutex<Notes>>,
    reading: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Notes {
    messages: Vec<Message>,
    comments: u64,
    ended: bool,
}

impl Witness {
    pub(super) fn new(mut subscriber: Subscriber) -> Self {
        let notes = Arc::<Mutex<Notes>>::default();
        let kept = Arc::clone(&notes);
        let reading = tokio::spawn(async move {
            while !subscriber.has_ended() {
                subscriber.read_on().await;
                let mut notes = lock(&kept);
                notes.messages.extend(subscriber.take());
                notes.comments = subscriber.comments();
                notes.ended = subscriber.has_ended();
            }
        });
        Self { notes, reading }
    }

    /// Data of the events that it got, in order.
    pub(super) fn events(&self) -> Vec<String> {
        let notes = lock(&self.notes);
        let events = notes.messages.iter().filter(|m| m.kind != GAP);
        events.map(|m| m.data.clone()).collect()
    }

    /// Whether it was told that something was left out for this cause.
    pub(super) fn was_told(&self, cause: &str) -> bool {
        let notes = lock(&self.notes);
        let mut gaps = notes.messages.iter().filter(|m| m.kind == GAP);
        gaps.any(|gap| gap.data.contains(cause) || gap.data.contains("mixed"))
    }

    /// Comments that broke the silence so far.
    pub(super) fn heartbeats(&self) -> u64 {
        lock(&self.notes).comments
    }

    pub(super) fn has_ended(&self) -> bool {
        lock(&self.notes).ended
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

fn lock(notes: &Mutex<Notes>) -> std::sync::MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

//! What each subscriber sees: audiences split by payload.
//!
//! A view may narrow an audience and change the payload, never widen the one nor touch anything else of
//! an event. Whoever is in no view gets nothing; whoever is in several gets the first.

use std::collections::HashMap;
use std::sync::Arc;

use umbel_event::Event;
use umbel_eventlog::Entry;
use umbel_routing::{Client, EventView, Export, Fault, FaultClass, View};
use umbel_sse::Frame;

use super::batch::BatchTopics;
use super::core::Core;
use super::fan_out::guard;
use super::grants::Decided;
use super::portion::Portion;
use crate::metrics::{GuardDrop, Tally};

impl Core {
    /// Asks the views about audiences that the policy answered. They are told of nobody whom the event
    /// may not go to.
    pub(crate) fn tailored(
        &mut self,
        entries: &[Arc<Entry>],
        audiences: Vec<Vec<Client>>,
    ) -> Result<Vec<Portion>, Fault> {
        let guarded = entries.iter().zip(audiences);
        let audiences: Vec<Vec<Client>> = guarded.map(|(e, a)| self.guarded(e, a)).collect();
        let topics = BatchTopics::of(entries);
        let events = topics.views(entries);
        let views = self.ask_tailor(&events, &audiences)?;
        let mut portions = Vec::new();
        for ((entry, audience), views) in entries.iter().zip(&audiences).zip(views) {
            portions.extend(split(entry, audience, views, &mut self.tally));
        }
        Ok(portions)
    }

    /// One `tailor` call, its payloads checked.
    pub(crate) fn ask_tailor(
        &mut self,
        events: &[EventView<'_>],
        audiences: &[Vec<Client>],
    ) -> Result<Vec<Vec<View>>, Fault> {
        let bytes_max = self.config.limits.event_bytes_max;
        let now_ms = self.now_ms();
        let Some(filter) = &mut self.seats.filter else {
            return Err(fault("there is no filter"));
        };
        filter.call(Export::Tailor, now_ms, |filter| {
            let views = filter.tailor(events, audiences)?;
            match views
                .iter()
                .flatten()
                .find_map(|view| wrong(view, bytes_max))
            {
                Some(what) => Err(fault(what)),
                None => Ok(views),
            }
        })
    }

    /// Whom of an audience the event may go to, in order and each once.
    fn guarded(&mut self, entry: &Entry, mut audience: Vec<Client>) -> Vec<Client> {
        if !audience.is_sorted() {
            audience.sort_unstable();
        }
        let mut decided = Decided::new(&self.seats.meter);
        let mut last = None;
        audience.retain(|&client| {
            if last.replace(client) == Some(client) {
                self.tally.guard(GuardDrop::Twice);
                return false;
            }
            guard(
                &mut self.registry,
                &mut self.tally,
                client,
                entry,
                &mut decided,
            )
            .is_some()
        });
        audience
    }
}

/// The portions of one event. `audience` is in order, each client once.
pub(crate) fn split(
    entry: &Arc<Entry>,
    audience: &[Client],
    views: Vec<View>,
    tally: &mut Tally,
) -> Vec<Portion> {
    let mut served = vec![false; audience.len()];
    let mut frames: HashMap<Vec<u8>, Frame> = HashMap::new();
    let mut portions = Vec::with_capacity(views.len());
    for View { mut clients, data } in views {
        clients.retain(|client| {
            let first = match audience.binary_search(client) {
                Ok(at) => !std::mem::replace(&mut served[at], true),
                Err(_) => false,
            };
            if !first {
                tally.guard(GuardDrop::OutsideAudience);
            }
            first
        });
        if clients.is_empty() {
            continue;
        }
        let frame = data.map(|data| match frames.get(&data) {
            Some(frame) => frame.clone(),
            None => {
                let frame = frame_of(&entry.event, &data);
                frames.insert(data, frame.clone());
                frame
            }
        });
        portions.push(Portion {
            entry: Arc::clone(entry),
            frame,
            audience: clients,
        });
    }
    portions
}

fn frame_of(event: &Event, data: &[u8]) -> Frame {
    Frame::event(&Event {
        data: bytes::Bytes::copy_from_slice(data),
        ..event.clone()
    })
}

/// What is wrong with the payload of a view.
fn wrong(view: &View, bytes_max: usize) -> Option<&'static str> {
    let data = view.data.as_ref()?;
    if data.len() > bytes_max {
        return Some("a view's payload is larger than an event may be");
    }
    std::str::from_utf8(data)
        .is_err()
        .then_some("a view's payload is not UTF-8")
}

fn fault(detail: &str) -> Fault {
    Fault {
        export: Export::Tailor,
        class: FaultClass::Shape,
        detail: detail.into(),
    }
}

//! The memory log against one that is plainly right.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use umbel_event::{Event, Offset};

use crate::contract::{block_on, event_of};
use crate::{Entry, EventLog, LogBounds, MemoryLog, PageLimits, ReadError, Retention};

/// One call.
#[derive(Clone, Debug)]
enum Call {
    Append(Vec<(u8, u64, usize)>),
    Retain {
        now_ms: u64,
        floor: u64,
    },
    Read {
        from: u64,
        events: usize,
        bytes: usize,
        before: u64,
    },
    Find(u8),
}

/// A log as one would first write it.
struct Model {
    retention: Retention,
    events: Vec<(Offset, Event)>,
    next: Offset,
    bytes_ever: u64,
}

impl Model {
    fn new(retention: Retention) -> Self {
        Self {
            retention,
            events: Vec::new(),
            next: Offset(1),
            bytes_ever: 0,
        }
    }

    fn append(&mut self, events: Vec<Event>) -> Offset {
        for event in events {
            self.bytes_ever += event.cost() as u64;
            self.events.push((self.next, event));
            self.next = self.next.next();
        }
        Offset(self.next.0 - 1)
    }

    fn bytes(&self) -> u64 {
        self.events
            .iter()
            .map(|(_, event)| event.cost() as u64)
            .sum()
    }

    fn retain(&mut self, now_ms: u64, floor: Offset) {
        let Retention {
            events_max,
            bytes_max,
            age_max_ms,
        } = self.retention;
        while let Some((offset, event)) = self.events.first() {
            let covered = self.events.len() as u64 <= events_max
                && self.bytes() <= bytes_max
                && now_ms <= event.accepted_ms.saturating_add(age_max_ms);
            if covered || *offset >= floor {
                return;
            }
            self.events.remove(0);
        }
    }

    fn bounds(&self) -> LogBounds {
        let first = self.events.first().map_or(self.next, |(offset, _)| *offset);
        LogBounds {
            first,
            next: self.next,
            bytes: self.bytes(),
            bytes_ever: self.bytes_ever,
        }
    }

    fn read(&self, from: Offset, limits: PageLimits) -> Result<Vec<(Offset, Event)>, ReadError> {
        let first = self.bounds().first;
        if from < first {
            return Err(ReadError::Trimmed { first });
        }
        let mut page: Vec<(Offset, Event)> = Vec::new();
        for (offset, event) in &self.events {
            let bytes: usize = page.iter().map(|(_, event)| event.cost()).sum();
            let fits = page.len() < limits.events && bytes + event.cost() <= limits.bytes;
            if *offset >= from && *offset < limits.before {
                if !fits && !page.is_empty() {
                    break;
                }
                page.push((*offset, event.clone()));
            }
        }
        Ok(page)
    }

    fn find(&self, id: &str) -> Option<Offset> {
        self.events
            .iter()
            .find(|(_, event)| event.id.as_str() == id)
            .map(|(offset, _)| *offset)
    }
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let few_ids = || (0..12_u8).boxed();
    let place = || prop_oneof![9 => 0..400_u64, 1 => Just(u64::MAX)].boxed();
    let event = (few_ids(), 0..200_u64, 0..60_usize);
    let call = prop_oneof![
        4 => vec(event, 0..12).prop_map(Call::Append),
        2 => (0..300_u64, place()).prop_map(|(now_ms, floor)| Call::Retain { now_ms, floor }),
        3 => (place(), 0..20_usize, 0..500_usize, place()).prop_map(
            |(from, events, bytes, before)| Call::Read { from, events, bytes, before }
        ),
        2 => few_ids().prop_map(Call::Find),
    ];
    vec(call, 0..120)
}

fn retentions() -> impl Strategy<Value = Retention> {
    let bound = |max: u64| prop_oneof![2 => 0..max, 1 => Just(u64::MAX)].boxed();
    (bound(60), bound(3_000), bound(200)).prop_map(|(events_max, bytes_max, age_max_ms)| {
        Retention {
            events_max,
            bytes_max,
            age_max_ms,
        }
    })
}

fn events(sizes: &[(u8, u64, usize)]) -> Vec<Event> {
    sizes
        .iter()
        .map(|&(id, ms, bytes)| event_of(&format!("id{id}"), ms, bytes))
        .collect()
}

fn plain(page: &[Arc<Entry>]) -> Vec<(Offset, Event)> {
    page.iter()
        .map(|entry| (entry.offset, entry.event.clone()))
        .collect()
}

fn check(log: &MemoryLog, model: &mut Model, call: Call) {
    match call {
        Call::Append(sizes) => {
            let answer = block_on(log.append(events(&sizes)));
            assert_eq!(answer, Ok(model.append(events(&sizes))));
        }
        Call::Retain { now_ms, floor } => {
            block_on(log.retain(now_ms, Offset(floor)));
            model.retain(now_ms, Offset(floor));
        }
        Call::Read {
            from,
            events,
            bytes,
            before,
        } => {
            let (from, limits) = (
                Offset(from),
                PageLimits {
                    events,
                    bytes,
                    before: Offset(before),
                },
            );
            let page = block_on(log.read(from, limits));
            assert_eq!(page.map(|page| plain(&page)), model.read(from, limits));
        }
        Call::Find(id) => {
            let id = format!("id{id}");
            assert_eq!(block_on(log.find(&id)), Ok(model.find(&id)));
        }
    }
    assert_eq!(log.bounds(), model.bounds());
}

#[test]
fn it_answers_like_a_plain_vector() {
    let seed = std::env::var("UMBEL_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| RandomState::new().hash_one("seed"));
    println!("UMBEL_SEED={seed}");
    let config = ProptestConfig {
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&(retentions(), calls()), |(retention, calls)| {
        let (log, mut model) = (MemoryLog::new(retention), Model::new(retention));
        for call in calls {
            check(&log, &mut model, call);
        }
        let ids: std::collections::HashSet<_> = model.events.iter().map(|(_, e)| &e.id).collect();
        assert_eq!(log.shared().ids().len(), ids.len(), "one record per id");
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

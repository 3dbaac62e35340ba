//! What holds while several append, read and drop at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use umbel_event::Offset;

use super::executor::Yield;
use super::sample::{all, cost, events};
use super::{Subject, Task};
use crate::{Entry, PageLimits, Retention};

const APPENDERS: usize = 4;
const BATCHES: usize = 25;
const BATCH_EVENTS: usize = 40;
const EVENTS: usize = APPENDERS * BATCHES * BATCH_EVENTS;
const READERS: usize = 2;
const PAGE: PageLimits = PageLimits {
    events: 16,
    bytes: 1 << 20,
    before: Offset(u64::MAX),
};

/// Runs them.
pub(super) async fn checks<F: Future<Output = Subject>>(
    make: &impl Fn(Retention) -> F,
    spawn: &impl Fn(Task) -> Task,
) {
    readers_see_every_event_once_and_in_order(make(Retention::UNBOUNDED).await, spawn).await;
    nobody_loses_an_event_to_retention(
        make(Retention {
            events_max: 5,
            ..Retention::UNBOUNDED
        })
        .await,
        spawn,
    )
    .await;
}

async fn readers_see_every_event_once_and_in_order(log: Subject, spawn: &impl Fn(Task) -> Task) {
    let mut tasks = appenders(&log, spawn);
    for _ in 0..READERS {
        let log = Arc::clone(&log);
        tasks.push(spawn(Box::pin(async move {
            let seen = follow(&log, &AtomicU64::new(0)).await;
            let offsets = |entries: &[Arc<Entry>]| -> Vec<_> {
                entries.iter().map(|entry| entry.offset).collect()
            };
            let whole = all(&*log).await;
            assert_eq!(
                offsets(&seen),
                offsets(&whole),
                "nothing turns up behind a reader"
            );
        })));
    }
    join(tasks).await;
    let whole = all(&*log).await;
    check_batches(&whole);
    for entry in &whole {
        let found = log.find(entry.event.id.as_str()).await;
        assert_eq!(
            found,
            Ok(Some(entry.offset)),
            "every event is found by its id"
        );
    }
    assert_eq!(
        log.bounds().bytes_ever,
        cost(&whole),
        "every byte is counted once"
    );
}

async fn nobody_loses_an_event_to_retention(log: Subject, spawn: &impl Fn(Task) -> Task) {
    let mut tasks = appenders(&log, spawn);
    let floor = Arc::new(AtomicU64::new(0));
    let reader = (Arc::clone(&log), Arc::clone(&floor));
    tasks.push(spawn(Box::pin(async move {
        check_batches(&follow(&reader.0, &reader.1).await);
    })));
    let dropper = Arc::clone(&log);
    tasks.push(spawn(Box::pin(async move {
        while floor.load(Ordering::SeqCst) != u64::MAX {
            dropper
                .retain(0, Offset(floor.load(Ordering::SeqCst)))
                .await;
            Yield::new().await;
        }
        super::sample::retain_wholly(&*dropper, 0, Offset(u64::MAX)).await;
    })));
    join(tasks).await;
    assert_eq!(
        all(&*log).await.len(),
        5,
        "retention goes on beside appends and reads"
    );
}

fn appenders(log: &Subject, spawn: &impl Fn(Task) -> Task) -> Vec<Task> {
    let append = async |log: Subject, name: usize| {
        for batch in 0..BATCHES {
            let start = (batch * BATCH_EVENTS) as u64;
            let numbers = start..start + BATCH_EVENTS as u64;
            let last = log.append(events(&format!("{name}-"), numbers)).await;
            let last = last.expect("an append works");
            assert!(
                log.bounds().next > last,
                "bounds cover an event once its append is done"
            );
        }
    };
    (0..APPENDERS)
        .map(|name| spawn(Box::pin(append(Arc::clone(log), name))))
        .collect()
}

/// Reads until all events were seen. `floor` is where it stands, and the greatest offset in the end.
async fn follow(log: &Subject, floor: &AtomicU64) -> Vec<Arc<Entry>> {
    let mut seen: Vec<Arc<Entry>> = Vec::new();
    let mut from = Offset(0);
    while seen.len() < EVENTS {
        let bounds = log.bounds();
        assert!(bounds.first <= bounds.next, "bounds are of one moment");
        assert!(
            bounds.bytes <= bounds.bytes_ever,
            "bounds are of one moment"
        );
        if from == Offset(0) {
            // Nothing can have been dropped yet, as the floor is 0.
            from = bounds.first;
        }
        loop {
            let page = log
                .read(from, PAGE)
                .await
                .expect("nothing from the floor on is dropped");
            let Some(last) = page.last() else { break };
            assert!(
                page[0].offset >= from,
                "a page starts where it was asked to"
            );
            from = last.offset.next();
            seen.extend(page);
            floor.store(from.0, Ordering::SeqCst);
        }
        assert!(
            cost(&seen) >= bounds.bytes_ever,
            "what bounds show can be read"
        );
        Yield::new().await;
    }
    floor.store(u64::MAX, Ordering::SeqCst);
    seen
}

/// Every event once, each appender's in its order, each batch together.
fn check_batches(entries: &[Arc<Entry>]) {
    assert_eq!(entries.len(), EVENTS, "every event is there once");
    assert!(
        entries.is_sorted_by(|a, b| a.offset < b.offset),
        "offsets grow"
    );
    let mut next: HashMap<&str, usize> = HashMap::new();
    for batch in entries.chunks(BATCH_EVENTS) {
        let (name, _) = batch[0]
            .event
            .id
            .as_str()
            .split_once('-')
            .expect("name and number");
        for entry in batch {
            let expected = next.entry(name).or_default();
            let id = entry.event.id.as_str();
            assert_eq!(
                id,
                format!("{name}-{expected}"),
                "batches stay together and in order"
            );
            *expected += 1;
        }
    }
}

async fn join(tasks: Vec<Task>) {
    for task in tasks {
        task.await;
    }
}

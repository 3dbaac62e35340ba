//! What the memory log promises beyond the contract.

mod model;

use std::sync::Arc;

use umbel_event::Offset;

use super::{FRAMES_FORGOTTEN_MAX, FRAMES_KEPT, MemoryLog, SLICE_EVENTS_MAX, SLICES_MAX};
use crate::contract::{self, block_on, event, on_a_thread};
use crate::{EventLog, PageLimits, Retention};

fn append(log: &MemoryLog, ids: impl Iterator<Item = String>) -> Offset {
    block_on(log.append(ids.map(|id| event(&id, 0)).collect())).expect("memory never fails")
}

#[test]
fn it_keeps_the_contract() {
    let make = async |retention| Arc::new(MemoryLog::new(retention)) as contract::Subject;
    block_on(contract::suite(make, on_a_thread));
}

#[test]
fn offsets_are_dense_from_1() {
    let log = MemoryLog::new(Retention::UNBOUNDED);
    assert_eq!(append(&log, (0..3).map(|n| n.to_string())), Offset(3));
    assert_eq!(append(&log, (0..2).map(|n| n.to_string())), Offset(5));
    assert_eq!(log.bounds().first, Offset(1));
    assert_eq!(log.bounds().next, Offset(6));
}

#[test]
fn dropped_events_leave_nothing_in_the_index() {
    let log = MemoryLog::new(Retention {
        events_max: 10,
        ..Retention::UNBOUNDED
    });
    for round in 0..50 {
        append(&log, (0..1_000).map(|n| format!("{round}-{}", n % 700)));
        block_on(log.retain(0, Offset(u64::MAX)));
    }
    let kept = log.shared();
    assert_eq!(kept.ids().len(), 10);
    assert!(
        kept.ids().capacity() < 1_000,
        "room for {} ids",
        kept.ids().capacity()
    );
}

#[test]
fn one_id_published_over_and_over_costs_no_more_than_others() {
    let log = MemoryLog::new(Retention {
        events_max: 1,
        ..Retention::UNBOUNDED
    });
    append(&log, std::iter::repeat_n("same".to_owned(), 200_000));
    assert_eq!(log.shared().ids().len(), 1);
    assert_eq!(block_on(log.find("same")), Ok(Some(Offset(1))));
    while log.bounds().first < Offset(200_000) {
        block_on(log.retain(0, Offset(u64::MAX)));
        assert_eq!(block_on(log.find("same")), Ok(Some(log.bounds().first)));
    }
}

#[test]
fn one_call_drops_a_bounded_number() {
    let log = MemoryLog::new(Retention {
        events_max: 0,
        ..Retention::UNBOUNDED
    });
    let most = (SLICE_EVENTS_MAX * SLICES_MAX) as u64;
    append(&log, (0..=most).map(|n| n.to_string()));
    block_on(log.retain(0, Offset(u64::MAX)));
    assert_eq!(log.bounds().first, Offset(1 + most));
    block_on(log.retain(0, Offset(u64::MAX)));
    assert_eq!(log.bounds().first, log.bounds().next);
}

#[test]
fn a_page_shares_its_entries_with_the_log() {
    let log = MemoryLog::new(Retention::UNBOUNDED);
    append(&log, (0..3).map(|n| n.to_string()));
    let limits = PageLimits {
        events: 9,
        bytes: 9_999,
        before: Offset(9),
    };
    let [one, other] = [(); 2].map(|()| block_on(log.read(Offset(1), limits)).expect("there"));
    assert!(one.iter().zip(&other).all(|(a, b)| Arc::ptr_eq(a, b)));
}

#[test]
fn frames_are_forgotten_once_their_events_are_well_behind_the_floor() {
    let log = MemoryLog::new(Retention::UNBOUNDED);
    append(&log, (0..FRAMES_KEPT + 200).map(|n| n.to_string()));
    let all = || {
        let before = Offset(u64::MAX);
        let limits = PageLimits {
            events: usize::MAX,
            bytes: usize::MAX,
            before,
        };
        block_on(log.read(Offset(1), limits)).expect("there")
    };
    let frames: Vec<_> = all().iter().map(|entry| entry.frame().clone()).collect();
    let held = all()[4].clone();
    let encoded = || -> Vec<u64> {
        all()
            .iter()
            .filter(|entry| entry.is_encoded())
            .map(|entry| entry.offset.0)
            .collect()
    };
    block_on(log.retain(0, Offset(FRAMES_KEPT + 1)));
    assert_eq!(
        encoded().len() as u64,
        FRAMES_KEPT + 200,
        "none is far enough behind"
    );
    block_on(log.retain(0, Offset(FRAMES_KEPT + 101)));
    let forgotten = FRAMES_KEPT + 200 - encoded().len() as u64;
    assert_eq!(
        forgotten,
        FRAMES_FORGOTTEN_MAX - 1,
        "a call does a bounded amount of work"
    );
    (0..9).for_each(|_| block_on(log.retain(0, Offset(FRAMES_KEPT + 101))));
    assert_eq!(
        encoded()[..2],
        [held.offset.0, 101],
        "what somebody holds stays"
    );
    assert_eq!(all()[0].frame(), &frames[0], "it is encoded anew");
}

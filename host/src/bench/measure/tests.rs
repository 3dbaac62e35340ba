//! What a run finds out of hubs that behave well and badly.

use std::borrow::Cow;
use std::time::Duration;

use umbel_sse::Message;

use super::{Measure, Reader};
use crate::bench::plan::{Pace, Plan};
use crate::bench::stamp::Stamp;

const MS: Duration = Duration::from_millis(1);
const RUN: u32 = 7;
const SIZE: usize = 100;

fn plan(pace: Pace) -> Plan {
    Plan {
        subscribers: 2,
        topics: 1,
        pace,
        size: SIZE,
        duration: 2_000 * MS,
        slow: "0".parse().unwrap(),
    }
}

fn message(data: String) -> Message {
    Message {
        id: None,
        last_event_id: "".into(),
        kind: Cow::Borrowed("message"),
        data,
        retry_ms: None,
    }
}

fn deliver(measure: &mut Measure, reader: &mut Reader, stamp: Stamp, now: Duration) {
    measure.message(reader, &message(stamp.payload(SIZE)), now);
}

#[test]
fn a_hub_that_stalls_shows_in_the_latencies_of_an_open_loop() {
    let plan = plan(Pace::Every(10 * MS));
    let mut measure = Measure::new(plan.clone(), RUN);
    let mut reader = measure.reader(0);
    // It answers and delivers within a millisecond, but for one second in which it does nothing. Meanwhile
    // the one connection of the publisher is held up, so that 100 events are sent late.
    let stall = 500 * MS..1_500 * MS;
    let due = (0..).map_while(|n| plan.due(n).filter(|due| *due < plan.end()));
    for due in due {
        let stamp = measure.depart(due);
        let now = match stall.contains(&due) {
            true => stall.end,
            false => due + MS,
        };
        measure.accepted(due, now);
        deliver(&mut measure, &mut reader, stamp, now);
    }
    for latency in [&measure.fast.latency, &measure.publish] {
        let found = latency.quantiles().unwrap();
        assert_eq!(found.count, 200);
        // Half of the events were due while it stalled: they waited 10 ms to a second.
        assert!(found.p50 < 11.0, "{found:?}");
        assert!((790.0..=810.0).contains(&found.p90), "{found:?}");
        assert!(found.max > 990.0, "{found:?}");
    }
}

#[test]
fn the_window_opens_when_all_fast_readers_have_it() {
    let mut measure = Measure::new(plan(Pace::Window(1)), RUN);
    let mut readers = [measure.reader(0), measure.reader(1)];
    let stamp = measure.depart(Duration::ZERO);
    assert_eq!((measure.in_flight(), measure.outstanding()), (1, 2));
    deliver(&mut measure, &mut readers[0], stamp, MS);
    deliver(&mut measure, &mut readers[0], stamp, MS);
    assert_eq!(measure.in_flight(), 1, "one of them has it twice");
    deliver(&mut measure, &mut readers[1], stamp, MS);
    assert_eq!((measure.in_flight(), measure.outstanding()), (0, 0));
    assert_eq!(measure.fast.tally.duplicated, 1);
    assert_eq!(measure.fast.latency.count(), 0, "it was still warming up");
}

#[test]
fn the_window_does_not_wait_for_slow_readers_nor_for_those_who_left() {
    let slow = Plan {
        slow: "50%".parse().unwrap(),
        ..plan(Pace::Window(1))
    };
    let mut measure = Measure::new(slow, RUN);
    let mut fast = measure.reader(0);
    let stamp = measure.depart(Duration::ZERO);
    deliver(&mut measure, &mut fast, stamp, MS);
    assert_eq!((measure.in_flight(), measure.outstanding()), (0, 1));
    measure.depart(MS);
    measure.left(&fast);
    assert_eq!(measure.in_flight(), 0);
    measure.depart(MS);
    assert_eq!(measure.in_flight(), 0);
    assert_eq!((measure.fast.missing(), measure.slow.missing()), (2, 3));
    assert_eq!(measure.fast.tally.disconnected, 1);
}

#[test]
fn lost_reordered_and_foreign_messages_are_told_apart() {
    let mut measure = Measure::new(plan(Pace::Window(9)), RUN);
    let mut reader = measure.reader(0);
    let stamps: Vec<Stamp> = (0..4).map(|_| measure.depart(MS)).collect();
    for sequence in [0, 3, 1] {
        deliver(&mut measure, &mut reader, stamps[sequence], MS);
    }
    let foreign = [
        "hello".to_owned(),
        Stamp {
            run: 8,
            ..stamps[2]
        }
        .payload(SIZE),
        stamps[2].payload(SIZE + 1),
        Stamp {
            sequence: 4,
            ..stamps[2]
        }
        .payload(SIZE),
    ];
    for data in foreign {
        measure.message(&mut reader, &message(data), MS);
    }
    let gap = Message {
        kind: Cow::Borrowed("umbel.gap"),
        ..message(r#"{"cause":"dropped","count":1}"#.into())
    };
    measure.message(&mut reader, &gap, MS);
    let tally = measure.fast.tally;
    assert_eq!((tally.received, tally.reordered), (3, 1));
    assert_eq!((tally.unexpected, tally.duplicated), (4, 0));
    assert_eq!((tally.gaps, tally.gap_events), (1, 1));
    // One event of this reader, and all four of the other one.
    assert_eq!(measure.fast.missing(), 5);
}

#[test]
fn an_event_that_the_hub_refused_is_expected_by_nobody() {
    let mut measure = Measure::new(plan(Pace::Window(1)), RUN);
    let first = measure.depart(MS);
    measure.refused(MS);
    assert_eq!((measure.in_flight(), measure.outstanding()), (0, 0));
    assert_eq!(measure.depart(2 * MS).sequence, first.sequence);
    assert_eq!((measure.events, measure.refused), (1, 1));
}

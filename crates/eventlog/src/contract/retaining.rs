//! What `retain` promises.

use umbel_event::{Event, Offset};

use super::Subject;
use super::sample::{all, append_each, cost, event, event_of, events, ids, retain_wholly};
use crate::{EventLog, Retention};

/// No reader holds anything back.
const NO_FLOOR: Offset = Offset(u64::MAX);

/// Runs them.
pub(super) async fn checks<F: Future<Output = Subject>>(make: &impl Fn(Retention) -> F) {
    let all = Retention::UNBOUNDED;
    nothing_goes_while_the_bounds_cover_it(&*make(all).await).await;
    the_oldest_events_beyond_the_number_go(
        &*make(Retention {
            events_max: 10,
            ..all
        })
        .await,
    )
    .await;
    the_oldest_bytes_beyond_the_sum_go(
        &*make(Retention {
            bytes_max: 1_000,
            ..all
        })
        .await,
    )
    .await;
    bytes_that_just_fit_stay(make).await;
    an_event_larger_than_all_bytes_goes(
        &*make(Retention {
            bytes_max: 1_000,
            ..all
        })
        .await,
    )
    .await;
    events_that_are_too_old_go(
        &*make(Retention {
            age_max_ms: 100,
            ..all
        })
        .await,
    )
    .await;
    nothing_at_or_after_the_floor_goes(
        &*make(Retention {
            events_max: 0,
            ..all
        })
        .await,
    )
    .await;
    a_log_goes_on_after_all_of_it_went(
        &*make(Retention {
            events_max: 0,
            ..all
        })
        .await,
    )
    .await;
    much_goes_in_several_calls(
        &*make(Retention {
            events_max: 3,
            ..all
        })
        .await,
    )
    .await;
}

async fn fill(log: &dyn EventLog, events: Vec<Event>) {
    log.append(events).await.expect("an append works");
}

async fn nothing_goes_while_the_bounds_cover_it(log: &dyn EventLog) {
    fill(log, events("e", 0..20)).await;
    retain_wholly(log, u64::MAX, NO_FLOOR).await;
    assert_eq!(
        all(log).await.len(),
        20,
        "unbounded retention keeps everything"
    );
}

async fn the_oldest_events_beyond_the_number_go(log: &dyn EventLog) {
    fill(log, events("e", 0..25)).await;
    assert_eq!(all(log).await.len(), 25, "only `retain` drops");
    let ever = log.bounds().bytes_ever;
    retain_wholly(log, 0, NO_FLOOR).await;
    let left = all(log).await;
    let expected: Vec<_> = (15..25).map(|n| format!("e{n}")).collect();
    assert_eq!(ids(&left), expected, "the newest ten stay");
    let bounds = log.bounds();
    assert_eq!(
        bounds.first, left[0].offset,
        "`first` moves with what is dropped"
    );
    assert_eq!(
        bounds.bytes,
        cost(&left),
        "`bytes` falls with what is dropped"
    );
    assert_eq!(bounds.bytes_ever, ever, "`bytes_ever` never falls");
}

async fn the_oldest_bytes_beyond_the_sum_go(log: &dyn EventLog) {
    let sizes = [400, 10, 300, 200, 0, 250, 100];
    let sent = sizes.iter().map(|&bytes| event_of("e", 0, bytes)).collect();
    fill(log, sent).await;
    let before = all(log).await;
    retain_wholly(log, 0, NO_FLOOR).await;
    let stay = (0..before.len())
        .find(|&n| cost(&before[n..]) <= 1_000)
        .expect("some fit");
    let left = all(log).await;
    assert_eq!(
        left.len(),
        before.len() - stay,
        "as many of the newest as fit"
    );
    assert_eq!(log.bounds().bytes, cost(&left), "`bytes` is what is left");
}

async fn bytes_that_just_fit_stay<F: Future<Output = Subject>>(make: &impl Fn(Retention) -> F) {
    let bytes_max = 3 * event("e", 0).cost() as u64;
    let log = make(Retention {
        bytes_max,
        ..Retention::UNBOUNDED
    })
    .await;
    fill(&*log, vec![event("e", 0); 5]).await;
    let bounds = retain_wholly(&*log, 0, NO_FLOOR).await;
    assert_eq!(bounds.bytes, bytes_max, "the bound itself is still covered");
}

async fn an_event_larger_than_all_bytes_goes(log: &dyn EventLog) {
    fill(log, vec![event_of("large", 0, 2_000)]).await;
    retain_wholly(log, 0, NO_FLOOR).await;
    assert!(
        all(log).await.is_empty(),
        "the bound holds for one event too"
    );
}

async fn events_that_are_too_old_go(log: &dyn EventLog) {
    fill(
        log,
        vec![event("a", 1_000), event("b", 1_001), event("c", 1_050)],
    )
    .await;
    // The clock of the hub may be set back: then nothing is too old.
    for (now_ms, expected) in [
        (0, &["a", "b", "c"][..]),
        (1_100, &["a", "b", "c"]),
        (1_101, &["b", "c"]),
        (1_150, &["c"]),
        (1_151, &[]),
    ] {
        retain_wholly(log, now_ms, NO_FLOOR).await;
        assert_eq!(
            ids(&all(log).await),
            expected,
            "100 ms are kept at {now_ms}"
        );
    }
}

async fn nothing_at_or_after_the_floor_goes(log: &dyn EventLog) {
    let offsets = append_each(log, events("e", 0..10)).await;
    for floor in [Offset(0), offsets[0]] {
        retain_wholly(log, u64::MAX, floor).await;
        assert_eq!(
            all(log).await.len(),
            10,
            "all of it lies at or after {floor}"
        );
    }
    for (n, &floor) in offsets.iter().enumerate() {
        let bounds = retain_wholly(log, u64::MAX, floor).await;
        assert_eq!(
            bounds.first, floor,
            "what lies before the floor goes, the rest stays"
        );
        assert_eq!(
            all(log).await.len(),
            10 - n,
            "what lies before the floor goes"
        );
    }
    retain_wholly(log, u64::MAX, offsets[3]).await;
    assert_eq!(
        all(log).await.len(),
        1,
        "a floor that moves back brings nothing back"
    );
}

async fn a_log_goes_on_after_all_of_it_went(log: &dyn EventLog) {
    let last = append_each(log, events("e", 0..5)).await[4];
    let ever = log.bounds().bytes_ever;
    let empty = retain_wholly(log, 0, NO_FLOOR).await;
    assert_eq!(empty.first, empty.next, "an empty log has no first event");
    assert_eq!(
        (empty.bytes, empty.bytes_ever),
        (0, ever),
        "no bytes are left"
    );
    assert!(empty.first > last, "what was dropped lies before `first`");
    let next = append_each(log, events("f", 0..1)).await[0];
    assert!(next > last, "offsets grow on");
    assert_eq!(ids(&all(log).await), ["f0"], "new events are read as ever");
}

async fn much_goes_in_several_calls(log: &dyn EventLog) {
    for batch in 0..20 {
        fill(log, events("e", batch * 100..(batch + 1) * 100)).await;
    }
    retain_wholly(log, 0, NO_FLOOR).await;
    assert_eq!(
        ids(&all(log).await),
        ["e1997", "e1998", "e1999"],
        "the newest three stay"
    );
}

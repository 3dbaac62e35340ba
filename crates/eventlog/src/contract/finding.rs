//! What `find` promises.

use umbel_event::Offset;

use super::Subject;
use super::sample::{append_each, event, events, retain_wholly};
use crate::{EventLog, Retention};

/// Runs them.
pub(super) async fn checks<F: Future<Output = Subject>>(make: &impl Fn(Retention) -> F) {
    let fresh = async || make(Retention::UNBOUNDED).await;
    an_id_is_found_where_its_event_is(&*fresh().await).await;
    of_several_the_earliest_retained_one_is_found(
        &*make(Retention {
            age_max_ms: 0,
            ..Retention::UNBOUNDED
        })
        .await,
    )
    .await;
}

async fn find(log: &dyn EventLog, id: &str) -> Option<Offset> {
    log.find(id).await.expect("finding works")
}

async fn an_id_is_found_where_its_event_is(log: &dyn EventLog) {
    let offsets = append_each(log, events("e", 0..30)).await;
    for (n, &offset) in offsets.iter().enumerate() {
        assert_eq!(
            find(log, &format!("e{n}")).await,
            Some(offset),
            "e{n} is found"
        );
    }
    for unknown in [
        "",
        "e",
        "e30",
        "E1",
        "earliest",
        "#",
        "e1\0",
        &"x".repeat(10_000),
    ] {
        assert_eq!(find(log, unknown).await, None, "{unknown:?} names no event");
    }
}

async fn of_several_the_earliest_retained_one_is_found(log: &dyn EventLog) {
    let names = [
        "twice", "once", "thrice", "twice", "thrice", "other", "thrice",
    ];
    let sent = (0..).zip(names).map(|(ms, name)| event(name, ms)).collect();
    let offsets = append_each(log, sent).await;
    for oldest in 0..=names.len() {
        retain_wholly(log, oldest as u64, Offset(u64::MAX)).await;
        for name in names {
            let place = (oldest..names.len()).find(|&n| names[n] == name);
            let expected = place.map(|n| offsets[n]);
            assert_eq!(
                find(log, name).await,
                expected,
                "{name} with {oldest} events dropped"
            );
        }
    }
    let again = append_each(log, vec![event("twice", 100)]).await[0];
    assert_eq!(
        find(log, "twice").await,
        Some(again),
        "an id that was dropped may come again"
    );
}

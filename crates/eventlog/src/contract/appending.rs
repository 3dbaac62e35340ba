//! What `append` and `bounds` promise.

use umbel_event::Offset;

use super::Subject;
use super::sample::{all, append_each, cost, events, ids, unlike};
use crate::{EventLog, Retention};

/// Runs them.
pub(super) async fn checks<F: Future<Output = Subject>>(make: &impl Fn(Retention) -> F) {
    let fresh = async || make(Retention::UNBOUNDED).await;
    an_empty_log_holds_nothing(&*fresh().await).await;
    an_event_comes_back_as_it_went_in(&*fresh().await).await;
    offsets_grow(&*fresh().await).await;
    the_events_of_one_call_stay_together(&*fresh().await).await;
    an_empty_append_keeps_nothing(&*fresh().await).await;
    bounds_cover_what_was_appended(&*fresh().await).await;
}

async fn an_empty_log_holds_nothing(log: &dyn EventLog) {
    let bounds = log.bounds();
    assert_eq!(bounds.first, bounds.next, "an empty log has no first event");
    assert!(bounds.first >= Offset(1), "offsets start at 1");
    assert_eq!(
        (bounds.bytes, bounds.bytes_ever),
        (0, 0),
        "an empty log has no bytes"
    );
    assert!(
        all(log).await.is_empty(),
        "an empty log has nothing to read"
    );
}

async fn an_event_comes_back_as_it_went_in(log: &dyn EventLog) {
    let sent = unlike();
    append_each(log, sent.clone()).await;
    let got: Vec<_> = all(log)
        .await
        .iter()
        .map(|entry| entry.event.clone())
        .collect();
    assert_eq!(got, sent, "an event is read as it was appended");
}

async fn offsets_grow(log: &dyn EventLog) {
    let given = append_each(log, events("e", 0..20)).await;
    assert!(given[0] >= Offset(1), "offsets start at 1");
    assert!(given.is_sorted_by(|a, b| a < b), "offsets grow: {given:?}");
    let read: Vec<_> = all(log).await.iter().map(|entry| entry.offset).collect();
    assert_eq!(
        read, given,
        "events are read at the offsets that appending answered"
    );
}

async fn the_events_of_one_call_stay_together(log: &dyn EventLog) {
    append_each(log, events("a", 0..1)).await;
    let last = log
        .append(events("b", 0..10))
        .await
        .expect("an append works");
    let entries = all(log).await;
    let expected: Vec<_> = (0..10).map(|n| format!("b{n}")).collect();
    assert_eq!(
        ids(&entries[1..]),
        expected,
        "events of one call keep their order"
    );
    assert_eq!(
        entries[10].offset, last,
        "append answers the offset of the last one"
    );
}

async fn an_empty_append_keeps_nothing(log: &dyn EventLog) {
    let never = log.append(Vec::new()).await.expect("an empty append works");
    assert_eq!(never, Offset(0), "0 stands before all events");
    let last = append_each(log, events("e", 0..2)).await[1];
    let before = log.bounds();
    let newest = log.append(Vec::new()).await.expect("an empty append works");
    assert_eq!(newest, last, "an empty append answers the newest offset");
    assert_eq!(log.bounds(), before, "an empty append changes nothing");
}

async fn bounds_cover_what_was_appended(log: &dyn EventLog) {
    for event in unlike() {
        let offset = log.append(vec![event]).await.expect("an append works");
        let bounds = log.bounds();
        assert!(
            bounds.next > offset,
            "bounds cover an event once its append is done"
        );
        let entries = all(log).await;
        assert_eq!(
            bounds.first, entries[0].offset,
            "`first` is the oldest event"
        );
        assert_eq!(
            bounds.bytes,
            cost(&entries),
            "`bytes` counts what is retained"
        );
        assert_eq!(
            bounds.bytes_ever, bounds.bytes,
            "nothing was dropped so far"
        );
    }
}

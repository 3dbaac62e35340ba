//! What `read` promises.

use umbel_event::Offset;

use super::Subject;
use super::sample::{PAGE, all, append_each, event_of, events, retain_wholly};
use crate::{EventLog, PageLimits, ReadError, Retention};

/// Runs them.
pub(super) async fn checks<F: Future<Output = Subject>>(make: &impl Fn(Retention) -> F) {
    let fresh = async || make(Retention::UNBOUNDED).await;
    a_read_starts_where_it_is_asked_to(&*fresh().await).await;
    a_page_ends_at_each_of_its_limits(&*fresh().await).await;
    a_page_holds_one_event_however_large(&*fresh().await).await;
    a_read_past_the_end_is_empty(&*fresh().await).await;
    a_read_before_the_first_event_is_refused(
        &*make(Retention {
            events_max: 2,
            ..Retention::UNBOUNDED
        })
        .await,
    )
    .await;
}

async fn read(log: &dyn EventLog, from: Offset, limits: PageLimits) -> Vec<Offset> {
    let page = log
        .read(from, limits)
        .await
        .expect("what is retained can be read");
    page.iter().map(|entry| entry.offset).collect()
}

async fn a_read_starts_where_it_is_asked_to(log: &dyn EventLog) {
    let offsets = append_each(log, events("e", 0..10)).await;
    for (n, &from) in offsets.iter().enumerate() {
        let end = offsets.len().min(n + PAGE.events);
        assert_eq!(
            read(log, from, PAGE).await,
            offsets[n..end],
            "oldest first, from {from} on"
        );
    }
    let between = offsets[0].next();
    assert_eq!(
        read(log, between, PAGE).await,
        offsets[1..8],
        "a gap is passed over"
    );
}

async fn a_page_ends_at_each_of_its_limits(log: &dyn EventLog) {
    let offsets = append_each(log, events("e", 0..10)).await;
    let cost = events("e", 0..1)[0].cost();
    let page = PageLimits {
        events: 100,
        ..PAGE
    };
    let from = offsets[2];
    for n in 1..=8 {
        let expected = &offsets[2..2 + n];
        let by_events = read(log, from, PageLimits { events: n, ..page }).await;
        assert_eq!(by_events, expected, "at most {n} events");
        for bytes in [n * cost, (n + 1) * cost - 1] {
            let by_bytes = read(log, from, PageLimits { bytes, ..page }).await;
            assert_eq!(by_bytes, expected, "at most {bytes} bytes");
        }
        let before = offsets[1 + n].next();
        let by_place = read(log, from, PageLimits { before, ..page }).await;
        assert_eq!(by_place, expected, "nothing at or after {before}");
    }
}

async fn a_page_holds_one_event_however_large(log: &dyn EventLog) {
    let large = vec![
        event_of("a", 0, 5_000),
        event_of("b", 0, 1),
        event_of("c", 0, 5_000),
    ];
    let offsets = append_each(log, large).await;
    let tight = PageLimits { bytes: 100, ..PAGE };
    assert_eq!(
        read(log, offsets[0], tight).await,
        offsets[..1],
        "one, though it is too large"
    );
    assert_eq!(
        read(log, offsets[1], tight).await,
        offsets[1..2],
        "a large one is no second one"
    );
    let none = PageLimits {
        events: 0,
        bytes: 0,
        ..PAGE
    };
    assert_eq!(
        read(log, offsets[1], none).await,
        offsets[1..2],
        "one, whatever the limits"
    );
    for before in [Offset(0), offsets[0], offsets[1]] {
        let page = read(log, offsets[1], PageLimits { before, ..PAGE }).await;
        assert!(page.is_empty(), "not even one at or after `before`");
    }
}

async fn a_read_past_the_end_is_empty(log: &dyn EventLog) {
    let last = append_each(log, events("e", 0..3)).await[2];
    for from in [
        last.next(),
        log.bounds().next.max(last.next()),
        Offset(u64::MAX),
    ] {
        assert!(
            read(log, from, PAGE).await.is_empty(),
            "nothing is there yet at {from}"
        );
    }
}

async fn a_read_before_the_first_event_is_refused(log: &dyn EventLog) {
    let offsets = append_each(log, events("e", 0..5)).await;
    retain_wholly(log, 0, Offset(u64::MAX)).await;
    let first = offsets[3];
    for from in [Offset(0), offsets[0], offsets[2]] {
        let refused = log.read(from, PAGE).await.map(|page| page.len());
        assert_eq!(
            refused,
            Err(ReadError::Trimmed { first }),
            "{from} is no longer retained"
        );
    }
    assert_eq!(
        read(log, first, PAGE).await,
        offsets[3..],
        "the rest is still there"
    );
    assert_eq!(all(log).await.len(), 2, "the rest is still there");
}

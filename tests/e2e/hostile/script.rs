//! What is done to every guest, and what has to come of it.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::timeout;

use super::PATIENCE;
use super::case::{Case, Events, Newcomers};
use super::witness::Witness;
use crate::rig::{Publisher, Server, Subscriber, form, get, path_of, wait_until};

/// Within which a publisher is answered, whatever happens.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Witnesses who were there from the start; the last one was replayed what happened before, which is
/// another call.
const LIVE: usize = 2;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);
/// Events that a slow subscriber does not take, and their size: more than its socket holds.
const LARGE: (usize, usize) = (12, 64 * 1024);

/// Subscribes, publishes, leaves, replays and overflows, so that every export is called.
pub(super) async fn play(case: &Case, server: &Server) {
    let tenant = case.tenant();
    if case.newcomers == Newcomers::ToldToComeBack {
        return turned_away(case, server).await;
    }
    let open = async |topic: &str, headers: &[String]| {
        Witness::new(Subscriber::of(server.hub, &tenant, &[topic], headers).await)
    };
    let mut witnesses = vec![open("own", &[]).await, open("*", &[]).await];
    let leaver = Subscriber::of(server.hub, &tenant, &["own"], &[]).await;
    let mut publisher = Publisher::connect(server.hub).await.of(&tenant);
    publish(case, &mut publisher, "one", &[]).await;
    publish(case, &mut publisher, "secret", &[("private", "on")]).await;
    drop(leaver);
    let slow = slow(case, server, &mut publisher).await;
    publish(case, &mut publisher, "poison", &[("type", "poison")]).await;
    let earliest = "Last-Event-ID: earliest".to_owned();
    witnesses.push(open("own", &[earliest]).await);
    comes_to_rest(case, &mut publisher, &witnesses).await;
    if matches!(case.events, Events::Withheld | Events::Nowhere) {
        let live = witnesses[..LIVE].iter().flat_map(Witness::events);
        assert_eq!(live.count(), 0, "{tenant}: it sends nothing");
    }
    for witness in &witnesses {
        check(case, witness);
        let before = witness.heartbeats();
        let beats = async || witness.heartbeats() > before + 1;
        wait_until(PATIENCE, &format!("{tenant}: it lives"), beats).await;
        assert!(!witness.has_ended(), "{tenant}: a stream has ended");
    }
    drop(slow);
}

/// Those who subscribe are told when to come back, at the latest with the next event; publishers are
/// answered all the same.
async fn turned_away(case: &Case, server: &Server) {
    let path = format!("{}?topic=own", path_of(&case.tenant()));
    let mut publisher = Publisher::connect(server.hub).await.of(&case.tenant());
    let publishing = async {
        loop {
            publish(case, &mut publisher, "one", &[]).await;
            tokio::time::sleep(PAUSE).await;
        }
    };
    let answer = tokio::select! {
        answer = get(server.hub, &path, &[]) => answer,
        () = publishing => unreachable!("it goes on"),
        () = tokio::time::sleep(PATIENCE) => panic!("{}: its stream goes on", case.guest),
    };
    assert_eq!(answer.status, 200, "{}: {answer:?}", case.guest);
    assert!(
        answer.body.contains("retry: "),
        "{}: {answer:?}",
        case.guest
    );
    assert!(!answer.body.contains("data:"), "{}: {answer:?}", case.guest);
    publish(case, &mut publisher, "two", &[]).await;
}

/// One that takes nothing, where the case asks for it, while more is published than its socket holds.
async fn slow(case: &Case, server: &Server, publisher: &mut Publisher) -> Option<Subscriber> {
    if !case.slow {
        return None;
    }
    let slow = Subscriber::narrow_of(server.hub, &case.tenant(), &["own"]).await;
    let (events, bytes) = LARGE;
    for n in 0..events {
        publish(
            case,
            publisher,
            &format!("large-{n}-{}", "x".repeat(bytes)),
            &[],
        )
        .await;
    }
    Some(slow)
}

/// The publisher is answered as it is to be.
async fn publish(case: &Case, publisher: &mut Publisher, data: &str, more: &[(&str, &str)]) {
    let data = format!("{}:{data}", case.tenant());
    let fields = [&[("topic", "own"), ("data", &*data)], more].concat();
    let answer = timeout(ANSWER_MAX, publisher.post(&form(&fields))).await;
    let answer = answer.unwrap_or_else(|_| panic!("{}: no answer", case.guest));
    assert_eq!(answer.status, case.publishers, "{}: {answer:?}", case.guest);
}

/// After whatever happened, all get events again, or are told that they do not. What a mailbox of one
/// event has dropped is published again.
async fn comes_to_rest(case: &Case, publisher: &mut Publisher, witnesses: &[Witness]) {
    let last = format!("{}:last", case.tenant());
    let rests = |witness: &Witness| match case.events {
        Events::Delivered => witness.events().iter().any(|data| data.starts_with(&last)),
        Events::Withheld => witness.was_told("withheld"),
        Events::Narrowed | Events::Nowhere => true,
    };
    let started = std::time::Instant::now();
    // Where nothing is ever routed, whoever is replayed has no say: what it gets was decided by another call.
    let concerned = match case.events {
        Events::Withheld => &witnesses[..LIVE],
        _ => witnesses,
    };
    for n in 0.. {
        publish(case, publisher, &format!("last-{n}"), &[]).await;
        tokio::time::sleep(PAUSE).await;
        if concerned.iter().all(rests) {
            break;
        }
        let seen = witnesses.iter().map(Witness::events).collect::<Vec<_>>();
        assert!(started.elapsed() < PATIENCE, "{}: {seen:.60?}", case.guest);
    }
}

/// It got what is its own, each event once.
fn check(case: &Case, witness: &Witness) {
    let events = witness.events();
    let own = format!("{}:", case.tenant());
    for event in &events {
        assert!(
            event.starts_with(&own),
            "{}: crossed: {event:.80}",
            case.guest
        );
        let secret = event.starts_with(&format!("{own}secret"));
        assert!(!secret, "{}: a private event", case.guest);
    }
    let once: BTreeSet<_> = events.iter().collect();
    assert_eq!(once.len(), events.len(), "{}: twice", case.guest);
}

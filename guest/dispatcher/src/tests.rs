//! The adapter passes on what it is given, whole and in order: held against the router itself.

use umbel_event::Offset;
use umbel_guest::{Event, FullMailbox, Policy, Selector, Settings, Subscriber};
use umbel_guest::{Verdict, WhenFull};
use umbel_routing as native;

use crate::events::EventBatch;
use crate::policy::DefaultPolicy;
use crate::records;
use crate::subscribers::SubscriberBatch;

fn settings(config: &str) -> Settings {
    Settings {
        config: config.into(),
        seed: 7,
        facts: vec![("tenant".into(), "t".into())],
    }
}

fn policy(config: &str) -> DefaultPolicy {
    DefaultPolicy::configure(settings(config)).unwrap().0
}

fn event(offset: u64, topics: &[&str]) -> Event {
    Event {
        offset,
        id: format!("id-{offset}"),
        topics: topics.iter().copied().map(String::from).collect(),
        kind: offset.is_multiple_of(2).then(|| "tick".into()),
        private: offset.is_multiple_of(3),
        accepted_ms: 1_000 + offset,
        size: 4,
        data: offset.is_multiple_of(2).then(|| vec![0, 1, 2, 255]),
        attributes: vec![("at".into(), offset.to_string()); topics.len() - 1],
    }
}

fn selectors(patterns: &[&str]) -> Vec<Selector> {
    let selector = |pattern: &&str| Selector {
        matcher: "exact".into(),
        pattern: (*pattern).into(),
    };
    patterns.iter().map(selector).collect()
}

fn subscriber(client: u32, asked: &[&str], granted: &[&str]) -> Subscriber {
    Subscriber {
        client,
        selectors: selectors(asked),
        grants: selectors(granted),
        claims: format!("{{\"sub\":\"{client}\"}}"),
        attributes: vec![("agent".into(), client.to_string())],
        joined_ms: 5 + u64::from(client),
    }
}

#[test]
fn every_field_of_every_event_of_a_batch_reaches_the_router() {
    let events = [
        event(1, &["a"]),
        event(2, &["b", "c", "d"]),
        event(6, &["e", "f"]),
    ];
    let batch = EventBatch::new(&events);
    let views = batch.views();
    assert_eq!(views.len(), events.len());
    for (view, event) in views.iter().zip(&events) {
        let attributes: Vec<_> = event
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(view.offset, Offset(event.offset));
        assert_eq!((view.id, view.topics), (&*event.id, &*refs(&event.topics)));
        assert_eq!(
            (view.kind, view.data),
            (event.kind.as_deref(), event.data.as_deref())
        );
        assert_eq!((view.private, view.size), (event.private, event.size));
        assert_eq!(
            (view.accepted_ms, view.attributes),
            (event.accepted_ms, &*attributes)
        );
    }
}

#[test]
fn what_a_subscriber_asks_for_and_what_it_is_granted_stay_apart() {
    let subscribers = [
        subscriber(4, &["a", "b"], &["g"]),
        subscriber(0, &["c"], &[]),
        subscriber(9, &["d"], &["h"]),
    ];
    let batch = SubscriberBatch::new(&subscribers);
    for (view, subscriber) in batch.views().iter().zip(&subscribers) {
        let patterns = |selectors: &[umbel_selector::Selector]| {
            selectors
                .iter()
                .map(|s| s.pattern().to_owned())
                .collect::<Vec<_>>()
        };
        let records = |selectors: &[Selector]| {
            selectors
                .iter()
                .map(|s| s.pattern.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(view.client.0, subscriber.client);
        assert_eq!(patterns(view.selectors), records(&subscriber.selectors));
        assert_eq!(patterns(view.grants), records(&subscriber.grants));
        assert_eq!(
            (view.claims, view.joined_ms),
            (&*subscriber.claims, subscriber.joined_ms)
        );
        assert_eq!(view.attributes, subscriber.attributes);
    }
    assert_eq!(batch.views().len(), subscribers.len());
}

#[test]
fn routing_and_selection_are_the_routers() {
    let mut policy = policy("");
    let admissions = policy.join(vec![
        subscriber(0, &["a"], &[]),
        subscriber(1, &["b", "c"], &[]),
        subscriber(2, &["*"], &[]),
    ]);
    assert!(admissions.iter().all(Result::is_ok) && admissions.len() == 3);
    let events = [
        event(1, &["c"]),
        event(2, &["x", "a"]),
        event(3, &["nobody's"]),
    ];
    assert_eq!(
        sorted(policy.route(&events)),
        [vec![1, 2], vec![0, 2], vec![2]]
    );
    assert_eq!(policy.select(&[2, 0], &events), [vec![0, 1, 2], vec![1]]);
    policy.leave(&[2, 0]);
    assert_eq!(sorted(policy.route(&events)), [vec![1], vec![], vec![]]);
}

#[test]
fn each_verdict_and_each_bound_is_passed_on_by_its_name() {
    for verdict in native::Verdict::ALL {
        let name = verdict.name();
        let mailbox = policy(&format!("events = 3\nbytes = 99\nwhen-full = {name}"))
            .join(vec![subscriber(0, &["a"], &[])])
            .remove(0)
            .unwrap();
        let WhenFull::Always(always) = mailbox.when_full else {
            panic!("{name}: {mailbox:?}")
        };
        // The contract's names, in kebab case, are those that Rust's generated names are made of.
        assert_eq!(format!("{always:?}"), format!("Verdict::{}", pascal(name)));
        assert_eq!((mailbox.events_max, mailbox.bytes_max), (3, 99));
    }
}

#[test]
fn who_asks_is_answered_once_for_each_mailbox() {
    let mut policy = policy("when-full = ask\noverflow = disconnect");
    let mailbox = policy
        .join(vec![subscriber(0, &["a"], &[])])
        .remove(0)
        .unwrap();
    assert!(matches!(mailbox.when_full, WhenFull::Ask));
    let full = |client| FullMailbox {
        client,
        offset: 8,
        events: 1,
        bytes: 2,
        oldest_ms: 3,
    };
    assert_eq!(
        policy.overflow(&[full(0), full(5)]),
        [Verdict::Disconnect; 2]
    );
    assert_eq!(policy.overflow(&[]), []);
}

#[test]
fn a_full_mailbox_is_passed_on_field_by_field() {
    let full = FullMailbox {
        client: 1,
        offset: 2,
        events: 3,
        bytes: 4,
        oldest_ms: 5,
    };
    let expected = native::FullMailbox {
        client: native::Client(1),
        offset: Offset(2),
        events: 3,
        bytes: 4,
        oldest_ms: 5,
    };
    assert_eq!(records::full_mailbox(&full), expected);
}

#[test]
fn a_refusal_keeps_its_reason_and_its_time() {
    let refusal = native::Refusal {
        reason: "full".into(),
        retry_ms: Some(9),
    };
    let record = records::admission(Err(refusal)).unwrap_err();
    assert_eq!((&*record.reason, record.retry_ms), ("full", Some(9)));
}

#[test]
fn wants_are_named_as_the_contract_names_them() {
    let names = |wants| {
        records::profile(&native::Profile {
            wants,
            ..Default::default()
        })
        .wants
    };
    let all = native::Wants {
        id: true,
        payload: true,
        claims: true,
        attributes: true,
    };
    assert_eq!(names(all), ["id", "payload", "claims", "attributes"]);
    assert_eq!(
        names(native::Wants {
            claims: true,
            ..Default::default()
        }),
        ["claims"]
    );
    assert_eq!(names(native::Wants::default()), [""; 0]);
}

#[test]
fn settings_reach_the_router_and_what_it_says_of_them_the_host() {
    let native = records::settings(settings("events = 1"));
    assert_eq!((&*native.config, native.seed), ("events = 1", 7));
    assert_eq!(native.facts, [("tenant".to_owned(), "t".to_owned())]);
    let refused = DefaultPolicy::configure(settings("nonsense")).err();
    let expected = native::Router::configure(&records::settings(settings("nonsense"))).err();
    assert!(refused.is_some() && refused == expected, "{refused:?}");
}

fn refs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn sorted(mut audiences: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    audiences
        .iter_mut()
        .for_each(|audience| audience.sort_unstable());
    audiences
}

fn pascal(kebab: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    kebab.split('-').map(capital).collect()
}

//! What a policy gets for nothing, and that live and logged events are decided alike.

use crate::testing::{Instance, event, subscriber};
use crate::{
    Admission, Client, Event, FullMailbox, Mailbox, Members, Policy, Profile, Refusal, Routing,
    Settings, Subscriber, Verdict, WhenFull,
};

/// Those who asked, and nothing else decided.
#[derive(Default)]
struct Plain;

impl Routing for Plain {
    fn route(&mut self, event: &Event, members: &Members) -> Vec<Client> {
        members.asking_for(event)
    }
}

/// Everything decided: odd handles are not let in, and each call leaves its trace.
#[derive(Default)]
struct Deciding {
    left: Vec<Client>,
    counted: Vec<usize>,
    asked: Vec<(u64, Vec<u64>)>,
}

impl Routing for Deciding {
    fn configure(settings: &Settings) -> Result<Self, String> {
        match settings.config.as_str() {
            "" => Ok(Self::default()),
            other => Err(format!("not {other}")),
        }
    }

    fn admit(&mut self, subscriber: &Subscriber) -> Admission {
        if subscriber.client.is_multiple_of(2) {
            return Ok(Mailbox::asking());
        }
        Err(Refusal {
            reason: "odd".into(),
            retry_ms: None,
        })
    }

    fn leave(&mut self, member: &Subscriber) {
        self.left.push(member.client);
    }

    fn route(&mut self, _: &Event, members: &Members) -> Vec<Client> {
        self.counted.push(members.len());
        assert_ne!(members.is_empty(), members.iter().next().is_some());
        assert!(members.iter().all(|m| members.get(m.client) == Some(m)));
        [members.all(), self.left.clone()].concat()
    }

    fn feeds(&mut self, member: &Subscriber, event: &Event) -> bool {
        u64::from(member.client) < event.offset
    }

    fn overflow(&mut self, full: &FullMailbox, rest: &[Event]) -> Verdict {
        let rest = rest.iter().map(|e| e.offset).collect();
        self.asked.push((full.offset, rest));
        Verdict::Conflate
    }
}

#[test]
fn whoever_asked_for_a_topic_gets_it_once() {
    let mut policy = Instance::<Plain>::new("whatever");
    for asks in [
        subscriber(0).asking("a"),
        subscriber(1).asking("*").asking("a"),
        subscriber(2).asking("{x}/b").asking_in("exact", "c"),
        subscriber(3).asking_in("tongues", "a"),
    ] {
        assert_eq!(policy.join(asks), Ok(Mailbox::default()));
    }
    assert_eq!(policy.route(&event("a")), [0, 1]);
    assert_eq!(policy.route(&event("a").also_about("c")), [0, 1, 2]);
    assert_eq!(policy.route(&event("1/b")), [1, 2]);
    policy.leave(1);
    assert_eq!(policy.route(&event("1/b")), [2]);
    assert_eq!(policy.overflow(0, 1), Verdict::CatchUp);
}

#[test]
fn logged_events_are_decided_as_live_ones_are() {
    let mut policy = Instance::<Plain>::new("");
    let asks = ["a", "b", "*", "{x}", "c"];
    for (client, asks) in (0..).zip(asks) {
        policy.join(subscriber(client).asking(asks)).unwrap();
    }
    let topics = ["a", "c", "x/y", "b", "a"];
    let events: Vec<_> = (1..)
        .zip(topics)
        .map(|(n, topic)| event(topic).at(n))
        .collect();
    let live = policy.route_batch(&events);
    for client in 0..6 {
        let of_live = (0..5u32).filter(|e| live[*e as usize].contains(&client));
        let expected: Vec<_> = of_live.collect();
        assert_eq!(policy.select(client, &events), expected, "{client}");
    }
}

#[test]
fn each_hook_is_asked_about_what_is_its_own() {
    let mut policy = Instance::<Deciding>::new("");
    let refused = Instance::<Deciding>::configured("that").err();
    assert_eq!(refused.as_deref(), Some("not that"));
    for client in 0..6 {
        let admission = policy.join(subscriber(client).asking("a"));
        assert_eq!(admission.is_ok(), client.is_multiple_of(2), "{client}");
        if let Ok(mailbox) = admission {
            assert_eq!(mailbox.when_full, WhenFull::Ask);
        }
    }
    assert_eq!(policy.route(&event("b")), [0, 2, 4]);
    policy.leave(2);
    assert_eq!(policy.route(&event("b")), [0, 2, 4], "it says so itself");
    assert_eq!(policy.select(4, &[event("b").at(4), event("b").at(5)]), [1]);
    assert_eq!(policy.select(2, &[event("b").at(9)]), [0u32; 0]);
}

#[test]
fn a_verdict_is_asked_for_with_the_rest_of_the_batch() {
    let mut policy = crate::Routed::<Deciding>::configure(&crate::testing::settings("")).unwrap();
    policy
        .join(vec![subscriber(0), subscriber(2)])
        .remove(0)
        .unwrap();
    policy.route(vec![event("a").at(1)]);
    policy.route([4, 6, 9].map(|n| event("a").at(n)).to_vec());
    let full = |client, offset| FullMailbox {
        client,
        offset,
        events: 1,
        bytes: 1,
        oldest_ms: 0,
    };
    let verdicts = policy.overflow(&[full(0, 4), full(2, 6), full(0, 7), full(0, 10)]);
    assert_eq!(verdicts, [Verdict::Conflate; 4]);
    let rests: [(u64, &[u64]); 4] = [(4, &[4, 6, 9]), (6, &[6, 9]), (7, &[9]), (10, &[])];
    let asked = &policy.rules().asked;
    assert!(
        asked.iter().map(|(at, rest)| (*at, &rest[..])).eq(rests),
        "{asked:?}"
    );
}

#[test]
fn who_is_asked_about_alone_is_present_meanwhile() {
    let mut policy = crate::Routed::<Deciding>::configure(&crate::testing::settings("")).unwrap();
    policy.join((0..10).map(subscriber).collect());
    let selected = policy.select(&[8, 2, 2, 7, 77], &[event("a").at(5), event("b").at(99)]);
    assert_eq!(selected, [vec![1], vec![0, 1], vec![0, 1], vec![], vec![]]);
    policy.route(vec![event("a")]);
    assert_eq!(policy.rules().counted, [2, 2, 5]);
}

/// A policy that knows of each call of its own.
struct CallByCall {
    calls: Vec<usize>,
}

impl Policy for CallByCall {
    fn configure(_: Settings) -> Result<(Self, Profile), String> {
        Ok((Self { calls: vec![] }, Profile::new("call by call", "1")))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        subscribers.iter().map(|_| Ok(Mailbox::default())).collect()
    }

    fn leave(&mut self, _: &[Client]) {}

    fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
        self.calls.push(events.len());
        events.iter().map(|_| (0..1_000).collect()).collect()
    }
}

#[test]
fn a_policy_that_selects_by_default_holds_one_audience_at_a_time() {
    let mut policy = CallByCall::configure(crate::testing::settings(""))
        .unwrap()
        .0;
    let selected = policy.select(&[5, 1_000], &[event("a"), event("b")]);
    assert_eq!(selected, [vec![0, 1], vec![]]);
    assert_eq!(policy.calls, [1, 1]);
}

//! What is muted, and what is left to the policy behind.

use umbel_guest::testing::{event, settings, subscriber};
use umbel_guest::{
    Admission, Client, Event, FullMailbox, Mailbox, Policy, Profile, Settings, Subscriber, Verdict,
};

use crate::muted::Muted;

/// Everything to everybody present, and a note of what it was asked about.
struct Broadcast {
    config: String,
    present: Vec<Client>,
    asked: Vec<u64>,
}

impl Policy for Broadcast {
    fn configure(settings: Settings) -> Result<(Self, Profile), String> {
        if settings.config.contains("nonsense") {
            return Err("nonsense".into());
        }
        let policy = Self {
            config: settings.config,
            present: vec![],
            asked: vec![],
        };
        Ok((policy, Profile::new("broadcast", "2").wanting("id")))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        self.present.extend(subscribers.iter().map(|s| s.client));
        subscribers.iter().map(|_| Ok(Mailbox::asking())).collect()
    }

    fn leave(&mut self, clients: &[Client]) {
        self.present.retain(|c| !clients.contains(c));
    }

    fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
        self.asked.extend(events.iter().map(|e| e.offset));
        events.iter().map(|_| self.present.clone()).collect()
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        vec![Verdict::Disconnect; full.len()]
    }
}

fn muted(config: &str) -> Muted<Broadcast> {
    let mut muted = Muted::configure(settings(config)).unwrap().0;
    muted.join(vec![subscriber(4), subscriber(7)]);
    muted
}

/// A batch with and without muted events.
fn batch() -> Vec<Event> {
    let kinds = ["typing", "message", "", "typing", "presence", "message"];
    let of_kind = |(offset, kind): (u64, &&str)| match *kind {
        "" => event("a").at(offset),
        kind => event("a").of_kind(kind).at(offset),
    };
    (1..).zip(&kinds).map(of_kind).collect()
}

#[test]
fn nobody_gets_what_is_muted_and_the_policy_is_not_asked_about_it() {
    let mut muted = muted("mute = typing\n mute=presence ");
    let audiences = muted.route(&batch());
    let heard: Vec<_> = audiences.iter().map(|a| a == &[4, 7]).collect();
    assert_eq!(heard, [false, true, true, false, false, true]);
    assert!(audiences[0].is_empty() && audiences[4].is_empty());
    assert_eq!(muted.policy().asked, [2, 3, 6]);
}

#[test]
fn what_is_muted_is_not_replayed_either() {
    let mut muted = muted("mute = typing");
    assert_eq!(muted.select(&[7, 1], &batch()), [vec![1, 2, 4, 5], vec![]]);
}

#[test]
fn everything_else_is_left_to_the_policy() {
    let mut muted = muted("events = 1\nmute = typing\nwhen-full = ask");
    assert_eq!(muted.policy().config, "events = 1\nwhen-full = ask\n");
    muted.leave(&[4]);
    assert_eq!(muted.route(&batch()[1..3]), [[7], [7]]);
    let full = FullMailbox {
        client: 7,
        offset: 2,
        events: 1,
        bytes: 1,
        oldest_ms: 1,
    };
    assert_eq!(muted.overflow(&[full]), [Verdict::Disconnect]);
    let profile = Muted::<Broadcast>::configure(settings("")).unwrap().1;
    assert_eq!(
        (&*profile.name, &*profile.version),
        ("broadcast (muted)", "2")
    );
    assert_eq!(profile.wants, ["id"]);
}

#[test]
fn what_the_policy_refuses_is_refused_and_so_is_a_kind_that_is_missing() {
    let refused = |config| Muted::<Broadcast>::configure(settings(config)).err();
    assert_eq!(refused("nonsense").as_deref(), Some("nonsense"));
    assert!(refused("mute =").unwrap().contains("is missing"));
}

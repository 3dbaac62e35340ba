//! What reaches a component, and what comes back.

use umbel_engine::{Limits, WasmDispatcher, WasmFactory};
use umbel_routing::{Client, Dispatcher, DispatcherFactory, MailboxBounds, Settings, Verdict};
use umbel_routing::{Wants, WhenFull};

use crate::hostile;
use crate::support::{event, full, load, start, start_with, subscriber};

/// A policy that answers with what it was given, and wants everything or nothing.
fn told(everything: bool) -> WasmDispatcher {
    let settings = Settings {
        config: if everything {
            "all".into()
        } else {
            String::new()
        },
        seed: 0x1_0000_002a,
        facts: vec![
            ("tenant".into(), "t".into()),
            ("host-version".into(), "1".into()),
        ],
    };
    start_with("tells_what_it_sees", &settings, &Limits::default()).unwrap()
}

fn numbers(audience: &[Client]) -> Vec<u32> {
    audience.iter().map(|c| c.0).collect()
}

#[test]
fn a_polite_policy_answers_every_call() {
    let component = load(&hostile::guest("polite")).unwrap();
    let factory = WasmFactory::new(component, Settings::default(), Limits::default());
    let mut policy = factory.create().unwrap();
    let bounds = MailboxBounds {
        events_max: 1024,
        bytes_max: 1 << 20,
        when_full: WhenFull::Always(Verdict::DropNewest),
    };
    let some: Vec<_> = (0..3_000).map(subscriber).collect();
    for slice in some.chunks(500) {
        assert_eq!(policy.join(slice).unwrap(), vec![Ok(bounds); slice.len()]);
    }
    assert_eq!(policy.route(&[event(), event()]).unwrap(), [vec![], vec![]]);
    assert_eq!(
        policy.select(&[Client(0)], &[event()]).unwrap(),
        [vec![0; 0]]
    );
    assert_eq!(policy.overflow(&[full(0)]).unwrap(), [Verdict::DropNewest]);
    policy.leave(&[Client(0)]).unwrap();
}

#[test]
fn what_a_policy_wants_is_what_it_gets() {
    let mut policy = told(true);
    let all = Wants {
        id: true,
        payload: true,
        claims: true,
        attributes: true,
    };
    assert_eq!(policy.profile().wants, all);
    let audience = &policy.route(&[event()]).unwrap()[0];
    assert_eq!(
        numbers(audience),
        [42, 2, 7, 4, 3, 1, 4, 1, 1000, 5, 1, 5, 1]
    );
}

#[test]
fn what_a_policy_does_not_want_is_not_copied_to_it() {
    let mut policy = told(false);
    assert_eq!(policy.profile().wants, Wants::default());
    let audience = &policy.route(&[event()]).unwrap()[0];
    assert_eq!(
        numbers(audience),
        [42, 2, 7, 0, 3, 1, 4, 1, 1000, 5, 0, 0, 0]
    );
}

#[test]
fn a_subscriber_comes_with_its_selectors_grants_and_what_was_wanted() {
    let attributes = [("user-agent".to_owned(), "x".to_owned())];
    let who = [umbel_routing::SubscriberView {
        attributes: &attributes,
        ..subscriber(3)
    }];
    for (everything, claims, rest) in [(true, 2, 11_203), (false, 0, 1_203)] {
        let admission = told(everything).join(&who).unwrap().remove(0).unwrap();
        assert_eq!((admission.events_max, admission.bytes_max), (claims, rest));
        assert_eq!(admission.when_full, WhenFull::Ask);
    }
}

#[test]
fn every_verdict_comes_across() {
    for (number, verdict) in (0..).zip(Verdict::ALL) {
        assert_eq!(told(false).overflow(&[full(number)]).unwrap(), [verdict]);
    }
}

#[test]
fn a_batch_of_many_events_is_one_call() {
    let events = vec![event(); 256];
    assert_eq!(start("unknown_handles").route(&events).unwrap().len(), 256);
}

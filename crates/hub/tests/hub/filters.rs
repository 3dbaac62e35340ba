//! What filters let pass, and what they let each subscriber see.

use std::rc::Rc;
use std::time::{Duration, Instant};

use umbel_hub::{OnFailure, PublishError, Resume, TenantConfig};
use umbel_routing::{Client as Handle, Decision, Export, FaultClass, Replacement, View};

use crate::fakes::{FakeFilter, FakePolicy, payload, shown, whole};
use crate::full_mailboxes::tick;
use crate::rig::{ASK, Ask, Rig, numbers, run, run_as_body, spec};

fn with(filter: &FakeFilter) -> Rig {
    let policy = FakePolicy::new("events = 4");
    Rig::deciding(1, policy.version(), Some(filter.version()))
}

/// The one with the handle 0 sees a summary, the others the whole.
fn summed_up() -> FakeFilter {
    FakeFilter::views(|event, audience| {
        let (first, rest): (Vec<Handle>, Vec<Handle>) = audience.iter().partition(|c| c.0 == 0);
        let summary = format!("sum of {}", payload(event));
        vec![shown(&first, &summary), whole(&rest)]
    })
}

#[test]
fn live_replayed_and_caught_up_events_are_seen_alike() {
    run(async || {
        let filter = summed_up();
        let rig = with(&filter);
        let mut live = rig.subscribe(&["*"]).await;
        let mut slow = rig.subscribe(&["*"]).await;
        slow.read();
        let mut sums = Vec::new();
        for n in 0..20 {
            rig.publish("t", &n.to_string()).await;
            sums.push(format!("sum of {n}"));
            assert_eq!(live.data(), [format!("sum of {n}")]);
        }
        assert_eq!(slow.all_data(&rig).await, numbers(0..20), "caught up");
        drop(live);
        rig.settle().await;
        // The handle of the one that left goes to the next one.
        let ask = Ask {
            resume: Resume::Earliest,
            ..ASK
        };
        let mut replays = rig.open(ask).await.expect("let in");
        assert_eq!(replays.all_data(&rig).await, sums);
        assert_eq!(filter.watch.breaches(), [""; 0]);
    });
}

#[test]
fn a_view_never_widens_and_the_first_one_counts() {
    run(async || {
        let filter = FakeFilter::views(|_, audience| {
            let (some, rest) = audience.split_at(audience.len().min(1));
            vec![
                shown(some, "first"),
                View {
                    clients: audience
                        .iter()
                        .copied()
                        .chain([Handle(2), Handle(77)])
                        .collect(),
                    data: Some("second".into()),
                },
                whole(rest),
            ]
        });
        let rig = with(&filter);
        let mut first = rig.subscribe(&["t"]).await;
        let mut second = rig.subscribe(&["t"]).await;
        let mut other = rig.subscribe(&["other"]).await;
        rig.publish("t", "raw").await;
        assert_eq!(first.data(), ["first"]);
        assert_eq!(second.data(), ["second"]);
        assert_eq!(other.data(), [""; 0]);
        tick(&rig).await;
        let dropped = r#"umbel_guard_dropped_total{tenant="default",why="outside-audience"}"#;
        assert_eq!(rig.metric(dropped), 4.0);
    });
}

#[test]
fn private_events_go_no_further_than_grants_whatever_a_view_says() {
    run(async || {
        let filter = FakeFilter::views(|_, _| vec![whole(&[0, 1, 2].map(Handle))]);
        let rig = with(&filter);
        let mut granted = rig
            .open(Ask {
                grants: &["*"],
                ..ASK
            })
            .await
            .expect("let in");
        let mut anonymous = rig.subscribe(&["*"]).await;
        rig.try_publish("t", "secret", true)
            .await
            .expect("accepted");
        rig.settle().await;
        assert_eq!(granted.data(), ["secret"]);
        assert_eq!(anonymous.data(), [""; 0]);
    });
}

#[test]
fn a_payload_that_may_not_be_sent_is_withheld_and_the_raw_one_is_never_shown() {
    run(async || {
        for data in [vec![0xff, 0xfe], vec![b'x'; (1 << 20) + 1]] {
            let filter = FakeFilter::views(move |_, audience| {
                vec![View {
                    clients: audience.to_vec(),
                    data: Some(data.clone()),
                }]
            });
            let rig = with(&filter);
            let mut client = rig.subscribe(&["*"]).await;
            rig.publish("t", "raw").await;
            assert_eq!(client.data(), [r#"gap {"cause":"withheld","count":1}"#]);
            assert_eq!(rig.tenant.subscribers(), 1);
        }
    });
}

#[test]
fn a_filter_that_fails_once_is_replaced_unnoticed_and_one_that_always_does_shows_nothing() {
    run(async || {
        let once = FakeFilter::views(|_, audience| vec![whole(audience)]).fails(|call| {
            (call.export == Export::Tailor && call.instance == 0).then_some(FaultClass::Trap)
        });
        let rig = with(&once);
        let mut client = rig.subscribe(&["*"]).await;
        rig.publish("t", "0").await;
        rig.publish("t", "1").await;
        assert_eq!(client.data(), numbers(0..2));

        let always = FakeFilter::views(|_, audience| vec![whole(audience)])
            .fails(|call| (call.export == Export::Tailor).then_some(FaultClass::Trap));
        let mut spec = spec(
            "default",
            FakePolicy::new("").version(),
            Some(always.version()),
        );
        spec.config.components.policy_on_failure = OnFailure::Open;
        spec.config.components.filter_on_failure = OnFailure::Open;
        let rig = Rig::start(1, spec);
        let mut client = rig.subscribe(&["*"]).await;
        rig.publish("t", "raw").await;
        assert_eq!(client.data(), [r#"gap {"cause":"withheld","count":1}"#]);
    });
}

#[test]
fn who_makes_a_filter_fail_by_joining_is_found_and_ended_and_a_poisoned_event_is_withheld_alone() {
    run(async || {
        let poison = |names: &[String]| names.iter().any(|name| name == "poison");
        let filter = FakeFilter::views(|_, audience| vec![whole(audience)]).fails(move |call| {
            let fails = match call.export {
                Export::Join => poison(call.topics),
                Export::Tailor => poison(call.events),
                _ => false,
            };
            fails.then_some(FaultClass::Trap)
        });
        let rig = with(&filter);
        let mut clients = Vec::new();
        for n in 0..40 {
            let topics: &[&str] = if n == 17 { &["poison"] } else { &["*"] };
            clients.push(rig.subscribe(topics).await);
        }
        rig.publish("t", "0").await;
        for (n, client) in clients.iter_mut().enumerate() {
            let seen = client.data();
            match n {
                17 => assert!(!client.read(), "its stream ends"),
                _ => assert_eq!(seen, numbers(0..1), "{n}"),
            }
        }
        for (topic, data) in [("t", "1"), ("poison", "2"), ("t", "3")] {
            rig.try_publish(topic, data, false).await.expect("accepted");
        }
        rig.settle().await;
        let withheld = r#"gap {"cause":"withheld","count":1}"#;
        assert_eq!(clients[0].data(), [withheld, "1", "3"]);
    });
}

fn admission() -> FakeFilter {
    FakeFilter::admission(|publication| match publication.event.topics[0] {
        "no" => Decision::Refuse("not that".into()),
        "other" => Decision::Replace(Replacement {
            topics: vec!["moved".into()],
            kind: Some("k".into()),
            data: b"replaced".to_vec(),
        }),
        "bad" => Decision::Replace(Replacement {
            topics: Vec::new(),
            kind: None,
            data: Vec::new(),
        }),
        "binary" => Decision::Replace(Replacement {
            topics: vec!["t".into()],
            kind: None,
            data: vec![0xff],
        }),
        _ => Decision::Pass,
    })
}

#[test]
fn a_publication_passes_is_refused_or_replaced_before_it_is_logged() {
    run_as_body(async || {
        let filter = admission();
        let rig = with(&filter);
        let mut client = rig.subscribe(&["*"]).await;
        let send = async |topic| rig.send(rig.event(topic, "raw", false), None).await;
        assert!(send("t").await.is_ok());
        let refused = Err(PublishError::Refused("not that".into()));
        assert_eq!(send("no").await, refused);
        assert!(send("other").await.is_ok());
        for topic in ["bad", "binary"] {
            let answer = send(topic).await;
            assert!(
                matches!(answer, Err(PublishError::BadReplacement(_))),
                "{answer:?}"
            );
        }
        rig.settle().await;
        assert_eq!(client.data(), ["raw", "replaced"]);
        assert_eq!(
            rig.tenant.log().bounds().next.0,
            3,
            "the others are nowhere"
        );
        assert_eq!(
            filter.watch.breaches(),
            [""; 0],
            "it is told of no subscriber"
        );
    });
}

#[test]
fn what_is_put_in_the_place_of_an_event_needs_the_token_too() {
    run_as_body(async || {
        let rig = with(&admission());
        let event = || rig.event("other", "raw", false);
        let covered = rig.send(event(), Some(&["other", "moved"])).await;
        assert!(covered.is_ok());
        let answer = rig.send(event(), Some(&["other"])).await;
        assert!(
            matches!(answer, Err(PublishError::BadReplacement(_))),
            "{answer:?}"
        );
        assert_eq!(rig.tenant.log().bounds().next.0, 2);
    });
}

#[test]
fn where_admission_fails_the_operator_has_said_what_becomes_of_a_publication() {
    run_as_body(async || {
        for on_failure in [OnFailure::Closed, OnFailure::Open] {
            let filter = admission()
                .fails(|call| (call.export == Export::Admit).then_some(FaultClass::Trap));
            let mut spec = spec(
                "default",
                FakePolicy::new("").version(),
                Some(filter.version()),
            );
            spec.config.components.filter_on_failure = on_failure;
            let rig = Rig::start(1, spec);
            for _ in 0..20 {
                let answer = rig.send(rig.event("t", "x", false), None).await;
                match on_failure {
                    OnFailure::Open => assert!(answer.is_ok()),
                    OnFailure::Closed => {
                        assert_eq!(answer, Err(PublishError::FilterFailed { retry_s: 1 }));
                    }
                }
            }
            assert!(
                filter.watch.created() <= 9,
                "it is left alone after a while"
            );
        }
    });
}

#[test]
fn a_tenant_publishes_no_faster_than_it_may() {
    run_as_body(async || {
        let mut spec = spec("default", FakePolicy::new("").version(), None);
        let mut config = TenantConfig::default();
        config.limits.publish_rate_max = 5;
        spec.config = config;
        let rig = Rig::start(1, spec);
        for _ in 0..5 {
            rig.try_publish("t", "x", false).await.expect("accepted");
        }
        let too_fast = PublishError::TooFast {
            per_second: 5,
            retry_s: 1,
        };
        assert_eq!(rig.try_publish("t", "x", false).await, Err(too_fast));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(rig.try_publish("t", "x", false).await.is_ok());
    });
}

#[test]
fn publishers_who_use_the_share_up_do_not_keep_events_from_being_routed() {
    run_as_body(async || {
        // Longer than the part of a deadline after which a rest follows.
        let slow = FakeFilter::admission(|_| {
            let started = Instant::now();
            while started.elapsed() < Duration::from_millis(3) {
                std::hint::spin_loop();
            }
            Decision::Pass
        });
        let policy = || FakePolicy::new("").version();
        let mut busy = spec("default", policy(), Some(slow.version()));
        busy.config = TenantConfig::default();
        let rig = Rc::new(Rig::start(1, busy));
        rig.hub
            .add(spec("other", policy(), None))
            .expect("a new name");
        let mut client = rig.subscribe(&["*"]).await;
        let publishing: Vec<_> = (0..50)
            .map(|n| {
                let rig = Rc::clone(&rig);
                tokio::task::spawn_local(async move {
                    let event = rig.event("t", &n.to_string(), false);
                    rig.send(event, None).await
                })
            })
            .collect();
        let (mut delivered, mut behind) = (0, 0);
        while publishing.iter().any(|one| !one.is_finished()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
            delivered += client.data().len();
            let accepted = usize::try_from(rig.tenant.log().bounds().next.0).expect("few") - 1;
            behind = behind.max(accepted.saturating_sub(delivered));
        }
        assert!(
            behind <= 3,
            "{behind} events were accepted and not delivered"
        );
    });
}

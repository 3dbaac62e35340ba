//! Policies and filters that change while streams stay open.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use umbel_hub::{About, Change, DeployError, PolicyVersion, Resume};
use umbel_routing::{Export, FaultClass, Verdict, WhenFull};

use crate::fakes::{FakeFilter, FakePolicy, mailbox, refused, shown};
use crate::rig::{ASK, Ask, Rig, numbers, run, run_as_body};

async fn swap(rig: &Rig, policy: &FakePolicy) -> u64 {
    let deployed = rig.tenant.deploy(Change::Policy(policy.version()), false);
    let deployed = deployed.await.expect("it is fit");
    assert!(deployed.complete);
    deployed.cut.0
}

/// What `count` comes to once it is `expected`, or after a while: instances are dropped on another thread.
fn at_last(count: impl Fn() -> usize, expected: usize) -> usize {
    let begun = Instant::now();
    while count() != expected && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(1));
    }
    count()
}

#[test]
fn every_event_is_decided_by_one_of_the_two_and_by_the_same_one_on_every_shard() {
    run(async || {
        let (old, new) = (FakePolicy::new(""), FakePolicy::new(""));
        let rig = Rig::deciding(2, old.version(), None);
        let mut clients = Vec::new();
        for n in 0..40 {
            clients.push(rig.open_at(&rig.tenant, n % 2, ASK).await.expect("let in"));
        }
        let rig = Rc::new(rig);
        let publishing = {
            let rig = Rc::clone(&rig);
            tokio::task::spawn_local(async move {
                for n in 0..300 {
                    let data = n.to_string();
                    rig.try_publish("t", &data, false).await.expect("accepted");
                    tokio::task::yield_now().await;
                }
            })
        };
        let cut = swap(&rig, &new).await;
        publishing.await.expect("published");
        rig.settle().await;
        for client in &mut clients {
            assert_eq!(client.all_data(&rig).await, numbers(0..300));
        }
        for offset in 1..=300 {
            let by = (old.watch.times(offset), new.watch.times(offset));
            let expected = if offset < cut { (2, 0) } else { (0, 2) };
            assert_eq!(by, expected, "event {offset}, cut {cut}");
        }
        assert_eq!(
            (old.watch.breaches(), new.watch.breaches()),
            (vec![], vec![])
        );
        let left = at_last(|| old.watch.alive(), 0);
        assert_eq!(left, 0, "nothing of the old one is left");
    });
}

#[test]
fn those_who_come_and_go_and_those_who_are_fed_lose_nothing_over_many_swaps() {
    run(async || {
        let rig = Rig::deciding(1, FakePolicy::new("events = 4").version(), None);
        let mut stays = rig.subscribe(&["*"]).await;
        let mut sleeps = rig.subscribe(&["*"]).await;
        sleeps.read();
        let mut policies = Vec::new();
        for n in 0..60_u64 {
            let policy = FakePolicy::new("events = 4");
            let comes = rig.subscribe(&["*"]).await;
            rig.publish("t", &n.to_string()).await;
            swap(&rig, &policy).await;
            drop(comes);
            assert_eq!(stays.data(), numbers(n..n + 1));
            policies.push(policy);
        }
        assert_eq!(sleeps.all_data(&rig).await, numbers(0..60));
        let mut late = rig
            .open(Ask {
                resume: Resume::Earliest,
                ..ASK
            })
            .await
            .expect("let in");
        assert_eq!(late.all_data(&rig).await, numbers(0..60));
        let breaches = policies.iter().flat_map(|p| p.watch.breaches());
        assert_eq!(breaches.collect::<Vec<_>>(), [""; 0]);
        let alive = || policies.iter().map(|p| p.watch.alive()).sum();
        assert_eq!(at_last(alive, 1), 1);
    });
}

#[test]
fn a_policy_that_refuses_someone_who_is_present_is_refused_unless_that_is_allowed() {
    run(async || {
        let old = FakePolicy::new("");
        let new = FakePolicy::new("").admits(|s| {
            let unwanted = s.selectors.iter().any(|s| s.pattern() == "unwanted");
            unwanted.then(|| refused("no more of these"))
        });
        let rig = Rig::deciding(1, old.version(), None);
        let mut wanted = rig.subscribe(&["t"]).await;
        let mut unwanted = rig.subscribe(&["unwanted", "t"]).await;
        let change = Change::Policy(new.version());
        let answer = rig.tenant.deploy(change.clone(), false).await;
        assert_eq!(answer, Err(DeployError::Refusals { refused: 1 }));
        rig.publish("t", "0").await;
        assert_eq!(
            (wanted.data(), unwanted.data()),
            (numbers(0..1), numbers(0..1))
        );
        assert_eq!(new.watch.routed(), [0; 0]);
        rig.tenant.deploy(change, true).await.expect("allowed");
        rig.publish("t", "1").await;
        assert_eq!(wanted.data(), numbers(1..2));
        assert!(!unwanted.read(), "its stream ends");
        assert_eq!(new.watch.routed(), [2]);
    });
}

#[test]
fn a_candidate_that_fails_leaves_everything_as_it_was() {
    run(async || {
        for export in [Export::Instantiate, Export::Join] {
            let old = FakePolicy::new("");
            let new = FakePolicy::new("")
                .fails(move |call| (call.export == export).then_some(FaultClass::Trap));
            let rig = Rig::deciding(1, old.version(), None);
            let mut client = rig.subscribe(&["*"]).await;
            let answer = rig.tenant.deploy(Change::Policy(new.version()), true).await;
            assert!(matches!(answer, Err(DeployError::Failed(_))), "{answer:?}");
            rig.publish("t", "0").await;
            assert_eq!(client.data(), numbers(0..1));
            assert_eq!(new.watch.alive(), 0, "{export}");
            let back = rig.tenant.rollback_policy(false).await;
            assert_eq!(back, Err(DeployError::NoPrevious));
        }
    });
}

#[test]
fn a_deployment_that_nobody_waits_for_any_more_is_taken_back_and_two_at_once_are_one() {
    run_as_body(async || {
        let rig = Rig::deciding(1, FakePolicy::new("").version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        let (one, two) = (FakePolicy::new(""), FakePolicy::new(""));
        let waits = rig.tenant.deploy(Change::Policy(one.version()), false);
        let mut waits = Box::pin(waits);
        let polled =
            std::future::poll_fn(|cx| std::task::Poll::Ready(waits.as_mut().poll(cx).is_ready()));
        assert!(!polled.await);
        let answer = rig
            .tenant
            .deploy(Change::Policy(two.version()), false)
            .await;
        assert_eq!(answer, Err(DeployError::Busy));
        drop(waits);
        rig.settle().await;
        assert_eq!(one.watch.alive(), 0);
        swap(&rig, &two).await;
        rig.publish("t", "0").await;
        assert_eq!(client.data(), numbers(0..1));
        assert_eq!((one.watch.routed(), two.watch.routed()), (vec![], vec![1]));
    });
}

#[test]
fn a_change_is_made_also_while_a_station_is_still_on_its_way_to_the_cut_of_the_one_before() {
    run_as_body(async || {
        let (first, second) = (FakePolicy::new(""), FakePolicy::new(""));
        let rig = Rc::new(Rig::deciding(1, FakePolicy::new("").version(), None));
        let mut client = rig.subscribe(&["*"]).await;
        for n in 0..5_000 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        let about = Arc::new(About {
            name: "first".into(),
            ..About::default()
        });
        let change = Change::Policy(PolicyVersion {
            about,
            ..first.version()
        });
        let deploying = {
            let rig = Rc::clone(&rig);
            tokio::task::spawn_local(async move { rig.tenant.deploy(change, false).await })
        };
        while rig.tenant.components().0.name != "first" {
            tokio::task::yield_now().await;
        }
        assert!(client.data().len() < 5_000, "it has not come that far");
        let cut = swap(&rig, &second).await;
        let deployed = deploying.await.expect("it runs").expect("it is fit");
        assert!(deployed.complete);
        rig.publish("t", "last").await;
        assert_eq!((second.watch.times(cut), first.watch.times(cut)), (1, 0));
    });
}

#[test]
fn a_rollback_brings_the_policy_before_back_and_can_be_rolled_back() {
    run_as_body(async || {
        let (one, two) = (FakePolicy::new(""), FakePolicy::new(""));
        let rig = Rig::deciding(1, one.version(), None);
        let _client = rig.subscribe(&["*"]).await;
        swap(&rig, &two).await;
        rig.publish("t", "0").await;
        rig.tenant.rollback_policy(false).await.expect("back");
        rig.publish("t", "1").await;
        rig.tenant.rollback_policy(false).await.expect("forth");
        rig.publish("t", "2").await;
        assert_eq!(
            (one.watch.routed(), two.watch.routed()),
            (vec![2], vec![1, 3])
        );
    });
}

#[test]
fn mailboxes_have_the_bounds_of_the_policy_that_decides_also_after_three_hundred_swaps() {
    run(async || {
        let policy = |events| {
            FakePolicy::new("")
                .admits(move |_| Some(mailbox(events, WhenFull::Always(Verdict::DropNewest))))
        };
        let rig = Rig::deciding(1, policy(1).version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        for n in 0..300 {
            swap(&rig, &policy(2 + n % 3)).await;
        }
        // The last one was of 2 + 299 % 3 events.
        for n in 0..6 {
            rig.publish("t", &n.to_string()).await;
        }
        let gap = r#"gap {"cause":"dropped","count":2}"#.to_owned();
        let expected: Vec<String> = std::iter::once(gap).chain(numbers(0..4)).collect();
        assert_eq!(client.data(), expected);
    });
}

#[test]
fn who_repairs_a_policy_that_is_left_alone_loses_nothing() {
    run(async || {
        let broken = FakePolicy::new("")
            .fails(|call| (call.export == Export::Instantiate).then_some(FaultClass::Trap));
        let rig = Rig::deciding(1, broken.version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        for n in 0..20 {
            rig.publish("t", &n.to_string()).await;
        }
        assert_eq!(client.data(), [""; 0]);
        let sound = FakePolicy::new("");
        let change = Change::Policy(sound.version());
        let deploying = rig.tenant.deploy(change, false).await;
        // What waited before the cut was for the old one, which could not decide on it.
        assert!(deploying.is_ok_and(|d| d.complete && d.cut.0 == 21));
        let mut seen = client.all_data(&rig).await;
        rig.publish("t", "20").await;
        seen.extend(client.all_data(&rig).await);
        assert_eq!(seen, numbers(0..21));
    });
}

#[test]
fn a_station_without_subscribers_just_takes_over_what_is_current() {
    run_as_body(async || {
        let (old, new) = (FakePolicy::new(""), FakePolicy::new(""));
        let rig = Rig::deciding(2, old.version(), None);
        drop(rig.subscribe(&["*"]).await);
        rig.settle().await;
        swap(&rig, &new).await;
        let mut here = rig.subscribe(&["*"]).await;
        let mut there = rig.open_at(&rig.tenant, 1, ASK).await.expect("let in");
        rig.publish("t", "0").await;
        assert_eq!((here.data(), there.data()), (numbers(0..1), numbers(0..1)));
        assert_eq!((old.watch.routed(), new.watch.times(1)), (vec![], 2));
    });
}

#[test]
fn a_filter_changes_at_the_cut_too() {
    run(async || {
        let tagged = |tag: &'static str| {
            FakeFilter::views(move |event, audience| {
                let data = format!("{tag}{}", crate::fakes::payload(event));
                vec![shown(audience, &data)]
            })
        };
        let rig = Rig::deciding(1, FakePolicy::new("").version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        let mut all = Vec::new();
        for (n, filter) in [None, Some(tagged("a")), Some(tagged("b")), None]
            .into_iter()
            .enumerate()
        {
            let filter = filter.map(|f| f.version());
            let deployed = rig.tenant.deploy(Change::Filter(filter), false).await;
            assert!(deployed.expect("it is fit").complete);
            rig.publish("t", &n.to_string()).await;
            all.extend(client.data());
        }
        assert_eq!(all, ["0", "a1", "b2", "3"]);
        rig.tenant.rollback_filter().await.expect("back");
        rig.publish("t", "4").await;
        assert_eq!(client.data(), ["b4"]);
    });
}

#[test]
fn ten_thousand_swaps_leave_nothing_behind() {
    run_as_body(async || {
        let rig = Rig::deciding(1, FakePolicy::new("").version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        let policy = Arc::new(FakePolicy::new(""));
        for _ in 0..10_000 {
            swap(&rig, &policy).await;
        }
        rig.publish("t", "0").await;
        assert_eq!(client.data(), numbers(0..1));
        for _ in 0..50 {
            // Instances are dropped on another thread.
            std::thread::sleep(std::time::Duration::from_millis(10));
            if policy.watch.alive() == 1 {
                break;
            }
        }
        assert_eq!((policy.watch.created(), policy.watch.alive()), (10_000, 1));
        assert_eq!(policy.watch.breaches(), [""; 0]);
    });
}

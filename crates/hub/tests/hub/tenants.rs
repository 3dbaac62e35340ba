//! Tenants of one hub: closed worlds that share a shard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use umbel_event::Event;
use umbel_hub::{AddError, OnFailure, Refused, Tenant, TenantConfig};
use umbel_routing::{Export, FaultClass};

use crate::fakes::FakePolicy;
use crate::full_mailboxes::tick;
use crate::rig::{ASK, Rig, numbers, run, run_as_body, spec};

fn add(rig: &Rig, name: &str, policy: &FakePolicy) -> Arc<Tenant> {
    let added = rig.hub.add(spec(name, policy.version(), None));
    added.expect("a new name")
}

async fn publish(rig: &Rig, tenant: &Tenant, data: &str) {
    let event: Event = rig.event("t", data, false);
    tenant.publish(event).await.expect("accepted");
    rig.settle().await;
}

#[test]
fn tenants_see_nothing_of_each_other_and_one_that_goes_takes_nobody_along() {
    run(async || {
        let rig = Rig::new("");
        let other = add(&rig, "other", &FakePolicy::new(""));
        let taken = rig
            .hub
            .add(spec("other", FakePolicy::new("").version(), None));
        assert_eq!(taken.err(), Some(AddError::Exists));
        let mut here = rig.subscribe(&["*"]).await;
        let mut there = rig.open_at(&other, 0, ASK).await.expect("let in");
        rig.publish("t", "here").await;
        publish(&rig, &other, "there").await;
        assert_eq!(
            (here.data(), there.data()),
            (vec!["here".into()], vec!["there".into()])
        );
        rig.hub.remove("other").expect("there was one");
        rig.settle().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!there.read(), "ended, with its last chunk");
        assert!(matches!(
            rig.open_at(&other, 0, ASK).await.map(|_| ()),
            Err(Refused::Closing { .. })
        ));
        rig.publish("t", "still").await;
        assert_eq!(here.data(), ["still"]);
        assert!(!rig.metrics().contains("other"), "nothing of it is shown");
    });
}

#[test]
fn tenants_that_come_and_go_leave_nothing_behind() {
    run_as_body(async || {
        let rig = Rig::new("");
        let before = rig.metrics().lines().count();
        let policy = FakePolicy::new("");
        for n in 0..1_000 {
            let tenant = add(&rig, &format!("t{n}"), &policy);
            let mut client = rig.open_at(&tenant, 0, ASK).await.expect("let in");
            publish(&rig, &tenant, "0").await;
            assert_eq!(client.data(), numbers(0..1));
            rig.hub.remove(tenant.name()).expect("there was one");
            drop(client);
            rig.settle().await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(policy.watch.alive(), 0);
        assert_eq!(rig.hub.tenants().len(), 1);
        assert_eq!(rig.metrics().lines().count(), before);
    });
}

#[test]
fn beyond_so_many_tenants_metrics_are_shared_and_add_up() {
    run_as_body(async || {
        let rig = Rig::new("");
        let mut clients = Vec::new();
        for n in 0..300 {
            let tenant = add(&rig, &format!("t{n}"), &FakePolicy::new(""));
            clients.push((rig.open_at(&tenant, 0, ASK).await.expect("let in"), tenant));
        }
        assert_eq!(rig.metric(r#"umbel_subscribers{tenant="t0"}"#), 1.0);
        assert_eq!(rig.metric(r#"umbel_subscribers{tenant="other"}"#), 45.0);
        let metrics = rig.metrics();
        let policies = metrics
            .lines()
            .filter(|l| l.starts_with("umbel_policy_info{"));
        assert_eq!(policies.count(), 256, "many policies cannot be told as one");
        tick(&rig).await;
        let memory = r#"umbel_policy_memory_bytes{tenant="other",shard="0"}"#;
        assert_eq!(rig.metric(memory), 45_000.0);
        clients.clear();
        tick(&rig).await;
        tick(&rig).await;
        assert_eq!(rig.metric(r#"umbel_subscribers{tenant="other"}"#), 0.0);
        assert_eq!(rig.metric(memory), 0.0);
    });
}

#[test]
fn another_configuration_holds_for_those_who_are_there() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        let mut config = TenantConfig::default();
        config.stream.heartbeat = Duration::from_secs(1);
        config.limits.subscribers_max = 1;
        rig.tenant.reconfigure(config);
        let mut beats = Vec::new();
        for _ in 0..25 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            client.read();
            beats.push(client.comments());
        }
        assert!(beats[24] >= beats[18] + 3, "a beat a second: {beats:?}");
        assert!(matches!(
            rig.open(ASK).await.map(|_| ()),
            Err(Refused::Full { max: 1, .. })
        ));
    });
}

#[test]
fn instances_that_nobody_asks_anything_are_given_up_and_made_again() {
    run(async || {
        let policy = FakePolicy::new("");
        let rig = Rig::deciding(1, policy.version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        let mut other = rig.subscribe(&["*"]).await;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            client.read();
            other.read();
        }
        assert_eq!((policy.watch.created(), policy.watch.alive()), (1, 0));
        rig.publish("t", "0").await;
        assert_eq!(
            (client.data(), other.data()),
            (numbers(0..1), numbers(0..1))
        );
        assert_eq!((policy.watch.created(), policy.watch.alive()), (2, 1));
        assert_eq!(policy.watch.breaches(), [""; 0]);
    });
}

#[test]
fn an_instance_is_given_up_after_a_minute_also_where_no_heartbeat_is_due() {
    run(async || {
        let policy = FakePolicy::new("");
        let mut spec = spec("default", policy.version(), None);
        spec.config.stream.heartbeat = Duration::from_secs(3600);
        spec.config.stream.age = Duration::from_secs(24 * 3600);
        let rig = Rig::start(1, spec);
        let mut clients = Vec::new();
        for _ in 0..3 {
            let mut client = rig.subscribe(&["*"]).await;
            client.read();
            clients.push(client);
        }
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!((policy.watch.created(), policy.watch.alive()), (1, 1));
        // Whoever is asked something is idle from then on.
        rig.publish("t", "0").await;
        for client in &mut clients {
            assert_eq!(client.data(), numbers(0..1));
        }
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!((policy.watch.created(), policy.watch.alive()), (1, 1));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!((policy.watch.created(), policy.watch.alive()), (1, 0));
        let memory = r#"umbel_policy_memory_bytes{tenant="default",shard="0"}"#;
        assert_eq!(rig.metric(memory), 0.0);
        rig.publish("t", "1").await;
        for client in &mut clients {
            assert_eq!(client.data(), numbers(1..2));
        }
        assert_eq!((policy.watch.created(), policy.watch.alive()), (2, 1));
        assert_eq!(policy.watch.breaches(), [""; 0]);
    });
}

#[test]
fn very_many_instances_that_become_idle_together_are_given_up_one_after_the_other() {
    run_as_body(async || {
        let policy = FakePolicy::new("");
        let rig = Rig::new("");
        let mut clients = Vec::new();
        for n in 0..200 {
            let tenant = add(&rig, &format!("t{n}"), &policy);
            clients.push(rig.open_at(&tenant, 0, ASK).await.expect("let in"));
        }
        assert_eq!(policy.watch.alive(), 200);
        let mut alive = vec![200];
        for _ in 0..700 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            for client in &mut clients {
                client.read();
            }
            alive.push(policy.watch.alive());
        }
        alive.dedup();
        let given_up: Vec<usize> = alive.windows(2).map(|two| two[0] - two[1]).collect();
        assert!(given_up.iter().all(|at_once| *at_once <= 64), "{alive:?}");
        assert_eq!(policy.watch.alive(), 0);
    });
}

#[test]
fn where_there_is_no_room_the_tenant_that_is_idle_longest_makes_some() {
    run_as_body(async || {
        let policy = FakePolicy::new("").fails(|call| {
            let full = call.export == Export::Instantiate && call.alive > 3;
            full.then_some(FaultClass::PoolFull)
        });
        let rig = Rig::deciding(1, policy.version(), None);
        let mut worlds = Vec::new();
        for n in 0..6 {
            let tenant = add(&rig, &format!("t{n}"), &policy);
            let client = rig.open_at(&tenant, 0, ASK).await.expect("let in");
            worlds.push((client, tenant));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for round in 0..3_u64 {
            for (client, tenant) in &mut worlds {
                publish(&rig, tenant, &round.to_string()).await;
                assert_eq!(client.data(), numbers(round..round + 1));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        assert!(policy.watch.alive() <= 3);
    });
}

#[test]
fn where_there_is_no_room_a_tenant_that_is_idle_on_another_shard_makes_some() {
    run_as_body(async || {
        let policy = FakePolicy::new("").fails(|call| {
            let full = call.export == Export::Instantiate && call.alive > 4;
            full.then_some(FaultClass::PoolFull)
        });
        let rig = Rig::start(2, spec("default", policy.version(), None));
        let mut worlds = Vec::new();
        for n in 0..4 {
            let tenant = add(&rig, &format!("t{n}"), &policy);
            let client = rig.open_at(&tenant, 0, ASK).await.expect("let in");
            worlds.push((client, tenant));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(policy.watch.alive(), 4);
        // The one that came first is not the one that is idle longest any more.
        let (client, tenant) = &mut worlds[0];
        publish(&rig, tenant, "0").await;
        assert_eq!(client.data(), numbers(0..1));
        tokio::time::sleep(Duration::from_millis(10)).await;
        let newcomer = add(&rig, "newcomer", &policy);
        let mut there = rig.open_at(&newcomer, 1, ASK).await.expect("let in");
        assert_eq!((policy.watch.alive(), policy.watch.created()), (4, 6));
        publish(&rig, &newcomer, "0").await;
        assert_eq!(there.data(), numbers(0..1));
        for (round, at) in [(1, 0), (1, 2), (1, 3)] {
            let (client, tenant) = &mut worlds[at];
            publish(&rig, tenant, &round.to_string()).await;
            assert_eq!(client.data(), numbers(round..round + 1));
        }
        assert_eq!(policy.watch.created(), 6, "those had kept theirs");
        let (client, tenant) = &mut worlds[1];
        tokio::time::sleep(Duration::from_millis(10)).await;
        publish(&rig, tenant, "0").await;
        assert_eq!(client.data(), numbers(0..1), "its instance is made again");
        assert_eq!((policy.watch.alive(), policy.watch.created()), (4, 8));
        assert_eq!(policy.watch.breaches(), [""; 0]);
    });
}

#[test]
fn where_no_shard_can_make_room_newcomers_are_let_in_without_the_policy_and_served_later() {
    run_as_body(async || {
        let full = Arc::new(AtomicBool::new(true));
        let is_full = Arc::clone(&full);
        let policy = FakePolicy::new("").fails(move |call| {
            let full = call.export == Export::Instantiate && is_full.load(Ordering::Relaxed);
            full.then_some(FaultClass::PoolFull)
        });
        let rig = Rig::start(3, spec("default", policy.version(), None));
        let mut client = rig.open_at(&rig.tenant, 2, ASK).await.expect("let in");
        rig.publish("t", "0").await;
        assert_eq!(client.data(), [""; 0]);
        full.store(false, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(3)).await;
        rig.settle().await;
        assert_eq!(client.data(), numbers(0..1));
        assert!(
            policy.watch.created() <= 4,
            "it was not tried again and again"
        );
    });
}

#[test]
fn a_policy_that_fails_again_and_again_is_left_alone_and_misses_nothing_once_it_works() {
    run(async || {
        let policy = FakePolicy::new("").fails(|call| {
            (call.export == Export::Route && call.instance < 10).then_some(FaultClass::Trap)
        });
        let rig = Rig::deciding(1, policy.version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        for n in 0..6 {
            rig.publish("t", &n.to_string()).await;
        }
        let mut late = rig.subscribe(&["*"]).await;
        assert!(policy.watch.created() <= 8, "it is left alone");
        tick(&rig).await;
        let breaker = r#"umbel_policy_breaker{tenant="default",shard="0"}"#;
        assert_eq!(rig.metric(breaker), 1.0);
        let mut seen = Vec::new();
        for _ in 0..60 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            seen.extend(client.data());
            late.read();
        }
        let (gaps, events): (Vec<_>, Vec<_>) = seen.iter().partition(|d| d.starts_with("gap"));
        let withheld: u64 = gaps
            .iter()
            .filter_map(|g| {
                g.split("count\":")
                    .nth(1)?
                    .trim_end_matches('}')
                    .parse::<u64>()
                    .ok()
            })
            .sum();
        assert_eq!(withheld + events.len() as u64, 6, "{seen:?}");
        assert!(!events.is_empty(), "{seen:?}");
        assert_eq!(rig.metric(breaker), 0.0);
        rig.publish("t", "6").await;
        assert_eq!((client.data(), late.data()), (numbers(6..7), numbers(6..7)));
        assert_eq!(policy.watch.breaches(), [""; 0]);
    });
}

#[test]
fn with_open_the_built_in_rules_stand_in_for_a_policy_that_fails() {
    run(async || {
        let policy = FakePolicy::new("")
            .fails(|call| (call.export == Export::Route).then_some(FaultClass::Trap));
        let mut spec = spec("default", policy.version(), None);
        spec.config.components.policy_on_failure = OnFailure::Open;
        let rig = Rig::start(1, spec);
        let mut client = rig.subscribe(&["t"]).await;
        let mut other = rig.subscribe(&["u"]).await;
        for n in 0..30 {
            rig.publish("t", &n.to_string()).await;
        }
        assert_eq!(client.all_data(&rig).await, numbers(0..30));
        assert_eq!(other.data(), [""; 0]);
    });
}

#[test]
fn a_tenant_that_burns_its_share_waits_and_its_neighbour_does_not() {
    run_as_body(async || {
        let slow = FakePolicy::new("").fails(|call| {
            if call.export == Export::Route {
                let started = Instant::now();
                while started.elapsed() < Duration::from_millis(5) {
                    std::hint::spin_loop();
                }
            }
            None
        });
        let mut spec = spec("default", slow.version(), None);
        spec.config = TenantConfig::default();
        let rig = Rig::start(1, spec);
        let neighbour = add(&rig, "neighbour", &FakePolicy::new(""));
        let mut burns = rig.subscribe(&["*"]).await;
        let mut quick = rig.open_at(&neighbour, 0, ASK).await.expect("let in");
        // Time stands still unless it is moved: nothing comes back into the bucket.
        for n in 0..40 {
            rig.publish("t", &n.to_string()).await;
        }
        let before = burns.data().len();
        assert!(
            before < 20,
            "{before} of 40 within a burst of two deadlines"
        );
        publish(&rig, &neighbour, "0").await;
        assert_eq!(quick.data(), numbers(0..1), "the neighbour goes on");
        tokio::time::sleep(Duration::from_secs(5)).await;
        rig.settle().await;
        assert_eq!(before + burns.data().len(), 40, "nothing is lost");
    });
}

#[test]
fn a_drained_hub_lets_nobody_in_and_ends_everyone_spread_over_the_time() {
    run(async || {
        let rig = Rig::start(2, spec("default", FakePolicy::new("").version(), None));
        let mut clients = Vec::new();
        for n in 0..60 {
            clients.push(rig.open_at(&rig.tenant, n % 2, ASK).await.expect("let in"));
        }
        // Many tenants with one subscriber each do not end together either.
        for n in 0..40 {
            let tenant = add(&rig, &format!("t{n}"), &FakePolicy::new(""));
            clients.push(rig.open_at(&tenant, n % 2, ASK).await.expect("let in"));
        }
        assert!(rig.hub.drain(Duration::from_secs(50)));
        assert!(!rig.hub.drain(Duration::ZERO), "it is on its way");
        for shard in 0..2 {
            let refused = rig.open_at(&rig.tenant, shard, ASK).await;
            assert!(matches!(refused.map(drop), Err(Refused::Closing { .. })));
        }
        let mut left = Vec::new();
        for second in 0..50_u64 {
            rig.publish("t", &second.to_string()).await;
            for client in &mut clients {
                client.read();
            }
            let there: usize = rig.hub.tenants().iter().map(|t| t.subscribers()).sum();
            left.push(there);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let steps = left.windows(2).map(|two| two[0] - two[1]);
        assert!(steps.max() <= Some(8), "{left:?}");
        assert!((40..=60).contains(&left[25]), "{left:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        rig.settle().await;
        let there: usize = rig.hub.tenants().iter().map(|t| t.subscribers()).sum();
        assert_eq!(there, 0);
        assert!(
            clients.iter_mut().all(|client| !client.read()),
            "all have ended"
        );
    });
}

#[test]
fn operators_see_subscribers_and_end_one() {
    run(async || {
        let rig = Rig::new("");
        let mut stays = rig.subscribe(&["stays"]).await;
        let mut goes = rig.subscribe(&["goes"]).await;
        let listed = rig.tenant.list().await;
        let of = |topic: &str| {
            let selector = format!("uri-template:{topic}");
            let found = listed.iter().find(|s| s.selectors == [selector.clone()]);
            found.expect("listed").id.clone()
        };
        assert_eq!(listed.len(), 2);
        assert!(rig.tenant.end(&of("goes")).await);
        assert!(!rig.tenant.end(&of("goes")).await, "there is none any more");
        assert!(!rig.tenant.end("nonsense").await);
        assert!(!goes.read());
        assert!(stays.read());
        rig.settle().await;
        assert_eq!(rig.tenant.subscribers(), 1);
    });
}

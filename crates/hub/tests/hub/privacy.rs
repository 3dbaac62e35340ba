//! Private events: only for those whose tokens cover them, whatever the policy answers.

use std::time::Duration;

use umbel_hub::{Resume, TenantConfig};

use crate::full_mailboxes::tick;
use crate::rig::{ASK, Ask, Client, Rig, numbers, run, run_as_body};

#[test]
fn a_private_event_goes_only_where_a_token_covers_one_of_its_topics() {
    run(async || {
        let rig = Rig::new("");
        let mut anonymous = rig.subscribe(&["*"]).await;
        let mut other = rig
            .open(Ask {
                grants: &["b"],
                ..ASK
            })
            .await
            .expect("let in");
        let mut granted = rig
            .open(Ask {
                grants: &["x", "a"],
                ..ASK
            })
            .await
            .expect("let in");
        rig.publish("a", "public").await;
        rig.try_publish("a", "secret", true)
            .await
            .expect("accepted");
        rig.settle().await;
        assert_eq!(anonymous.data(), ["public"]);
        assert_eq!(other.data(), ["public"]);
        assert_eq!(granted.data(), ["public", "secret"]);
        tick(&rig).await;
        let dropped = r#"umbel_guard_dropped_total{tenant="default",why="not-granted"}"#;
        assert_eq!(rig.metric(dropped), 2.0);
    });
}

#[test]
fn replay_keeps_private_events_from_those_who_may_not_have_them() {
    run(async || {
        let rig = Rig::new("");
        rig.try_publish("a", "secret", true)
            .await
            .expect("accepted");
        rig.try_publish("a", "public", false)
            .await
            .expect("accepted");
        let resume = || Resume::Earliest;
        let mut anonymous = rig
            .open(Ask {
                resume: resume(),
                ..ASK
            })
            .await
            .expect("let in");
        let grants = &["a"];
        let mut granted = rig
            .open(Ask {
                grants,
                resume: resume(),
                ..ASK
            })
            .await
            .expect("let in");
        assert_eq!(anonymous.all_data(&rig).await, ["public"]);
        assert_eq!(granted.all_data(&rig).await, ["secret", "public"]);
    });
}

#[test]
fn grants_that_take_long_to_compare_neither_reorder_nor_lose_events() {
    run(async || {
        let rig = Rig::new("");
        let mut crowd = crowd(&rig).await;
        let mut anonymous = rig.subscribe(&["*"]).await;
        rig.tenant.reconfigure(impatient());
        for n in 0..20 {
            let accepted = rig.try_publish("a", &n.to_string(), n % 3 == 1).await;
            accepted.expect("accepted");
        }
        let public: Vec<String> = (0..20)
            .filter(|n| n % 3 != 1)
            .map(|n| n.to_string())
            .collect();
        for _ in 0..100 * crowd.len() {
            tokio::task::yield_now().await;
        }
        for client in &mut crowd {
            assert_eq!(client.all_data(&rig).await, numbers(0..20));
        }
        assert_eq!(anonymous.all_data(&rig).await, public);
    });
}

#[test]
fn grants_that_take_long_to_compare_do_not_hold_the_shard() {
    run_as_body(async || {
        let rig = Rig::new("");
        let mut crowd = crowd(&rig).await;
        rig.tenant.reconfigure(impatient());
        let accepted = rig.try_publish("a", "secret", true).await;
        accepted.expect("accepted");
        let (mut served, mut turns) = (0, 0);
        while served < crowd.len() {
            tokio::task::yield_now().await;
            let mut now = 0;
            for client in &mut crowd {
                now += client.data().len();
            }
            served += now;
            turns += usize::from(now > 0);
        }
        assert!(turns > crowd.len() / 4, "{turns} turns");
    });
}

/// With a deadline that everything overruns: each comparison of grants with topics takes long.
fn impatient() -> TenantConfig {
    let mut config = TenantConfig::default();
    config.components.deadline = Duration::from_nanos(8);
    config
}

/// A hundred subscribers, each with grants like nobody else's.
async fn crowd(rig: &Rig) -> Vec<Client> {
    let mut crowd = Vec::new();
    for n in 0..100 {
        let own = format!("own/{n}");
        let grants = &["a", &own][..];
        crowd.push(rig.open(Ask { grants, ..ASK }).await.expect("let in"));
    }
    crowd
}

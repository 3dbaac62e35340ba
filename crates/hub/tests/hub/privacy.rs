//! Private events: only for those whose tokens cover them, whatever the policy answers.

use umbel_hub::Resume;

use crate::full_mailboxes::tick;
use crate::rig::{ASK, Ask, Rig, run};

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

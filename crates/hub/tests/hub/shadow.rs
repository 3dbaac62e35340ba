//! Candidates that run beside the policy.

use umbel_hub::Shadow;
use umbel_routing::{Export, FaultClass};

use crate::fakes::FakePolicy;
use crate::rig::{Rig, numbers, run_as_body};

#[test]
fn one_decision_of_ten_thousand_that_differs_is_found_and_nothing_is_decided_by_the_candidate() {
    run_as_body(async || {
        let live = FakePolicy::new("");
        let rig = Rig::deciding(1, live.version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        let candidate = FakePolicy::new("").keeps(|event| event.offset.0 != 7_777);
        let shadow = Shadow::new(candidate.version(), 1);
        rig.tenant.set_shadow(Some(shadow.clone()));
        rig.settle().await;
        let mut seen = Vec::new();
        for n in 0..10_000_u64 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
            if n % 100 == 99 {
                rig.settle().await;
                seen.extend(client.data());
            }
        }
        seen.extend(client.all_data(&rig).await);
        assert_eq!(seen, numbers(0..10_000));
        let report = shadow.report();
        assert_eq!((report.compared, report.differ), (10_000, 1));
        let [example] = &report.examples[..] else {
            panic!("{report:?}");
        };
        assert_eq!((example.offset, &*example.topic), (7_777, "t"));
        assert_eq!((example.live_only, example.candidate_only), (1, 0));
        rig.tenant.set_shadow(None);
        rig.settle().await;
        assert_eq!((live.watch.alive(), candidate.watch.alive()), (1, 0));
        assert_eq!(candidate.watch.breaches(), [""; 0]);
    });
}

#[test]
fn a_candidate_that_fails_changes_nothing_and_is_counted() {
    run_as_body(async || {
        let rig = Rig::deciding(1, FakePolicy::new("").version(), None);
        let mut client = rig.subscribe(&["*"]).await;
        let candidate = FakePolicy::new("")
            .fails(|call| (call.export == Export::Route).then_some(FaultClass::Trap));
        let shadow = Shadow::new(candidate.version(), 1);
        rig.tenant.set_shadow(Some(shadow.clone()));
        rig.settle().await;
        for n in 0..5 {
            let late = rig.subscribe(&["late"]).await;
            rig.publish("t", &n.to_string()).await;
            drop(late);
        }
        assert_eq!(client.data(), numbers(0..5));
        let report = shadow.report();
        assert!(
            report.candidate_faults >= 1 && report.live_faults == 0,
            "{report:?}"
        );
        assert_eq!(candidate.watch.breaches(), [""; 0]);
    });
}

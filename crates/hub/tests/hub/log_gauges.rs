//! What the gauges say of logs, whoever reads these.

use std::sync::Arc;
use std::time::Duration;

use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{Tenant, TenantConfig, TenantSpec};

use crate::rig::{Rig, native, run_as_body, spec};

/// Milliseconds for which the tenants here keep their events.
const KEPT_MS: u64 = 5_000;

fn gauge(rig: &Rig, name: &str, tenant: &str) -> f64 {
    rig.metric(&format!(r#"umbel_{name}{{tenant="{tenant}"}}"#))
}

/// A tenant that nobody subscribes to and that forgets after [`KEPT_MS`].
fn forgetful(name: &str) -> TenantSpec {
    let kept = Retention {
        age_max_ms: KEPT_MS,
        ..Retention::UNBOUNDED
    };
    TenantSpec {
        log: Arc::new(MemoryLog::new(kept)),
        ..spec(name, umbel_hub::PolicyVersion::of(native("")), None)
    }
}

async fn publish(rig: &Rig, tenant: &Tenant) -> u64 {
    let event = rig.event("t", "some data", false);
    let cost = event.cost();
    tenant.publish(event).await.expect("accepted");
    u64::try_from(cost).expect("in range")
}

#[test]
fn a_log_that_nobody_reads_is_shown_as_it_fills_and_as_it_ages() {
    run_as_body(async || {
        let rig = Rig::start(1, forgetful("quiet"));
        assert_eq!(gauge(&rig, "log_offset", "quiet"), 1.0);
        let mut bytes = 0;
        for _ in 0..3 {
            bytes += publish(&rig, &rig.tenant).await;
        }
        assert_eq!(gauge(&rig, "log_offset", "quiet"), 4.0);
        assert_eq!(gauge(&rig, "log_bytes", "quiet"), bytes as f64);
        tokio::time::sleep(Duration::from_millis(KEPT_MS + 2_000)).await;
        assert_eq!(rig.tenant.log().bounds().bytes, 0);
        assert_eq!(gauge(&rig, "log_bytes", "quiet"), 0.0);
        assert_eq!(gauge(&rig, "log_offset", "quiet"), 4.0);
    });
}

#[test]
fn logs_of_tenants_that_share_their_series_add_up_until_they_are_dropped() {
    run_as_body(async || {
        let rig = Rig::with(TenantConfig::default(), Retention::UNBOUNDED, native(""));
        let mut bytes = 0;
        let sharing = 10;
        // One more tenant than have series of their own is the rig's.
        for n in 0..255 + sharing {
            let tenant = rig
                .hub
                .add(forgetful(&format!("t{n}")))
                .expect("a new name");
            if n >= 255 {
                bytes += publish(&rig, &tenant).await;
            }
        }
        assert_eq!(gauge(&rig, "log_offset", "other"), 2.0 * f64::from(sharing));
        assert_eq!(gauge(&rig, "log_bytes", "other"), bytes as f64);
        for n in 255..255 + sharing {
            rig.hub.remove(&format!("t{n}")).expect("there was one");
        }
        rig.settle().await;
        assert_eq!(gauge(&rig, "log_offset", "other"), 0.0);
        assert_eq!(gauge(&rig, "log_bytes", "other"), 0.0);
    });
}

//! Publishers of a tenant whose shards lag are slowed, then turned away.

use std::time::Duration;

use umbel_eventlog::Retention;
use umbel_hub::{LimitsConfig, PublishError, Refused, TenantConfig};

use crate::rig::{ASK, Rig, native, run};

fn config(limits: LimitsConfig) -> TenantConfig {
    TenantConfig {
        limits,
        ..TenantConfig::default()
    }
}

#[test]
fn a_lagging_shard_holds_publishers_up_until_it_has_moved_on() {
    run(async || {
        let limits = LimitsConfig {
            lag_events_max: 10,
            ..LimitsConfig::default()
        };
        let rig = Rig::with(config(limits), Retention::UNBOUNDED, native(""));
        let mut client = rig.subscribe(&["*"]).await;
        for n in 0..1000 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted in the end");
        }
        assert_eq!(client.all_data(&rig).await.len(), 1000);
    });
}

#[test]
fn where_nobody_subscribes_nobody_lags() {
    run(async || {
        let limits = LimitsConfig {
            lag_events_max: 1,
            ..LimitsConfig::default()
        };
        let rig = Rig::with(config(limits), Retention::UNBOUNDED, native(""));
        for _ in 0..10 {
            rig.try_publish("t", "x", false).await.expect("accepted");
        }
    });
}

#[test]
fn a_publisher_that_waited_in_vain_is_told_when_to_try_again() {
    run(async || {
        let limits = LimitsConfig {
            lag_bytes_max: 0,
            publishers_wait: Duration::from_millis(50),
            ..LimitsConfig::default()
        };
        let rig = Rig::with(config(limits), Retention::UNBOUNDED, native(""));
        let _client = rig.subscribe(&["*"]).await;
        let refused = rig.try_publish("t", "x", false).await;
        assert_eq!(refused, Err(PublishError::Lagging { retry_s: 1 }));
        assert_eq!(rig.tenant.log().bounds().bytes_ever, 0, "nothing was kept");
    });
}

#[test]
fn a_tenant_takes_no_more_subscribers_than_it_may() {
    run(async || {
        let limits = LimitsConfig {
            subscribers_max: 2,
            ..LimitsConfig::default()
        };
        let rig = Rig::with(config(limits), Retention::UNBOUNDED, native(""));
        let (one, two, three) = tokio::join!(rig.open(ASK), rig.open(ASK), rig.open(ASK));
        let refused = [&one, &two, &three].iter().filter(|r| r.is_err()).count();
        assert_eq!(refused, 1);
        assert!(matches!(
            rig.open(ASK).await,
            Err(Refused::Full { max: 2, .. })
        ));
        drop((one, two, three));
        rig.settle().await;
        assert!(rig.open(ASK).await.is_ok());
    });
}

#[test]
fn what_is_too_old_goes_also_where_nobody_publishes_any_more() {
    run(async || {
        let keep = Retention {
            age_max_ms: 5_000,
            ..Retention::UNBOUNDED
        };
        let rig = Rig::with(TenantConfig::default(), keep, native(""));
        rig.try_publish("t", "old", false).await.expect("accepted");
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert!(rig.tenant.log().bounds().bytes > 0);
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(rig.tenant.log().bounds().bytes, 0);
    });
}

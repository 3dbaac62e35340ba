//! `GET /v1/tenants` and `GET /v1/tenants/{t}`.

use serde::Serialize;
use umbel_engine::ComponentKind;
use umbel_hub::{About, Tenant};

use crate::config::TenantSettings;
use crate::server::{Choice, Deployment, Record, Slot, Tenancy};

/// What is known of one tenant.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct TenantView {
    name: String,
    hosts: Vec<String>,
    subscribers: usize,
    log: LogView,
    policy: ComponentView,
    previous_policy: Option<PreviousView>,
    filter: Option<ComponentView>,
    previous_filter: Option<PreviousView>,
    limits: LimitsView,
    /// What operators changed, the latest last.
    history: serde_json::Value,
}

/// What is known of one tenant among all.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct TenantLine {
    name: String,
    hosts: Vec<String>,
    subscribers: usize,
    policy: ComponentView,
    filter: Option<ComponentView>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct LogView {
    /// The place of the oldest event that is retained.
    first: u64,
    /// The place that the next event gets.
    offset: u64,
    bytes: u64,
}

/// A component that decides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ComponentView {
    /// `builtin`, `native`, a path, or `deployed`.
    source: String,
    /// SHA-256; none where there is no component.
    digest: Option<String>,
    name: String,
    version: String,
    /// Where an operator has deployed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed: Option<DeployedView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct DeployedView {
    at_ms: u64,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// What a rollback brings back.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PreviousView {
    /// `configured` or `deployed`.
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed: Option<DeployedView>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct LimitsView {
    subscribers: usize,
    subscribers_per_address: usize,
    selectors: usize,
    selector_bytes: usize,
    topics: usize,
    topic_bytes: usize,
    event_bytes: usize,
    publish_rate: u32,
    component_bytes: usize,
}

impl TenantView {
    /// What is known of `tenant`.
    pub(super) fn of(settings: &TenantSettings, tenant: &Tenant, record: &Record) -> Self {
        let (policy, filter) = ComponentView::both(tenant, record);
        let (bounds, limits) = (tenant.log().bounds(), &settings.limits);
        Self {
            name: tenant.name().to_owned(),
            hosts: hosts(settings),
            subscribers: tenant.subscribers(),
            log: LogView {
                first: bounds.first.0,
                offset: bounds.next.0,
                bytes: bounds.bytes,
            },
            policy,
            previous_policy: PreviousView::of(record.slot(ComponentKind::Policy)),
            filter,
            previous_filter: PreviousView::of(record.slot(ComponentKind::Filter)),
            limits: LimitsView {
                subscribers: limits.subscribers_max,
                subscribers_per_address: limits.subscribers_per_address_max,
                selectors: limits.selectors_max,
                selector_bytes: limits.selector_bytes_max,
                topics: limits.topics_max,
                topic_bytes: limits.topic_bytes_max,
                event_bytes: limits.event_bytes_max,
                publish_rate: limits.publish_rate_max,
                component_bytes: limits.component_bytes_max,
            },
            history: serde_json::json!(record.history),
        }
    }
}

impl TenantLine {
    /// All tenants, in the order of the configuration.
    pub(super) fn all(tenancy: &Tenancy) -> Vec<Self> {
        let config = tenancy.in_force();
        let line = |settings: &TenantSettings| {
            let tenant = tenancy.hub.tenant(settings.name.as_str())?;
            let record = tenancy.deployments.record(&settings.name);
            let (policy, filter) = ComponentView::both(&tenant, &record);
            Some(Self {
                name: tenant.name().to_owned(),
                hosts: hosts(settings),
                subscribers: tenant.subscribers(),
                policy,
                filter,
            })
        };
        config.tenants.iter().filter_map(line).collect()
    }
}

impl ComponentView {
    /// The policy of `tenant`, and its filter.
    pub(super) fn both(tenant: &Tenant, record: &Record) -> (Self, Option<Self>) {
        let (policy, filter) = tenant.components();
        let slot = |kind| record.slot(kind).deployed();
        let filter = filter.map(|about| Self::of(&about, slot(ComponentKind::Filter)));
        (Self::of(&policy, slot(ComponentKind::Policy)), filter)
    }

    fn of(about: &About, deployment: Option<&Deployment>) -> Self {
        Self {
            source: about.source.clone(),
            digest: Some(about.digest.clone()).filter(|digest| !digest.is_empty()),
            name: about.name.clone(),
            version: about.version.clone(),
            deployed: deployment.map(DeployedView::of),
        }
    }
}

impl DeployedView {
    fn of(deployment: &Deployment) -> Self {
        Self {
            at_ms: deployment.at_ms,
            by: deployment.by.clone(),
            origin: deployment.origin.clone(),
        }
    }
}

impl PreviousView {
    fn of(slot: &Slot) -> Option<Self> {
        let deployment = slot.previous.as_ref().map(Choice::deployment)?;
        Some(Self {
            source: if deployment.is_some() {
                "deployed"
            } else {
                "configured"
            },
            digest: deployment.map(|d| d.digest.clone()),
            deployed: deployment.map(DeployedView::of),
        })
    }
}

fn hosts(settings: &TenantSettings) -> Vec<String> {
    settings.hosts.iter().map(ToString::to_string).collect()
}

//! `GET /v1/status`.

use serde::Serialize;

use super::Admin;
use super::tenants::ComponentView;
use crate::config::TenantName;

/// What `GET /v1/status` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Status {
    /// Of this build.
    version: &'static str,
    /// Whether it wants work.
    ready: bool,
    uptime_s: u64,
    shards: usize,
    connections: i64,
    tenants: usize,
    /// That of the tenant `default`.
    policy: Option<ComponentView>,
}

impl Status {
    /// The status of now.
    pub(super) fn of(admin: &Admin) -> Self {
        let name = TenantName::default_tenant();
        let tenant = admin.tenancy.hub.tenant(name.as_str());
        let record = admin.tenancy.deployments.record(&name);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            ready: admin.health.is_ready(),
            uptime_s: admin.started.elapsed().as_secs(),
            shards: admin.shards,
            connections: admin.connections.open.get(),
            tenants: admin.tenancy.hub.tenants().len(),
            policy: tenant.map(|tenant| ComponentView::both(&tenant, &record).0),
        }
    }
}

//! `GET /v1/status`.

use serde::Serialize;

use super::Admin;
use crate::config::PolicySource;

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
    policy: Policy,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Policy {
    /// `builtin`, `native` or the path of a component.
    source: String,
}

impl Status {
    /// The status of now.
    pub(super) fn of(admin: &Admin) -> Self {
        let source = match &admin.policy {
            PolicySource::Builtin => "builtin".to_owned(),
            PolicySource::Native => "native".to_owned(),
            PolicySource::File(path) => path.display().to_string(),
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            ready: admin.health.is_ready(),
            uptime_s: admin.started.elapsed().as_secs(),
            shards: admin.shards,
            connections: admin.connections.open.get(),
            policy: Policy { source },
        }
    }
}

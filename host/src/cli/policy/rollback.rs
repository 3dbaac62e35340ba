//! `umbel policy rollback`: go back to what decided before.

use clap::Args;
use http::Method;

use super::change;
use super::hub::{Hub, Tenant};

/// What goes back, and for whom.
#[derive(Args)]
pub(super) struct Rollback {
    #[command(flatten)]
    tenant: Tenant,
    /// The filter, not the policy.
    #[arg(long)]
    filter: bool,
    /// End the streams of subscribers whom it refuses, instead of refusing it for them.
    #[arg(long)]
    allow_refusals: bool,
    #[command(flatten)]
    hub: Hub,
}

impl Rollback {
    /// Goes back.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let part = if self.filter { "filter" } else { "policy" };
        let query = if self.allow_refusals {
            "?allow-refusals=true"
        } else {
            ""
        };
        let target = self.tenant.path(&format!("/{part}/rollback{query}"));
        let answer = self.hub.client()?.ask(Method::POST, &target, None).await?;
        change::print(part, self.tenant.name(), answer)
    }
}

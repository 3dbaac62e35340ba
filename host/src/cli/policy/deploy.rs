//! `umbel policy deploy`: put a component in the place of the one that decides.

use clap::Args;
use form_urlencoded::Serializer;
use http::Method;

use super::change;
use super::hub::{Hub, Tenant};
use super::upload::Upload;

/// What is deployed, and for whom.
#[derive(Args)]
pub(super) struct Deploy {
    #[command(flatten)]
    upload: Upload,
    #[command(flatten)]
    tenant: Tenant,
    /// It is a filter, not a policy.
    #[arg(long)]
    filter: bool,
    /// End the streams of subscribers whom it refuses, instead of refusing it for them.
    #[arg(long)]
    allow_refusals: bool,
    #[command(flatten)]
    hub: Hub,
}

impl Deploy {
    /// Deploys it.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let part = if self.filter { "filter" } else { "policy" };
        let client = self.hub.client()?;
        let (body, reference) = self.upload.body(&client, &self.tenant).await?;
        let mut query = Serializer::new(String::new());
        if self.allow_refusals {
            query.append_pair("allow-refusals", "true");
        }
        if let Some(reference) = reference {
            query.append_pair("origin", &reference.to_string());
        }
        let target = self.tenant.path(&format!("/{part}?{}", query.finish()));
        let answer = client.ask(Method::PUT, &target, Some(body)).await?;
        change::print(part, self.tenant.name(), answer)
    }
}

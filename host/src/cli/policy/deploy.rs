//! `umbel policy deploy`: put a component in the place of the one that decides.

use std::pin::pin;
use std::time::Duration;

use clap::Args;
use form_urlencoded::Serializer;
use http::Method;
use tokio::time::timeout;

use super::change;
use super::hub::{Hub, Tenant};
use super::upload::Upload;
use crate::cli::notice::notice;

/// Whoever waits for longer is told what for.
const SILENCE: Duration = Duration::from_secs(1);

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
        let mut asked = pin!(client.ask(Method::PUT, &target, Some(body)));
        let answer = match timeout(SILENCE, &mut asked).await {
            Ok(answer) => answer?,
            Err(_) => {
                notice(
                    "umbel: the hub compiles it; with an interpreter in it that takes 10 s and more",
                );
                asked.await?
            }
        };
        change::print(part, self.tenant.name(), answer)
    }
}

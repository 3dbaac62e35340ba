//! Changing what decides for a tenant while the hub runs, as operators ask for it.

mod change_error;
mod order;
mod source;

use std::sync::Arc;

use umbel_engine::ComponentKind;
use umbel_hub::{Shadow, Tenant};

pub(crate) use change_error::ChangeError;
pub(crate) use order::{Done, Order, Upload, Wanted};

use source::Source;

use super::deployments::Choice;
use super::tenancy::Tenancy;
use crate::config::{TenantName, TenantSettings};

impl Tenancy {
    /// What is configured for the tenant `name`, and the tenant itself.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn tenant(&self, name: &str) -> Result<(TenantSettings, Arc<Tenant>), ChangeError> {
        let config = self.in_force();
        let settings = config.tenants.iter().find(|t| t.name.as_str() == name);
        let tenant = self.hub.tenant(name);
        let found = settings.cloned().zip(tenant);
        found.ok_or(ChangeError::UnknownTenant)
    }

    /// Makes a change, on all shards at one place in the log. To be run to its end, so that what was
    /// made is noted as well.
    ///
    /// # Errors
    /// Why it was not made.
    pub(crate) async fn change(&self, order: Order) -> Result<Done, ChangeError> {
        let (settings, tenant) = self.tenant(order.tenant.as_str())?;
        let _turn = self.turns.take(&order.tenant).ok_or(ChangeError::Busy)?;
        let before = digest_of(&tenant, order.kind);
        let (components, deployments) =
            (Arc::clone(&self.components), Arc::clone(&self.deployments));
        let kind = order.kind;
        let wanted = order.wanted;
        let by = order.by;
        let load = move || {
            let source = Source::of(wanted, &deployments, &settings.name, kind)?;
            let change = source.load(&components, &settings, kind)?;
            Ok::<_, ChangeError>((change, source.made(kind, by)))
        };
        let (change, mut made) = blocking(load).await??;
        let deployed = tenant.deploy(change, order.allow_refusals).await?;
        let digest = digest_of(&tenant, kind);
        made.digest.clone_from(&digest);
        if let Choice::Deployed(deployment) = &mut made.choice {
            deployment.digest.clone_from(&digest);
        }
        let deployments = Arc::clone(&self.deployments);
        let note = move || deployments.note(&order.tenant, made);
        Ok(Done {
            digest,
            previous: before,
            deployed,
            survives_restart: blocking(note).await?,
        })
    }

    /// Runs a candidate beside the policy of a tenant, on one of `sample` batches; answers its digest.
    ///
    /// # Errors
    /// Where it is not fit for it.
    pub(crate) async fn shadow(
        &self,
        name: &TenantName,
        upload: Upload,
        sample: u32,
    ) -> Result<String, ChangeError> {
        let (settings, tenant) = self.tenant(name.as_str())?;
        let components = Arc::clone(&self.components);
        let load =
            move || components.wasm_policy(&settings, &upload.component, &upload.config, "shadow");
        let candidate = blocking(load).await??;
        let digest = candidate.about.digest.clone();
        tenant.set_shadow(Some(Shadow::new(candidate, sample)));
        Ok(digest)
    }
}

/// Does what takes its time on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ChangeError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a change was not carried out");
        ChangeError::Lost
    })
}

fn digest_of(tenant: &Tenant, kind: ComponentKind) -> String {
    let (policy, filter) = tenant.components();
    match kind {
        ComponentKind::Policy => policy.digest.clone(),
        ComponentKind::Filter => filter.map(|f| f.digest.clone()).unwrap_or_default(),
    }
}

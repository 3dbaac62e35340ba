//! Changing what decides for a tenant while the hub runs, as operators ask for it.

use std::sync::Arc;

use bytes::Bytes;
use umbel_engine::ComponentKind;
use umbel_hub::{Change, DeployError, Deployed, Shadow, Tenant};

use super::components::{ComponentError, Components};
use super::deployments::{Choice, ComponentFileError, Deed, Deployment, Deployments, Made};
use super::tenancy::Tenancy;
use crate::config::{TenantName, TenantSettings};
use crate::http::unix_ms;

/// A component that somebody sent, and what it is to be configured with.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) component: Bytes,
    pub(crate) config: String,
}

/// What is to decide.
pub(crate) enum Wanted {
    /// This component.
    Upload(Upload),
    /// What the configuration names.
    Configured,
    /// What decided before.
    Previous,
}

/// What an operator asks for.
pub(crate) struct Order {
    /// For whom.
    pub(crate) tenant: TenantName,
    /// Which part of what decides.
    pub(crate) kind: ComponentKind,
    pub(crate) wanted: Wanted,
    /// Whether subscribers whom the policy refuses are ended.
    pub(crate) allow_refusals: bool,
    /// Who asks.
    pub(crate) by: String,
}

/// A change was made.
#[derive(Debug)]
pub(crate) struct Done {
    /// SHA-256 of what decides now; empty where it has none.
    pub(crate) digest: String,
    /// The same of what decided before.
    pub(crate) previous: String,
    pub(crate) deployed: Deployed,
    /// Whether a restart brings it back.
    pub(crate) survives_restart: bool,
}

/// A change was not made; what decided before does so still. The texts are for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeError {
    /// Who should it be for?
    #[error("there is no tenant of that name; GET /v1/tenants names them all")]
    UnknownTenant,
    /// One at a time.
    #[error(
        "another change of this tenant, or of the configuration, is on its way; try again when it \
         is done"
    )]
    Busy,
    /// The component is not fit for it.
    #[error("{0}")]
    Component(#[from] ComponentError),
    /// What the configuration names is not fit for it.
    #[error("what the configuration names cannot be used: {0}")]
    Configured(String),
    /// It was not put in force.
    #[error("{}", deploy_text(.0))]
    Deploy(#[from] DeployError),
    /// Nothing is there to be taken back.
    #[error("nothing was deployed here: what decides is what the configuration names")]
    NothingDeployed,
    /// What decided before is not there any more.
    #[error("what decided before cannot be brought back: {0}; deploy it anew")]
    Gone(#[from] ComponentFileError),
    /// The thread that was to load it is lost.
    #[error("loading it failed")]
    Lost,
}

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

/// What a change is made from.
struct Source {
    deed: Deed,
    /// What is deployed, and its bytes; none: what is configured.
    component: Option<(Deployment, Bytes)>,
    /// Whether the bytes are new.
    sent: bool,
}

impl Source {
    fn of(
        wanted: Wanted,
        deployments: &Deployments,
        tenant: &TenantName,
        kind: ComponentKind,
    ) -> Result<Self, ChangeError> {
        let slot = deployments.record(tenant).slot(kind).clone();
        let (deed, choice) = match wanted {
            Wanted::Upload(upload) => {
                let deployment = Deployment {
                    digest: String::new(),
                    config: upload.config,
                    at_ms: 0,
                    by: String::new(),
                };
                return Ok(Self {
                    deed: Deed::Deploy,
                    component: Some((deployment, upload.component)),
                    sent: true,
                });
            }
            Wanted::Configured if slot.current == Choice::Configured => {
                return Err(ChangeError::NothingDeployed);
            }
            Wanted::Configured => (Deed::TakeBack, Choice::Configured),
            Wanted::Previous => {
                let previous = slot.previous.ok_or(DeployError::NoPrevious)?;
                (Deed::Rollback, previous)
            }
        };
        let component = match choice {
            Choice::Configured => None,
            Choice::Deployed(deployment) => {
                let bytes = deployments.component(&deployment)?;
                Some((deployment, bytes))
            }
        };
        Ok(Self {
            deed,
            component,
            sent: false,
        })
    }

    /// Loads it; blocks while it is compiled.
    fn load(
        &self,
        components: &Components,
        settings: &TenantSettings,
        kind: ComponentKind,
    ) -> Result<Change, ChangeError> {
        let configured = |error: anyhow::Error| ChangeError::Configured(format!("{error:#}"));
        Ok(match (kind, &self.component) {
            (ComponentKind::Policy, Some((deployment, bytes))) => {
                let (config, from) = (&deployment.config, Components::DEPLOYED);
                Change::Policy(components.wasm_policy(settings, bytes, config, from)?)
            }
            (ComponentKind::Filter, Some((deployment, bytes))) => {
                let (config, from) = (&deployment.config, Components::DEPLOYED);
                Change::Filter(Some(components.wasm_filter(settings, bytes, config, from)?))
            }
            (ComponentKind::Policy, None) => {
                Change::Policy(components.policy(settings).map_err(configured)?)
            }
            (ComponentKind::Filter, None) => {
                Change::Filter(components.filter(settings).map_err(configured)?)
            }
        })
    }

    /// What is to be noted once it is in force, but for its digest.
    fn made(self, kind: ComponentKind, by: String) -> Made {
        let at_ms = unix_ms();
        let (choice, component) = match self.component {
            None => (Choice::Configured, None),
            Some((deployment, bytes)) => {
                let deployment = Deployment {
                    at_ms,
                    by: by.clone(),
                    ..deployment
                };
                let bytes = self.sent.then_some(bytes);
                (Choice::Deployed(deployment), bytes)
            }
        };
        Made {
            kind,
            deed: self.deed,
            choice,
            digest: String::new(),
            component,
            by,
            at_ms,
        }
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

fn deploy_text(error: &DeployError) -> String {
    match error {
        DeployError::Refusals { .. } => {
            format!("{error}; with allow-refusals=true their streams are ended")
        }
        DeployError::NoPrevious => format!("{error}: nothing was deployed before"),
        _ => error.to_string(),
    }
}

//! What a change is made from.

use bytes::Bytes;
use umbel_engine::ComponentKind;
use umbel_hub::{Change, DeployError};

use super::{ChangeError, Wanted};
use crate::config::{TenantName, TenantSettings};
use crate::http::unix_ms;
use crate::server::components::Components;
use crate::server::deployments::{Choice, Deed, Deployment, Deployments, Made};

/// What a change is made from.
pub(super) struct Source {
    deed: Deed,
    /// What is deployed, and its bytes; none: what is configured.
    component: Option<(Deployment, Bytes)>,
    /// Whether the bytes are new.
    sent: bool,
}

impl Source {
    /// What `wanted` is for `tenant`.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn of(
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
                    origin: upload.origin,
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
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn load(
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
    pub(super) fn made(self, kind: ComponentKind, by: String) -> Made {
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

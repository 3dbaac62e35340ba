//! Bringing what operators have deployed under limits that were configured since.

use umbel_engine::ComponentKind;
use umbel_hub::Change;

use super::components::{ComponentError, Components, reported};
use super::deployments::{Deployment, Deployments};
use crate::config::TenantSettings;

/// What is deployed, once more, for `tenant` as it is configured now: a swap of a component for itself, which
/// gives its instances other limits. None where the limits are those it has.
///
/// # Errors
/// Where it does not keep to them: a fault of the configuration. Where the machine fails: something else.
pub(super) fn redeployed(
    components: &Components,
    deployments: &Deployments,
    before: &TenantSettings,
    tenant: &TenantSettings,
    (kind, deployment): (ComponentKind, &Deployment),
) -> anyhow::Result<Option<Change>> {
    if Components::limits(before, kind) == Components::limits(tenant, kind) {
        return Ok(None);
    }
    let config = &deployment.config;
    let made = deployments
        .component(deployment)
        .map_err(|error| ComponentError::File(format!("the deployed component: {error}")))
        .and_then(|bytes| {
            Ok(match kind {
                ComponentKind::Policy => Change::Policy(components.wasm_policy(
                    tenant,
                    &bytes,
                    config,
                    Components::DEPLOYED,
                )?),
                ComponentKind::Filter => Change::Filter(Some(components.wasm_filter(
                    tenant,
                    &bytes,
                    config,
                    Components::DEPLOYED,
                )?)),
            })
        });
    made.map(Some).map_err(|error| {
        reported(error, "the deployed component", |what| match kind {
            ComponentKind::Policy => tenant.deployed_policy_fault(what),
            ComponentKind::Filter => tenant.deployed_filter_fault(what),
        })
    })
}

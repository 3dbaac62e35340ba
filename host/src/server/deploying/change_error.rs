//! Why a change was not made.

use umbel_hub::DeployError;

use crate::server::ComponentError;
use crate::server::deployments::ComponentFileError;

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

fn deploy_text(error: &DeployError) -> String {
    match error {
        DeployError::Refusals { .. } => {
            format!("{error}; with allow-refusals=true their streams are ended")
        }
        DeployError::NoPrevious => format!("{error}: nothing was deployed before"),
        _ => error.to_string(),
    }
}

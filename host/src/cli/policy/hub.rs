//! Which hub an operator means.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::client::{AdminClient, AdminUrl};

/// Which hub is meant, and what opens it.
#[derive(Args)]
pub(super) struct Hub {
    /// Where the operator's listener is.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3001")]
    admin: AdminUrl,
    /// The file with the operator's secret: that of `admin.token-file`.
    #[arg(long, value_name = "FILE")]
    admin_token_file: Option<PathBuf>,
}

/// Whose components are meant.
#[derive(Args)]
pub(super) struct Tenant {
    /// The tenant.
    #[arg(long, value_name = "TENANT", default_value = "default", value_parser = parse)]
    tenant: String,
}

impl Hub {
    /// Speaks to it.
    pub(super) fn client(&self) -> anyhow::Result<AdminClient> {
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file).with_context(|| file.display().to_string())
        };
        let token = self.admin_token_file.as_ref().map(read).transpose()?;
        Ok(AdminClient {
            admin: self.admin.clone(),
            token: token.map(|token| token.trim().to_owned()),
        })
    }
}

impl Tenant {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.tenant
    }

    /// The path of `what` of it.
    pub(super) fn path(&self, what: &str) -> String {
        format!("/v1/tenants/{}{what}", self.tenant)
    }
}

fn parse(text: &str) -> Result<String, crate::config::TenantNameError> {
    crate::config::TenantName::parse(text).map(|name| name.as_str().to_owned())
}

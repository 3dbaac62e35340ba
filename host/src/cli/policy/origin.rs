//! Where a component is to be had.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context;
use bytes::Bytes;
use http::Method;

use super::file::read;
use super::hub::Tenant;
use crate::client::AdminClient;
use crate::oci::{self, Reference, ReferenceError, SCHEME};

/// Where a component is to be had.
#[derive(Clone)]
pub(super) enum Origin {
    /// In a file.
    File(PathBuf),
    /// In a registry.
    Registry(Reference),
}

impl FromStr for Origin {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        match text.starts_with(SCHEME) {
            true => text.parse().map(Self::Registry),
            false => Ok(Self::File(text.into())),
        }
    }
}

impl Origin {
    /// The component. Of a registry it is taken only as far as the hub would take it for `tenant`; what
    /// names it there for good is printed, and answered.
    pub(super) async fn component(
        &self,
        hub: &AdminClient,
        tenant: &Tenant,
    ) -> anyhow::Result<(Bytes, Option<Reference>)> {
        let reference = match self {
            Self::File(path) => return Ok((read(path)?.into(), None)),
            Self::Registry(reference) => reference,
        };
        let answer = hub.ask(Method::GET, &tenant.path(""), None).await?;
        let bytes_max = answer["limits"]["component-bytes"].as_u64();
        let bytes_max = bytes_max.and_then(|bytes| usize::try_from(bytes).ok());
        let bytes_max = bytes_max.context("the hub does not say how large a component may be")?;
        let pulled = oci::pull(reference, bytes_max).await?;
        writeln!(
            stdout(),
            "{reference} is {}\ncomponent {}",
            pulled.reference,
            pulled.digest.hex()
        )?;
        Ok((pulled.component, Some(pulled.reference)))
    }
}

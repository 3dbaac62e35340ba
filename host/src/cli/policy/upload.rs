//! A component on its way to a hub.

use clap::Args;

use super::file::Configuration;
use super::hub::Tenant;
use super::origin::Origin;
use crate::client::{AdminClient, Body};
use crate::oci::Reference;

/// What is sent.
#[derive(Args)]
pub(super) struct Upload {
    /// The component: a file, or one in a registry, as oci://registry.example/team/policy:1.0 or
    /// oci://registry.example/team/policy@sha256:...; a tag is looked up once, and what it stood for
    /// then is deployed.
    #[arg(value_name = "FILE|oci://REFERENCE")]
    origin: Origin,
    #[command(flatten)]
    config: Configuration,
}

impl Upload {
    /// Reads it, for `tenant` of `hub`; what names it for good in a registry, where it is in one.
    pub(super) async fn body(
        &self,
        hub: &AdminClient,
        tenant: &Tenant,
    ) -> anyhow::Result<(Body, Option<Reference>)> {
        let config = self.config.bytes()?;
        let (component, reference) = self.origin.component(hub, tenant).await?;
        let Some(config) = config else {
            let body = Body {
                content_type: "application/wasm".to_owned(),
                bytes: component,
            };
            return Ok((body, reference));
        };
        Ok((form(&component, &config), reference))
    }
}

/// A form with both (RFC 7578).
fn form(component: &[u8], config: &[u8]) -> Body {
    // 122 random bits stand in neither part.
    let boundary = uuid::Uuid::new_v4().to_string();
    let mut bytes = Vec::with_capacity(component.len() + config.len() + 512);
    for (name, content) in [("component", component), ("config", config)] {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Body {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        bytes: bytes.into(),
    }
}

//! A component on its way to a hub.

use std::path::PathBuf;

use clap::Args;

use super::file::{Configuration, read};
use crate::client::Body;

/// What is sent.
#[derive(Args)]
pub(super) struct Upload {
    /// The component.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    config: Configuration,
}

impl Upload {
    /// Reads it.
    pub(super) fn body(&self) -> anyhow::Result<Body> {
        let component = read(&self.file)?;
        let Some(config) = self.config.bytes()? else {
            let bytes = component.into();
            let content_type = "application/wasm".to_owned();
            return Ok(Body {
                content_type,
                bytes,
            });
        };
        Ok(form(&component, &config))
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

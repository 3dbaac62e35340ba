//! A component on its way to a hub.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;

use crate::client::Body;

/// No hub takes a larger one.
const COMPONENT_BYTES_MAX: u64 = 1 << 30;

/// What is sent.
#[derive(Args)]
pub(super) struct Upload {
    /// The component.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is configured with; `@FILE` reads that.
    #[arg(long, value_name = "TEXT|@FILE")]
    config: Option<String>,
}

impl Upload {
    /// Reads it.
    pub(super) fn body(&self) -> anyhow::Result<Body> {
        let component = read(&self.file)?;
        let Some(config) = &self.config else {
            let bytes = component.into();
            let content_type = "application/wasm".to_owned();
            return Ok(Body {
                content_type,
                bytes,
            });
        };
        let config = match config.strip_prefix('@') {
            Some(file) => read(Path::new(file))?,
            None => config.clone().into_bytes(),
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

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = || path.display().to_string();
    let found = std::fs::metadata(path).with_context(shown)?;
    ensure!(
        found.len() <= COMPONENT_BYTES_MAX,
        "{} has more than {COMPONENT_BYTES_MAX} bytes",
        path.display()
    );
    std::fs::read(path).with_context(shown)
}

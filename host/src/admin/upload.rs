//! A component on its way to the hub.

use std::convert::Infallible;

use bytes::{Buf, Bytes};
use futures_util::{Stream, stream};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use multer::{Constraints, Multipart, SizeLimit};

use super::admin_error::AdminError;
use crate::http::{RequestError, drain, read_body};
use crate::server::Upload;

/// As in a configuration file.
const CONFIG_BYTES_MAX: usize = 1 << 20;

/// Bytes of a form around its two parts.
const FORM_SLACK_BYTES: usize = 16 << 10;

/// Reads the component in a body, and its configuration, where that comes with it.
///
/// # Errors
/// Where the body is of another type, too large, cut off, or no form with these parts.
pub(super) async fn read_upload<S, B, E>(
    headers: &HeaderMap,
    body: S,
    component_bytes_max: usize,
) -> Result<Upload, AdminError>
where
    S: Stream<Item = Result<B, E>>,
    B: Buf,
{
    let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let content_type = content_type.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let slack = CONFIG_BYTES_MAX + FORM_SLACK_BYTES;
    let (max, boundary) = match essence.to_ascii_lowercase().as_str() {
        "application/wasm" | "application/octet-stream" => (component_bytes_max, None),
        "multipart/form-data" => match multer::parse_boundary(content_type) {
            Ok(boundary) => (component_bytes_max.saturating_add(slack), Some(boundary)),
            Err(error) => {
                drain(body).await;
                return Err(AdminError::Form(error.to_string()));
            }
        },
        _ => {
            drain(body).await;
            return Err(AdminError::ContentType);
        }
    };
    let bytes = read_body(headers, body, max)
        .await
        .map_err(|error| match error {
            RequestError::BodyTooLarge { max } => AdminError::TooLarge { max },
            error => AdminError::Body(error),
        })?;
    match boundary {
        None => Ok(Upload {
            component: bytes,
            config: String::new(),
            origin: None,
        }),
        Some(boundary) => read_form(bytes, boundary, component_bytes_max).await,
    }
}

async fn read_form(
    bytes: Bytes,
    boundary: String,
    component_bytes_max: usize,
) -> Result<Upload, AdminError> {
    let limits = SizeLimit::new()
        .for_field("component", component_bytes_max as u64)
        .for_field("config", CONFIG_BYTES_MAX as u64);
    let fields = Constraints::new()
        .allowed_fields(vec!["component", "config"])
        .size_limit(limits);
    let body = stream::iter([Ok::<_, Infallible>(bytes)]);
    let mut form = Multipart::with_constraints(body, boundary, fields);
    let wrong = |error: multer::Error| match error {
        multer::Error::FieldSizeExceeded { limit, field_name } => match field_name.as_deref() {
            Some("component") => AdminError::TooLarge {
                max: component_bytes_max,
            },
            _ => AdminError::Form(format!("`config` is over the limit of {limit} bytes")),
        },
        multer::Error::UnknownField { .. } => {
            AdminError::Form("it takes the parts `component` and `config` alone".to_owned())
        }
        error => AdminError::Form(error.to_string()),
    };
    let (mut component, mut config) = (None, None);
    while let Some(field) = form.next_field().await.map_err(wrong)? {
        let part = match field.name() {
            Some("component") => &mut component,
            _ => &mut config,
        };
        let bytes = field.bytes().await.map_err(wrong)?;
        if part.replace(bytes).is_some() {
            return Err(AdminError::Form("a part comes twice".to_owned()));
        }
    }
    let config = config.map(|config| String::from_utf8(config.into()));
    let config = config.transpose();
    Ok(Upload {
        component: component
            .ok_or_else(|| AdminError::Form("it has no part `component`".to_owned()))?,
        config: config
            .map_err(|_| AdminError::Form("`config` is not UTF-8".to_owned()))?
            .unwrap_or_default(),
        origin: None,
    })
}

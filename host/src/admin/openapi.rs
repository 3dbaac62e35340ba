//! `GET /v1/openapi.json`.

/// The description of all that an operator can ask for (OpenAPI 3.1). Held to what there is by a test.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

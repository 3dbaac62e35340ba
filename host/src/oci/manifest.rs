//! What a registry says of an artifact.

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::json;

use super::digest::Digest;

/// The type of a manifest (OCI image specification, "Image Manifest").
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The types of the CNCF's guide for Wasm artifacts: configuration and component.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const WASM: &str = "application/wasm";

/// What tools gave a component as its type before there was that guide.
const WASM_BEFORE: &str = "application/vnd.wasm.content.layer.v1+wasm";

/// What is pushed depends on the component alone, so that the same one has the same digest again.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// Bytes of what is quoted of a manifest.
const QUOTED_BYTES_MAX: usize = 100;

/// A manifest, as far as it matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: u64,
    media_type: Option<String>,
    #[serde(default)]
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
}

/// Where the component of an artifact is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) digest: Digest,
    /// In bytes.
    pub(super) size: u64,
}

/// The component that a manifest names.
///
/// # Errors
/// What is wrong with it, in words for whoever has pushed it.
pub(super) fn component(manifest: &[u8]) -> anyhow::Result<Layer> {
    let manifest: Manifest =
        serde_json::from_slice(manifest).context("its manifest cannot be read")?;
    let media_type = manifest.media_type.as_deref().unwrap_or(MANIFEST);
    ensure!(
        media_type == MANIFEST && manifest.schema_version == 2,
        "what is there is of the type {:?}, and not one artifact ({MANIFEST}); where it is an index of \
         several, name one of them by its digest",
        quoted(media_type)
    );
    let [layer] = &manifest.layers[..] else {
        bail!(
            "the artifact has {} layers, and a component is one: push the component alone",
            manifest.layers.len()
        );
    };
    ensure!(
        [WASM, WASM_BEFORE].contains(&layer.media_type.as_str()),
        "its layer is of the type {:?}, and no component: push one as {WASM}",
        quoted(&layer.media_type)
    );
    let digest: Result<Digest, _> = layer.digest.parse();
    let digest = digest.context("the manifest names its layer by something else than a digest")?;
    Ok(Layer {
        digest,
        size: layer.size,
    })
}

/// What is pushed beside a component: its configuration, and the manifest that names both.
pub(super) fn around(component: &[u8]) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    let layer = Digest::of(component).to_string();
    let config = serde_json::to_vec(&json!({
        "created": CREATED,
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [layer],
    }))?;
    let manifest = serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": CONFIG,
            "digest": Digest::of(&config).to_string(),
            "size": config.len(),
        },
        "layers": [{ "mediaType": WASM, "digest": layer, "size": component.len() }],
    }))?;
    Ok((config, manifest))
}

fn quoted(text: &str) -> &str {
    &text[..text.floor_char_boundary(QUOTED_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Digest, Layer, WASM, WASM_BEFORE, around, component};

    fn manifest(layers: &Value) -> Vec<u8> {
        serde_json::to_vec(&json!({ "schemaVersion": 2, "layers": layers })).unwrap()
    }

    fn layer(media_type: &str) -> Value {
        json!({ "mediaType": media_type, "digest": Digest::of(b"abc").to_string(), "size": 3 })
    }

    #[test]
    fn what_is_pushed_can_be_pulled_and_is_the_same_each_time() {
        let expected = Layer {
            digest: Digest::of(b"abc"),
            size: 3,
        };
        assert_eq!(component(&around(b"abc").unwrap().1).unwrap(), expected);
        assert_eq!(around(b"abc").unwrap(), around(b"abc").unwrap());
        for media_type in [WASM, WASM_BEFORE] {
            let found = component(&manifest(&json!([layer(media_type)])));
            assert_eq!(found.unwrap(), expected);
        }
    }

    #[test]
    fn an_artifact_that_is_no_component_says_what_it_is_instead() {
        let index = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"}"#;
        let mut wrong = layer(WASM);
        wrong["digest"] = "sha512:00".into();
        let mut negative = layer(WASM);
        negative["size"] = (-1).into();
        for (bytes, part) in [
            (index.to_vec(), "index"),
            (b"<html>".to_vec(), "cannot be read"),
            (b"".to_vec(), "cannot be read"),
            (br#"{"schemaVersion":1}"#.to_vec(), "not one artifact"),
            (manifest(&json!([])), "has 0 layers"),
            (manifest(&json!([layer(WASM), layer(WASM)])), "has 2 layers"),
            (manifest(&json!([layer("text/plain")])), "text/plain"),
            (manifest(&json!([layer(&"é".repeat(1000))])), "no component"),
            (manifest(&json!([wrong])), "something else than a digest"),
            (manifest(&json!([negative])), "cannot be read"),
        ] {
            let error = format!("{:#}", component(&bytes).unwrap_err());
            assert!(error.contains(part) && error.len() < 600, "{error}");
        }
    }
}

//! Components on their way from registries, and to them.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{Method, StatusCode};
use tokio::time::timeout;

use super::digest::Digest;
use super::manifest::{self, MANIFEST};
use super::reference::{Reference, Version};
use super::registry::{Ask, Registry, location, read, refusal};

/// Bytes of a manifest (OCI distribution specification, "Pushing manifests": registries take as many).
const MANIFEST_BYTES_MAX: usize = 4 << 20;

/// How long all of it may take: a component of 32 MiB at 1 Mbit/s.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(300);

const BLOB: &str = "application/octet-stream";

/// How a component begins, other than a core module (component model, "Binary Format").
const COMPONENT_PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";

/// A component that came from a registry, held to its digests.
pub struct Pulled {
    /// What names it for good: by the digest of its manifest.
    pub reference: Reference,
    /// The digest of the component.
    pub digest: Digest,
    /// Itself.
    pub component: Bytes,
}

/// Fetches a component of at most so many bytes.
///
/// # Errors
/// Where the registry cannot be reached, does not have it, or has something else; what is wrong, and
/// how to mend it.
pub async fn pull(reference: &Reference, component_bytes_max: usize) -> anyhow::Result<Pulled> {
    let pulled = timeout(TRANSFER_TIMEOUT, pull_whole(reference, component_bytes_max)).await;
    let pulled = pulled.with_context(|| format!("the registry took over {TRANSFER_TIMEOUT:?}"));
    let failed = || format!("{reference} was not pulled");
    pulled.and_then(|pulled| pulled).with_context(failed)
}

/// Puts a component into a registry under the tag of `reference`; answers what names it for good.
///
/// # Errors
/// Where it is no component, has no tag, or the registry does not take it.
pub async fn push(reference: &Reference, component: Bytes) -> anyhow::Result<Reference> {
    let pushed = timeout(TRANSFER_TIMEOUT, push_whole(reference, component)).await;
    let pushed = pushed.with_context(|| format!("the registry took over {TRANSFER_TIMEOUT:?}"));
    let failed = || format!("{reference} was not pushed");
    pushed.and_then(|pushed| pushed).with_context(failed)
}

async fn pull_whole(reference: &Reference, bytes_max: usize) -> anyhow::Result<Pulled> {
    let mut registry = Registry::of(reference, "pull");
    let manifest = fetch_manifest(&mut registry, reference).await?;
    let found = Digest::of(&manifest);
    if let Version::Digest(wanted) = reference.version {
        ensure!(
            found == wanted,
            "the registry sent a manifest with the digest {found}: it is at fault, or something on \
             the way is"
        );
    }
    let layer = manifest::component(&manifest)?;
    let size = usize::try_from(layer.size)
        .ok()
        .filter(|size| *size <= bytes_max);
    let Some(size) = size else {
        bail!(
            "the component has {} bytes, and {bytes_max} are allowed: make it smaller, or raise \
             `limits.component-bytes` of the hub",
            layer.size
        );
    };
    let path = blob_path(reference, layer.digest);
    let component = fetch_blob(&mut registry, path, size).await;
    let component = component.context("the component did not come")?;
    ensure!(
        component.len() == size && Digest::of(&component) == layer.digest,
        "the component is not the one that its manifest names ({} of {size} bytes, {}): the registry is \
         at fault, or something on the way is",
        component.len(),
        Digest::of(&component)
    );
    Ok(Pulled {
        reference: reference.pinned(found),
        digest: layer.digest,
        component,
    })
}

async fn fetch_manifest(registry: &mut Registry, reference: &Reference) -> anyhow::Result<Bytes> {
    let version = match &reference.version {
        Version::Tag(tag) => tag.clone(),
        Version::Digest(digest) => digest.to_string(),
    };
    let ask = Ask {
        target: format!("/v2/{}/manifests/{version}", reference.repository),
        accept: Some(MANIFEST),
        ..Ask::default()
    };
    let response = registry.get(ask).await?;
    match response.status() {
        StatusCode::OK => read(response.into_body(), MANIFEST_BYTES_MAX)
            .await
            .context("its manifest did not come"),
        StatusCode::NOT_FOUND => bail!(
            "{} has no such component: look at the name, and at what was pushed",
            reference.registry
        ),
        _ => Err(refusal(response).await),
    }
}

async fn fetch_blob(registry: &mut Registry, path: String, size: usize) -> anyhow::Result<Bytes> {
    let ask = Ask {
        target: path,
        ..Ask::default()
    };
    let response = registry.get(ask).await?;
    match response.status() {
        StatusCode::OK => read(response.into_body(), size).await,
        _ => Err(refusal(response).await),
    }
}

async fn push_whole(reference: &Reference, component: Bytes) -> anyhow::Result<Reference> {
    let Version::Tag(tag) = &reference.version else {
        bail!("a component is pushed under a tag; its digest comes of that");
    };
    ensure!(
        component.starts_with(COMPONENT_PREAMBLE),
        "the file is no component; `umbel policy check` tells what it is"
    );
    let (config, manifest) = manifest::around(&component)?;
    let mut registry = Registry::of(reference, "pull,push");
    push_blob(&mut registry, reference, component).await?;
    push_blob(&mut registry, reference, config.into()).await?;
    let digest = Digest::of(&manifest);
    let ask = Ask {
        method: Method::PUT,
        target: format!("/v2/{}/manifests/{tag}", reference.repository),
        content: Some((MANIFEST, manifest.into())),
        ..Ask::default()
    };
    let response = registry.ask(&ask).await?;
    match response.status() {
        StatusCode::CREATED => Ok(reference.pinned(digest)),
        _ => Err(refusal(response).await),
    }
}

/// Uploads some bytes in one go, unless they are there already.
async fn push_blob(
    registry: &mut Registry,
    reference: &Reference,
    bytes: Bytes,
) -> anyhow::Result<()> {
    let digest = Digest::of(&bytes);
    let look = Ask {
        method: Method::HEAD,
        target: blob_path(reference, digest),
        ..Ask::default()
    };
    if registry.ask(&look).await?.status() == StatusCode::OK {
        return Ok(());
    }
    let begin = Ask {
        method: Method::POST,
        target: format!("/v2/{}/blobs/uploads/", reference.repository),
        ..Ask::default()
    };
    let begun = registry.ask(&begin).await?;
    if begun.status() != StatusCode::ACCEPTED {
        return Err(refusal(begun).await);
    }
    let to = location(&begun)?;
    let joint = if to.contains('?') { '&' } else { '?' };
    let named = Serializer::new(String::new())
        .append_pair("digest", &digest.to_string())
        .finish();
    let whole = Ask {
        method: Method::PUT,
        content: Some((BLOB, bytes)),
        ..Ask::default()
    };
    let response = registry.put(&format!("{to}{joint}{named}"), whole).await?;
    match response.status() {
        StatusCode::CREATED => Ok(()),
        _ => Err(refusal(response).await),
    }
}

fn blob_path(reference: &Reference, digest: Digest) -> String {
    format!("/v2/{}/blobs/{digest}", reference.repository)
}

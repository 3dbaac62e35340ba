//! The name of a component in a registry.

use std::fmt;
use std::str::FromStr;

use http::uri::Authority;

use super::digest::{Digest, DigestError};

/// How a reference begins.
pub const SCHEME: &str = "oci://";

/// What is meant where neither a tag nor a digest is named, as with other tools.
const TAG: &str = "latest";

/// Bytes of a tag (OCI distribution specification, "Pulling manifests").
const TAG_BYTES_MAX: usize = 128;

/// Bytes of a repository's name: many clients take no longer one (same place).
const REPOSITORY_BYTES_MAX: usize = 255;

/// The name of a component in a registry: `oci://REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Host and port.
    pub registry: Authority,
    /// A path within the registry.
    pub repository: String,
    /// Which one of those that are there.
    pub version: Version,
}

/// Which component of a repository is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// The one that has this tag at the moment.
    Tag(String),
    /// The one whose manifest has this digest; always the same one.
    Digest(Digest),
}

/// Why a text names no component in a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It begins with something else, or has no repository.
    #[error("write it as oci://REGISTRY/REPOSITORY:TAG, or with @sha256:... in place of the tag")]
    Format,
    /// The part before the first slash.
    #[error("the registry is no host name or address, with or without a port")]
    Registry,
    /// The part after it.
    #[error(
        "a repository's name has parts of small letters and digits, with single . _ or - between \
         them, and slashes between the parts; at most {REPOSITORY_BYTES_MAX} bytes"
    )]
    Repository,
    /// The part behind the colon.
    #[error(
        "a tag has at most {TAG_BYTES_MAX} letters, digits, . _ or -, and begins with neither . nor -"
    )]
    Tag,
    /// The part behind the at sign.
    #[error("{0}")]
    Digest(#[from] DigestError),
}

impl Reference {
    /// The same repository, pinned to the manifest with this digest.
    pub fn pinned(&self, digest: Digest) -> Self {
        Self {
            version: Version::Digest(digest),
            ..self.clone()
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            registry,
            repository,
            version,
        } = self;
        match version {
            Version::Tag(tag) => write!(f, "{SCHEME}{registry}/{repository}:{tag}"),
            Version::Digest(digest) => write!(f, "{SCHEME}{registry}/{repository}@{digest}"),
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let rest = text.strip_prefix(SCHEME).ok_or(ReferenceError::Format)?;
        let (registry, rest) = rest.split_once('/').ok_or(ReferenceError::Format)?;
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse()?)),
            None => (rest, None),
        };
        let (repository, tag) = match rest.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (rest, None),
        };
        if registry.is_empty() || registry.contains('@') {
            return Err(ReferenceError::Registry);
        }
        let registry: Authority = registry.parse().map_err(|_| ReferenceError::Registry)?;
        let after_host = &registry.as_str()[registry.host().len()..];
        if !after_host.is_empty() && registry.port_u16().is_none_or(|port| port == 0) {
            return Err(ReferenceError::Registry);
        }
        if !is_repository(repository) {
            return Err(ReferenceError::Repository);
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(ReferenceError::Tag);
        }
        // A tag beside a digest is a note to people: the digest decides.
        let version = match digest {
            Some(digest) => Version::Digest(digest),
            None => Version::Tag(tag.unwrap_or(TAG).to_owned()),
        };
        Ok(Self {
            registry,
            repository: repository.to_owned(),
            version,
        })
    }
}

fn is_repository(name: &str) -> bool {
    name.len() <= REPOSITORY_BYTES_MAX && name.split('/').all(is_part)
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_part(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = part.split(plain).filter(|between| !between.is_empty());
    let separated = |s: &str| matches!(s, "." | "_" | "__") || s.chars().all(|c| c == '-');
    part.starts_with(plain) && part.ends_with(plain) && separators.into_iter().all(separated)
}

fn is_tag(tag: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let first = tag.chars().next().is_some_and(|c| !matches!(c, '.' | '-'));
    first && tag.len() <= TAG_BYTES_MAX && tag.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::super::digest::Digest;
    use super::{Reference, ReferenceError, Version};

    #[test]
    fn a_component_is_named_by_tag_or_by_digest() {
        let digest = Digest::of(b"abc");
        let tag = |tag: &str| Version::Tag(tag.to_owned());
        for (text, registry, repository, version) in [
            ("oci://r.example/a", "r.example", "a", tag("latest")),
            (
                "oci://r.example:5000/a/b_c.d--e:V1.2-x",
                "r.example:5000",
                "a/b_c.d--e",
                tag("V1.2-x"),
            ),
            ("oci://[::1]:5000/a:1", "[::1]:5000", "a", tag("1")),
            (
                &format!("oci://r/a@{digest}"),
                "r",
                "a",
                Version::Digest(digest),
            ),
            (
                &format!("oci://r/a:1@{digest}"),
                "r",
                "a",
                Version::Digest(digest),
            ),
        ] {
            let read: Reference = text.parse().unwrap();
            assert_eq!(
                (read.registry.as_str(), &*read.repository),
                (registry, repository)
            );
            assert_eq!(read.version, version, "{text}");
            assert_eq!(read.to_string().parse(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_says_why() {
        let long = format!("oci://r/{}", "a".repeat(256));
        let long_tag = format!("oci://r/a:{}", "a".repeat(129));
        for (text, error) in [
            ("https://r/a", ReferenceError::Format),
            ("oci://r", ReferenceError::Format),
            ("oci:///a", ReferenceError::Registry),
            ("oci://me@r/a", ReferenceError::Registry),
            ("oci://r r/a", ReferenceError::Registry),
            ("oci://r:65536/a", ReferenceError::Registry),
            ("oci://r:/a", ReferenceError::Registry),
            ("oci://r/", ReferenceError::Repository),
            ("oci://r/A", ReferenceError::Repository),
            ("oci://r/a//b", ReferenceError::Repository),
            ("oci://r/../b", ReferenceError::Repository),
            ("oci://r/a?b", ReferenceError::Repository),
            ("oci://r/a_._b", ReferenceError::Repository),
            (&long, ReferenceError::Repository),
            ("oci://r/a:", ReferenceError::Tag),
            ("oci://r/a:.b", ReferenceError::Tag),
            ("oci://r/a:b/c", ReferenceError::Tag),
            (&long_tag, ReferenceError::Tag),
            (
                "oci://r/a@sha256:ab",
                ReferenceError::Digest(super::DigestError),
            ),
        ] {
            assert_eq!(text.parse::<Reference>(), Err(error), "{text}");
        }
    }
}

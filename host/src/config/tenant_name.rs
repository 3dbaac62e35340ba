//! What a tenant is called.

use std::fmt;
use std::sync::Arc;

/// Characters of a name.
const CHARS_MAX: usize = 64;

/// What a tenant is called: it stands in paths, metrics and file names. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(Arc<str>);

/// Why a text is no name of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no name of a tenant")]
pub struct TenantNameError(String);

impl TenantName {
    /// Whose settings stand at the top of the file.
    pub fn default_tenant() -> Self {
        Self(umbel_hub::DEFAULT_TENANT.into())
    }

    /// The name in `text`: 1 to 64 of `a-z 0-9 . _ -`, the first a letter or digit, so that it is no
    /// `..` in a path and no hidden file.
    ///
    /// # Errors
    /// Where `text` is no such name.
    pub fn parse(text: &str) -> Result<Self, TenantNameError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let known = |c: char| plain(c) || "._-".contains(c);
        let is_name = text.starts_with(plain) && text.chars().all(known);
        if is_name && text.len() <= CHARS_MAX {
            Ok(Self(text.into()))
        } else {
            Err(TenantNameError(text.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is that of the tenant whose settings stand at the top of the file.
    pub fn is_default(&self) -> bool {
        self.as_str() == umbel_hub::DEFAULT_TENANT
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::TenantName;

    #[test]
    fn a_name_is_plain_and_short() {
        let long = "x".repeat(64);
        for text in ["a", "7", "news.example_2-b", &long] {
            assert_eq!(TenantName::parse(text).unwrap().as_str(), text);
        }
        let longer = "x".repeat(65);
        for text in ["", ".", "..", "-a", "_a", "A", "a/b", "a b", "é", &longer] {
            assert!(TenantName::parse(text).is_err(), "{text}");
        }
    }
}

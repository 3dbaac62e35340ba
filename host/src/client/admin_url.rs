//! Where the operator's listener of a hub is.

use std::str::FromStr;

use super::HubUrl;
use super::hub_url::HubUrlError;

/// Where the operator's listener of a hub is: `http://HOST[:PORT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminUrl(pub(super) HubUrl);

impl FromStr for AdminUrl {
    type Err = HubUrlError;

    fn from_str(text: &str) -> Result<Self, HubUrlError> {
        let path = text
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'));
        match path {
            Some((_, path)) if !path.is_empty() => Err(HubUrlError::Path),
            _ => text.parse().map(Self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AdminUrl, HubUrlError};

    #[test]
    fn the_listener_has_no_path() {
        for text in ["http://127.0.0.1:3001", "http://[::1]:3001/"] {
            assert!(text.parse::<AdminUrl>().is_ok(), "{text}");
        }
        for (text, error) in [
            ("http://127.0.0.1:3001/v1", HubUrlError::Path),
            ("https://127.0.0.1:3001", HubUrlError::Https),
            ("127.0.0.1:3001", HubUrlError::Format),
        ] {
            assert_eq!(text.parse::<AdminUrl>(), Err(error), "{text}");
        }
    }
}

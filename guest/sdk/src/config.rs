//! What the operator configured.

use serde::de::DeserializeOwned;

use crate::Settings;

/// The operator's configuration for this component, which is TOML, as `T`; the default where there is none. With
/// `#[serde(default, deny_unknown_fields)]` every key may be left out and none may be mistyped.
///
/// ```
/// use umbel_guest::{config, testing::settings};
///
/// #[derive(Debug, Default, PartialEq, serde::Deserialize)]
/// #[serde(default, deny_unknown_fields)]
/// struct Config {
///     chatter: Vec<String>,
/// }
///
/// let chatter = vec!["tick".to_owned()];
/// assert_eq!(config(&settings("chatter = [\"tick\"]")), Ok(Config { chatter }));
/// assert_eq!(config(&settings("")), Ok(Config::default()));
/// assert!(config::<Config>(&settings("chater = []")).is_err());
/// ```
///
/// # Errors
/// Where in the text something is wrong, and what, for the operator.
pub fn config<T: DeserializeOwned + Default>(settings: &Settings) -> Result<T, String> {
    if settings.config.trim().is_empty() {
        return Ok(T::default());
    }
    toml::from_str(&settings.config).map_err(|error| error.to_string().trim_end().to_owned())
}

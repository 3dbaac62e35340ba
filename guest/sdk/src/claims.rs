//! What the token of a subscriber says of it.

use serde::de::DeserializeOwned;

use crate::Subscriber;

/// The claims of the subscriber's verified token, as far as `T` names them. None for an anonymous one, where they
/// are of another shape, and for a policy that does not want `claims`.
///
/// The host has verified who signed them, not what they say: an optional field is an `Option`, and what is not
/// understood gives no right.
///
/// ```
/// use umbel_guest::{claims, testing::subscriber};
///
/// #[derive(serde::Deserialize)]
/// struct Claims {
///     plan: Option<String>,
/// }
///
/// let paying = subscriber(7).with_claims(r#"{"sub": "eva", "plan": "gold"}"#);
/// let plan = claims::<Claims>(&paying).and_then(|claims| claims.plan);
/// assert_eq!(plan.as_deref(), Some("gold"));
/// assert!(claims::<Claims>(&subscriber(8)).is_none());
/// ```
#[must_use]
pub fn claims<T: DeserializeOwned>(subscriber: &Subscriber) -> Option<T> {
    serde_json::from_str(&subscriber.claims).ok()
}

//! What stands behind the question mark.

use super::admin_error::AdminError;

/// The value of `name` in `query`; none where it is not there.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut values = pairs.filter(|(n, _)| n == name).map(|(_, value)| value);
    values.next().map(std::borrow::Cow::into_owned)
}

/// Whether `name` is set.
///
/// # Errors
/// Where it is something else than true or false.
pub(super) fn flag(query: &str, name: &'static str) -> Result<bool, AdminError> {
    match value(query, name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(AdminError::Query {
            name,
            what: "write true or false",
        }),
    }
}

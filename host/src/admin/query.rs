//! What stands behind the question mark.

use super::admin_error::AdminError;

/// Bytes of what is noted and shown again.
const NOTE_BYTES_MAX: usize = 1024;

/// The value of `name` in `query`; none where it is not there.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut values = pairs.filter(|(n, _)| n == name).map(|(_, value)| value);
    values.next().map(std::borrow::Cow::into_owned)
}

/// The value of `name`, which goes into records and to terminals.
///
/// # Errors
/// Where it is longer than [`NOTE_BYTES_MAX`], or holds anything but printable ASCII.
pub(super) fn note(query: &str, name: &'static str) -> Result<Option<String>, AdminError> {
    let is_note = |note: &str| {
        (1..=NOTE_BYTES_MAX).contains(&note.len()) && note.bytes().all(|b| b.is_ascii_graphic())
    };
    match value(query, name) {
        Some(note) if !is_note(&note) => Err(AdminError::Query {
            name,
            what: "write at most 1024 printable ASCII characters without spaces",
        }),
        note => Ok(note),
    }
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

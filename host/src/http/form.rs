//! `application/x-www-form-urlencoded`, read strictly.
//!
//! The WHATWG algorithm replaces what is not UTF-8; a hub must refuse it instead (protocol items 26
//! and 28), so the pairs are split here and decoded one by one.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// One `name=value`, still encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

/// A value is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8;

/// The pairs of `text`, in order; a name without `=` has an empty value (protocol item 7).
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    text.split(|&b| b == b'&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let at = part.iter().position(|&b| b == b'=');
            let (name, value) = at.map_or((part, &[][..]), |at| (&part[..at], &part[at + 1..]));
            Pair { name, value }
        })
}

impl Pair<'_> {
    /// The decoded name. It is only compared, so what is not UTF-8 may stay as it is.
    pub(crate) fn name(&self) -> Vec<u8> {
        decode(self.name)
    }

    /// The decoded value.
    ///
    /// # Errors
    /// Where it is not UTF-8.
    pub(crate) fn value(&self) -> Result<String, NotUtf8> {
        String::from_utf8(decode(self.value)).map_err(|_| NotUtf8)
    }

    /// The decoded value, with U+FFFD for what is not UTF-8.
    pub(crate) fn value_lossy(&self) -> String {
        String::from_utf8_lossy(&decode(self.value)).into_owned()
    }
}

fn decode(encoded: &[u8]) -> Vec<u8> {
    let spaced: Cow<'_, [u8]> = if encoded.contains(&b'+') {
        encoded
            .iter()
            .map(|&b| if b == b'+' { b' ' } else { b })
            .collect::<Vec<u8>>()
            .into()
    } else {
        encoded.into()
    };
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::{NotUtf8, pairs};

    fn read(text: &str) -> Vec<(String, Result<String, NotUtf8>)> {
        pairs(text.as_bytes())
            .map(|p| (String::from_utf8_lossy(&p.name()).into_owned(), p.value()))
            .collect()
    }

    #[test]
    fn pairs_are_split_and_decoded_in_order() {
        let want = [("a", "1 2"), ("b", ""), ("c", ""), ("a", "é=&"), ("", "x")];
        let want: Vec<_> = want
            .iter()
            .map(|(n, v)| ((*n).to_owned(), Ok((*v).to_owned())))
            .collect();
        assert_eq!(read("a=1+2&b&&c=&%61=%C3%A9%3d%26&=x"), want);
    }

    #[test]
    fn a_plus_that_was_encoded_stays_a_plus() {
        assert_eq!(read("a=1%2B2"), [("a".to_owned(), Ok("1+2".to_owned()))]);
    }

    #[test]
    fn what_is_not_utf8_is_told() {
        assert_eq!(read("a=%ff"), [("a".to_owned(), Err(NotUtf8))]);
        assert_eq!(
            pairs(b"a=%ff").next().map(|p| p.value_lossy()),
            Some("\u{fffd}".to_owned())
        );
    }

    #[test]
    fn a_stray_percent_is_itself() {
        assert_eq!(
            read("a=100%&b=%zz"),
            [
                ("a".to_owned(), Ok("100%".to_owned())),
                ("b".to_owned(), Ok("%zz".to_owned())),
            ]
        );
    }
}

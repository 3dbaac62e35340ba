//! What a component is configured with.

use super::reader::Reader;
use super::setting::{Value, to_toml_table};

const BYTES_MAX: usize = 1 << 20;

/// Reads the key `config` of `section`: the operator's text as it stands, a table as TOML; none where
/// nothing is said.
pub fn read(reader: &mut Reader<'_>, section: &str) -> Option<String> {
    let path = format!("{section}.config");
    let words = match &reader.get(&path)?.value {
        Value::Text(text) => text.clone(),
        Value::Table(table) => to_toml_table(table).to_string(),
        other => {
            let what = format!("a text or a table is needed, not {}", other.kind());
            let hint = format!("write it as [{}]", reader.key(&path));
            reader.fault(&path, what, hint);
            return None;
        }
    };
    if words.len() > BYTES_MAX {
        let what = format!("it has {} bytes; the limit is {BYTES_MAX}", words.len());
        reader.fault(&path, what, "");
    }
    Some(words)
}

//! Builds the components in this folder.

use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The exports of a policy, by the short names of this folder.
const EXPORTS: [(&str, &str); 6] = [
    ("configure", "umbel:hub/fan-out@0.1.0#configure"),
    ("join", "umbel:hub/fan-out@0.1.0#join"),
    ("leave", "umbel:hub/fan-out@0.1.0#leave"),
    ("route", "umbel:hub/fan-out@0.1.0#route"),
    ("select", "umbel:hub/fan-out@0.1.0#select"),
    ("overflow", "umbel:hub/queue-policy@0.1.0#overflow"),
];

/// The component of `tests/guests/NAME.wat`.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    component(&with_overrides(&read(name)))
}

/// The component of `polite.wat`.
pub(crate) fn polite() -> Vec<u8> {
    component(&read("polite"))
}

/// Wraps the text of a core module as a policy.
fn component(text: &str) -> Vec<u8> {
    let mut text = text.to_owned();
    for (short, long) in EXPORTS {
        text = text.replace(
            &format!("(export \"{short}\")"),
            &format!("(export \"{long}\")"),
        );
        text = text.replace(
            &format!("(export \"post-{short}\")"),
            &format!("(export \"cabi_post_{long}\")"),
        );
    }
    let mut module = wat::parse_str(&text).expect("a guest is valid text");
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(folder().join("../../wit"))
        .expect("wit/ is valid");
    let world = resolve
        .select_world(&[package], Some("dispatcher"))
        .expect("the world is there");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("the contract can be embedded");
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.validate(true).encode())
        .expect("a guest is a valid component")
}

fn with_overrides(fields: &str) -> String {
    let taken: Vec<String> = split(fields).iter().filter_map(|f| export_of(f)).collect();
    let polite = read("polite");
    let inner = polite
        .trim()
        .strip_prefix("(module")
        .and_then(|m| m.strip_suffix(')'));
    let kept: Vec<&str> = split(inner.expect("polite.wat is one module"))
        .into_iter()
        .filter(|f| export_of(f).is_none_or(|name| !taken.contains(&name)))
        .collect();
    format!("(module {}\n{fields})", kept.join("\n"))
}

/// The name that a field is exported by, where its export stands inline.
fn export_of(field: &str) -> Option<String> {
    let (_, rest) = field.split_once("(export \"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The fields of a module: its outermost parentheses. Knows line comments and strings.
fn split(text: &str) -> Vec<&str> {
    let (mut fields, mut depth, mut start) = (Vec::new(), 0, 0);
    let (mut in_text, mut in_comment) = (false, false);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' => in_comment = false,
            _ if in_comment => {}
            b'"' if bytes[at - 1] != b'\\' => in_text = !in_text,
            _ if in_text => {}
            b';' => in_comment = true,
            b'(' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    fields.push(&text[start..=at]);
                }
            }
            _ => {}
        }
    }
    fields
}

fn read(name: &str) -> String {
    let path = folder().join(format!("{name}.wat"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn folder() -> PathBuf {
    // Crates of the workspace lie one or two levels below its root.
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = above.find_map(|a| Some(a.join("tests/guests")).filter(|f| f.is_dir()));
    folder.expect("the folder of this file")
}

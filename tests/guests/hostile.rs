//! Builds the components in this folder.

use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// One world of the contract, and its exports by the short names of this folder.
struct World {
    name: &'static str,
    exports: &'static [(&'static str, &'static str)],
}

const ADMISSION: [(&str, &str); 2] = [
    ("admission-configure", "umbel:hub/admission@0.1.0#configure"),
    ("admit", "umbel:hub/admission@0.1.0#admit"),
];
const VIEWS: [(&str, &str); 4] = [
    ("views-configure", "umbel:hub/views@0.1.0#configure"),
    ("join", "umbel:hub/views@0.1.0#join"),
    ("leave", "umbel:hub/views@0.1.0#leave"),
    ("tailor", "umbel:hub/views@0.1.0#tailor"),
];

const WORLDS: [World; 4] = [
    World {
        name: "dispatcher",
        exports: &[
            ("configure", "umbel:hub/fan-out@0.1.0#configure"),
            ("join", "umbel:hub/fan-out@0.1.0#join"),
            ("leave", "umbel:hub/fan-out@0.1.0#leave"),
            ("route", "umbel:hub/fan-out@0.1.0#route"),
            ("select", "umbel:hub/fan-out@0.1.0#select"),
            ("overflow", "umbel:hub/queue-policy@0.1.0#overflow"),
        ],
    },
    World {
        name: "filter",
        exports: &[
            ADMISSION[0],
            ADMISSION[1],
            VIEWS[0],
            VIEWS[1],
            VIEWS[2],
            VIEWS[3],
        ],
    },
    World {
        name: "publish-filter",
        exports: &ADMISSION,
    },
    World {
        name: "view-filter",
        exports: &VIEWS,
    },
];

/// How a guest says of which world it is, where it is not the one of its folder.
const WORLD: &str = ";; world: ";

/// The component of `tests/guests/NAME.wat`: a filter where the name begins with `filters/`, else a
/// policy.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    match name.starts_with("filters/") {
        true => guest_over("filters/polite", "filter", name),
        false => guest_over("polite", "dispatcher", name),
    }
}

/// As [`guest`], of this world unless it names another, with this guest for what it does not say.
pub(crate) fn guest_over(base: &str, world: &str, name: &str) -> Vec<u8> {
    let fields = read(name);
    let named = fields.lines().find_map(|line| line.strip_prefix(WORLD));
    let name = named.unwrap_or(world);
    let world = WORLDS.iter().find(|w| w.name == name);
    let world = world.expect("the world is one of the contract");
    component(world, &with_overrides(world, &read(base), &fields))
}

/// Wraps the fields of a core module as a component of `world`.
fn component(world: &World, fields: &str) -> Vec<u8> {
    let mut text = format!("(module {fields})");
    for (short, long) in world.exports {
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
        .select_world(&[package], Some(world.name))
        .expect("the world is there");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("the contract can be embedded");
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.validate(true).encode())
        .expect("a guest is a valid component")
}

/// `helpers.wat` and what `base` has of `world`, except for what `fields` export themselves.
fn with_overrides(world: &World, base: &str, fields: &str) -> String {
    let taken: Vec<String> = split(fields).iter().filter_map(|f| export_of(f)).collect();
    let is_of_world = |name: &str| {
        let name = name.strip_prefix("post-").unwrap_or(name);
        world.exports.iter().any(|(short, _)| *short == name)
    };
    let helpers = read("helpers");
    let kept: Vec<&str> = split(&helpers)
        .into_iter()
        .chain(
            split(base)
                .into_iter()
                .filter(|f| export_of(f).is_some_and(|name| is_of_world(&name))),
        )
        .filter(|f| export_of(f).is_none_or(|name| !taken.contains(&name)))
        .collect();
    format!("{}\n{fields}", kept.join("\n"))
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

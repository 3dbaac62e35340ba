//! The configuration as written: file, then environment, then flags, each over the one before.

use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::environment::Environment;
use super::keys::{self, Kind, Unknown};
use super::setting::{Setting, Source, Table, Value};
use super::{Fault, Place};

/// Every variable of ours starts so.
const PREFIX: &str = "UMBEL_";

/// Kubernetes sets such variables for a service named `umbel`; they are none of ours.
const FOREIGN: [&str; 2] = ["SERVICE_", "PORT"];

/// A flag that sets a key.
#[derive(Clone, Debug)]
pub struct Override {
    /// As `--listen`.
    pub flag: &'static str,
    /// As `listen`.
    pub path: &'static str,
    /// What follows the flag.
    pub value: String,
}

/// The configuration as written, and what is wrong with it so far.
pub struct Written {
    /// Everything that was set.
    pub root: Table,
    /// The file, where one was read.
    pub file: Option<Arc<Path>>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

impl Written {
    /// Reads the three layers. Keys that are not known, or do nothing in this build, are faults.
    pub fn new(
        file: Option<(&Path, &str)>,
        environment: &dyn Environment,
        flags: &[Override],
    ) -> Self {
        let mut written = Self {
            root: Table::new(),
            file: None,
            faults: Vec::new(),
        };
        if let Some((path, text)) = file {
            written.read_file(path, text);
        }
        written.read_environment(environment);
        for flag in flags {
            written.set(flag.path, Place::Flag(flag.flag.to_owned()), &flag.value);
        }
        check_table("", &written.root, &mut written.faults);
        written
    }

    fn read_file(&mut self, path: &Path, text: &str) {
        let source = Source {
            file: path.into(),
            text,
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            self.faults.push(Fault {
                place: source.line(error.span().map_or(0, |span| span.start)),
                key: String::new(),
                what: format!("not TOML: {}", error.message()),
                hint: String::new(),
            });
        }
        self.root = source.table(table.get_ref());
        self.file = Some(source.file);
    }

    fn read_environment(&mut self, environment: &dyn Environment) {
        let mut variables = environment.variables();
        variables.sort();
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if FOREIGN.iter().any(|foreign| rest.starts_with(foreign)) {
                continue;
            }
            let path = rest.to_lowercase().replace("__", ".").replace('_', "-");
            self.set(&path, Place::Variable(name), &value);
        }
    }

    fn set(&mut self, path: &str, place: Place, text: &str) {
        let kind = keys::find(path).map_or(Kind::Text, |key| key.kind);
        let value = match read_text(kind, &place, text) {
            Ok(value) => value,
            Err(what) => {
                let (key, hint) = (path.to_owned(), "write it as in the file".to_owned());
                return self.faults.push(Fault {
                    place,
                    key,
                    what,
                    hint,
                });
            }
        };
        insert(&mut self.root, path, Setting { place, value });
    }
}

/// Puts `setting` in its section, which is made where it is missing or is something else.
fn insert(table: &mut Table, path: &str, setting: Setting) {
    let Some((section, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), setting);
        return;
    };
    let place = setting.place.clone();
    let entry = table.entry(section.to_owned()).or_insert_with(|| Setting {
        place,
        value: Value::Table(Table::new()),
    });
    if !matches!(entry.value, Value::Table(_)) {
        entry.value = Value::Table(Table::new());
    }
    if let Value::Table(inner) = &mut entry.value {
        insert(inner, rest, setting);
    }
}

/// What the text of a variable or flag means for a key of that kind.
fn read_text(kind: Kind, place: &Place, text: &str) -> Result<Value, String> {
    let as_text = || Value::Text(text.to_owned());
    Ok(match kind {
        Kind::Number => text.parse().map_or_else(|_| as_text(), Value::Number),
        Kind::Switch => text.parse().map_or_else(|_| as_text(), Value::Switch),
        Kind::List | Kind::Sections if text.trim_start().starts_with('[') => {
            return read_toml(place, text);
        }
        Kind::List => Value::List(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Setting {
                    place: place.clone(),
                    value: part
                        .parse()
                        .map_or_else(|_| Value::Text(part.to_owned()), Value::Number),
                })
                .collect(),
        ),
        _ => as_text(),
    })
}

fn read_toml(place: &Place, text: &str) -> Result<Value, String> {
    let line = format!("value = {text}");
    let table: toml::Table =
        toml::from_str(&line).map_err(|error| format!("not TOML: {}", error.message()))?;
    Ok(table
        .get("value")
        .map_or_else(|| Value::Text(String::new()), |v| from_toml(place, v)))
}

fn from_toml(place: &Place, value: &toml::Value) -> Value {
    let setting = |value| Setting {
        place: place.clone(),
        value: from_toml(place, value),
    };
    match value {
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Integer(number) => Value::Number(*number),
        toml::Value::Boolean(on) => Value::Switch(*on),
        toml::Value::Array(list) => Value::List(list.iter().map(setting).collect()),
        toml::Value::Table(table) => {
            Value::Table(table.iter().map(|(k, v)| (k.clone(), setting(v))).collect())
        }
        other => Value::Other(other.clone()),
    }
}

fn check_table(section: &str, table: &Table, faults: &mut Vec<Fault>) {
    for (name, setting) in table {
        let path = if section.is_empty() {
            name.clone()
        } else {
            format!("{section}.{name}")
        };
        check_setting(&path, setting, faults);
    }
}

fn check_setting(path: &str, setting: &Setting, faults: &mut Vec<Fault>) {
    let mut fault = |what: &str, hint| {
        let (place, what) = (setting.place.clone(), what.to_owned());
        faults.push(Fault {
            place,
            key: path.to_owned(),
            what,
            hint,
        });
    };
    let key = match keys::find(path) {
        Ok(key) => key,
        Err(Unknown::Nowhere) => return fault("no such key", keys::hint(path)),
        Err(Unknown::NotOfATenant) => {
            return fault("no setting of a tenant", keys::process_hint(path));
        }
    };
    match (key.kind, &setting.value) {
        (Kind::Later, _) => {
            fault(
                "not supported by this build yet",
                "remove it for now".to_owned(),
            );
        }
        (Kind::Section, Value::Table(table)) => check_table(path, table, faults),
        (Kind::Section, _) => fault("a section is needed", format!("write it as [{path}]")),
        (Kind::Sections, Value::List(list)) => {
            for element in list {
                match &element.value {
                    Value::Table(table) => check_table(path, table, faults),
                    other => faults.push(Fault {
                        place: element.place.clone(),
                        key: path.to_owned(),
                        what: format!("a section is needed, not {}", other.kind()),
                        hint: format!("write it as [[{path}]]"),
                    }),
                }
            }
        }
        (Kind::Sections, _) => fault(
            "a list of sections is needed",
            format!("write it as [[{path}]]"),
        ),
        _ => {}
    }
}

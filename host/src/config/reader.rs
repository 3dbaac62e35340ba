//! Takes settings out of what was written, one by one, and notes what is wrong with each.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::amount::{AmountError, parse_bytes, parse_duration, parse_percent, parse_rate};
use super::files::{FileStamp, Files};
use super::setting::{Setting, Table, Value};
use super::{Fault, Place};

/// Takes settings out of one table of what was written. A setting that is wrong is noted and read as
/// its default, so that every fault is found in one go.
pub struct Reader<'a> {
    table: &'a Table,
    /// What keys of this table start with, as `mercure.issuer.`; empty at the root.
    prefix: String,
    /// What faults of a missing key are placed at.
    home: Place,
    faults: &'a mut Vec<Fault>,
    files: &'a mut Files,
}

impl<'a> Reader<'a> {
    /// A reader of the root.
    pub fn new(
        table: &'a Table,
        file: Option<&Arc<Path>>,
        faults: &'a mut Vec<Fault>,
        files: &'a mut Files,
    ) -> Self {
        let home = file.map_or(Place::Nowhere, |file| Place::File(file.clone()));
        Self {
            table,
            prefix: String::new(),
            home,
            faults,
            files,
        }
    }

    /// Reads each element of the array of tables `path` with `read`; what is no table was noted before.
    pub fn each<T>(
        &mut self,
        path: &str,
        mut read: impl FnMut(&mut Reader<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(Setting {
            value: Value::List(list),
            ..
        }) = self.get(path)
        else {
            return Vec::new();
        };
        let mut all = Vec::new();
        let prefix = format!("{}.", self.key(path));
        for element in list {
            let Value::Table(table) = &element.value else {
                continue;
            };
            // The header of an array element has no span of its own: its first key stands for it.
            let home = table
                .values()
                .map(|s| &s.place)
                .min()
                .unwrap_or(&element.place)
                .clone();
            all.extend(read(&mut Reader {
                table,
                prefix: prefix.clone(),
                home,
                faults: self.faults,
                files: self.files,
            }));
        }
        all
    }

    /// The setting at the dotted `path`.
    pub fn get(&self, path: &str) -> Option<&'a Setting> {
        let mut table = self.table;
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            let setting = table.get(part)?;
            match &setting.value {
                _ if parts.peek().is_none() => return Some(setting),
                Value::Table(inner) => table = inner,
                _ => return None,
            }
        }
        None
    }

    /// Notes what is wrong with the setting at `path`, or with there being none.
    pub fn fault(&mut self, path: &str, what: impl Display, hint: impl Display) {
        self.fault_at(self.place(path), path, what, hint);
    }

    /// Where the setting at `path` stands; where there is none, where it would belong.
    pub fn place(&self, path: &str) -> Place {
        match (self.get(path), path.rsplit_once('.')) {
            (Some(setting), _) => setting.place.clone(),
            (None, Some((section, _))) => self.place(section),
            (None, None) => self.home.clone(),
        }
    }

    /// The whole key of `path`, as faults name it.
    pub fn key(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Notes what is wrong with what stands at `place`.
    pub fn fault_at(&mut self, place: Place, path: &str, what: impl Display, hint: impl Display) {
        let key = self.key(path);
        self.faults.push(Fault {
            place,
            key,
            what: what.to_string(),
            hint: hint.to_string(),
        });
    }

    /// A text, or none.
    pub fn text(&mut self, path: &str) -> Option<&'a str> {
        let setting = self.get(path)?;
        match &setting.value {
            Value::Text(text) => Some(text),
            other => {
                self.fault(
                    path,
                    format!("a text is needed, not {}", other.kind()),
                    "quote it",
                );
                None
            }
        }
    }

    /// A text that `parse` takes, or none.
    pub fn parsed<T, E: Display>(
        &mut self,
        path: &str,
        hint: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(path)?;
        parse(text)
            .map_err(|error| self.fault(path, error, hint))
            .ok()
    }

    /// A path; a relative one starts where the setting stands.
    pub fn path(&mut self, path: &str) -> Option<PathBuf> {
        let place = self.get(path)?.place.clone();
        self.text(path).map(|text| place.base().join(text))
    }

    /// The path of a file that is about to be read, and the state that it is in.
    pub fn file(&mut self, path: &str) -> Option<(PathBuf, FileStamp)> {
        let file = self.path(path)?;
        let stamp = self.files.note(&file);
        Some((file, stamp))
    }

    /// `true` or `false`.
    pub fn switch(&mut self, path: &str, default: bool) -> bool {
        match self.get(path).map(|setting| &setting.value) {
            None => default,
            Some(Value::Switch(on)) => *on,
            Some(_) => {
                self.fault(
                    path,
                    "neither true nor false",
                    "write true or false, without quotes",
                );
                default
            }
        }
    }

    /// A whole number within `range`.
    pub fn count(&mut self, path: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        match self.get(path).map(|setting| &setting.value) {
            None => default,
            Some(Value::Number(number)) => {
                let within = u64::try_from(*number).ok().filter(|n| range.contains(n));
                self.within(path, within, default, (range.start(), range.end()))
            }
            Some(other) => {
                let what = format!("a whole number is needed, not {}", other.kind());
                self.fault(path, what, "write it without quotes or unit");
                default
            }
        }
    }

    /// A size within `range`, in bytes.
    pub fn bytes(&mut self, path: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let hint = "write it as 4096 or \"1MiB\"";
        self.amount(path, default, range, ("a size", hint), parse_bytes)
    }

    /// A rate within `range`, per second.
    pub fn rate(&mut self, path: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let hint = "write it as \"100/s\", or 0 for no limit";
        self.amount(path, default, range, ("a rate", hint), parse_rate)
    }

    /// A share within `range`, in percent.
    pub fn percent(&mut self, path: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let hint = "write it as \"25%\"";
        let text = self.parsed(path, hint, parse_percent);
        let within = text.map(|percent| Some(percent).filter(|p| range.contains(p)));
        within.map_or(default, |within| {
            self.within(path, within, default, (range.start(), range.end()))
        })
    }

    /// A number, or a text that `parse` takes.
    fn amount(
        &mut self,
        path: &str,
        default: u64,
        range: RangeInclusive<u64>,
        (needed, hint): (&str, &str),
        parse: impl FnOnce(&str) -> Result<u64, AmountError>,
    ) -> u64 {
        let read = match self.get(path).map(|setting| &setting.value) {
            None => return default,
            Some(Value::Number(number)) => u64::try_from(*number).map_err(|e| e.to_string()),
            Some(Value::Text(text)) => parse(text).map_err(|e| e.to_string()),
            Some(other) => Err(format!("{needed} is needed, not {}", other.kind())),
        };
        match read {
            Ok(amount) => {
                let within = Some(amount).filter(|n| range.contains(n));
                self.within(path, within, default, (range.start(), range.end()))
            }
            Err(what) => {
                self.fault(path, what, hint);
                default
            }
        }
    }

    /// A duration within `range`.
    pub fn duration(
        &mut self,
        path: &str,
        default: Duration,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let read = match self.get(path).map(|setting| &setting.value) {
            None => return default,
            Some(Value::Text(text)) => parse_duration(text).map_err(|e| e.to_string()),
            Some(other) => Err(format!("a duration is needed, not {}", other.kind())),
        };
        match read {
            Ok(duration) => {
                let within = Some(duration).filter(|d| range.contains(d));
                let (start, end) = (format!("{:?}", range.start()), format!("{:?}", range.end()));
                self.within(path, within, default, (&start, &end))
            }
            Err(what) => {
                self.fault(
                    path,
                    what,
                    "write it as \"100ms\", \"10s\", \"5m\" or \"24h\"",
                );
                default
            }
        }
    }

    /// The elements of a list; none where there is no list.
    pub fn list(&mut self, path: &str) -> Option<&'a [Setting]> {
        match &self.get(path)?.value {
            Value::List(list) => Some(list),
            other => {
                let what = format!("a list is needed, not {}", other.kind());
                self.fault(path, what, "write it in brackets, as [\"a\", \"b\"]");
                None
            }
        }
    }

    /// The texts of a list that `is_sound`, where there is a list; what else is in it is a fault.
    pub fn texts(
        &mut self,
        path: &str,
        hint: &str,
        is_sound: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        for setting in self.list(path)? {
            match &setting.value {
                Value::Text(text) if is_sound(text) => texts.push(text.clone()),
                Value::Text(text) => {
                    self.fault_at(setting.place.clone(), path, format!("not \"{text}\""), hint);
                }
                other => {
                    let what = format!("a text is needed, not {}", other.kind());
                    self.fault_at(setting.place.clone(), path, what, hint);
                }
            }
        }
        Some(texts)
    }

    fn within<T, B: Display>(
        &mut self,
        path: &str,
        value: Option<T>,
        default: T,
        (start, end): (B, B),
    ) -> T {
        value.unwrap_or_else(|| {
            self.fault(
                path,
                format!("outside of {start} to {end}"),
                "choose one within",
            );
            default
        })
    }
}

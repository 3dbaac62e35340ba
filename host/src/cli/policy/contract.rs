//! The contract as it is written: which line of it something is about.

use std::fmt;

use serde::Serialize;
use umbel_engine::LoadError;

/// Where the files are, in the repository and in a new project.
pub(super) const FOLDER: &str = "wit";

/// The files of the contract, by their names.
pub(super) const FILES: [(&str, &str); 3] = [
    ("types.wit", include_str!("../../../../wit/types.wit")),
    ("dispatcher.wit", DISPATCHER),
    ("filter.wit", include_str!("../../../../wit/filter.wit")),
];

const DISPATCHER: &str = include_str!("../../../../wit/dispatcher.wit");

/// A line of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    file: &'static str,
    line: usize,
    text: &'static str,
}

/// The line of the policy's part that has these words.
pub(super) fn phrase(words: &str) -> Option<Line> {
    lines("dispatcher.wit", DISPATCHER).find(|line| line.text.contains(words))
}

/// The line that `error` is about, where it is about one.
pub(super) fn broken(error: &LoadError) -> Option<Line> {
    match error {
        LoadError::MissingExport { name, .. } => export(name),
        LoadError::WrongType { export: name, .. } => export(name),
        // Neither world imports anything but types.
        LoadError::Imports(_) => phrase("world dispatcher {"),
        _ => None,
    }
}

/// The line of `umbel:hub/INTERFACE@VERSION`, or of `#FUNCTION` in it.
fn export(name: &str) -> Option<Line> {
    let (interface, function) = name.split_once('#').unwrap_or((name, ""));
    let interface = interface.split_once('/')?.1.split('@').next()?;
    let begin = format!("interface {interface} {{");
    let of_file = |(file, text)| lines(file, text).skip_while(|l| !l.text.starts_with(&begin));
    let mut rest = FILES.into_iter().flat_map(of_file);
    let first = rest.next()?;
    if function.is_empty() {
        return Some(first);
    }
    let begin = format!("{function}: func(");
    rest.find(|line| line.text.starts_with(&begin))
}

fn lines(file: &'static str, text: &'static str) -> impl Iterator<Item = Line> {
    text.lines().zip(1..).map(move |(text, line)| Line {
        file,
        line,
        text: text.trim(),
    })
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, text } = self;
        write!(f, "{FOLDER}/{file}:{line}: {text}")
    }
}

#[cfg(test)]
mod tests {
    use super::{export, phrase};

    #[test]
    fn an_export_is_found_in_its_own_interface() {
        let found = |name: &str| export(name).unwrap().to_string();
        for (name, end) in [
            ("umbel:hub/views@0.1.0", "interface views {"),
            (
                "umbel:hub/views@0.1.0#join",
                "join: func(subscribers: list<subscriber>);",
            ),
            (
                "umbel:hub/admission@0.1.0#configure",
                "configure: func(settings: settings) -> result<profile, string>;",
            ),
        ] {
            let line = found(name);
            assert!(
                line.starts_with("wit/filter.wit:") && line.ends_with(end),
                "{line}"
            );
        }
        assert!(found("umbel:hub/fan-out@0.1.0#join").starts_with("wit/dispatcher.wit:"));
        assert_eq!(export("umbel:hub/fan-out@0.1.0#nothing"), None);
        assert_eq!(export("f"), None);
    }

    #[test]
    fn words_of_the_contract_are_found() {
        assert_eq!(phrase("overflow: func(").unwrap().file, "dispatcher.wit");
        assert_eq!(phrase("overflows: func("), None);
    }
}

//! Real input: a week of earthquakes.

/// One earthquake: its line, and the fields that tests route by.
#[derive(Clone, Debug)]
pub(crate) struct Quake {
    pub(crate) line: String,
    pub(crate) id: String,
    pub(crate) net: String,
}

/// The week, oldest first.
pub(crate) fn quakes() -> Vec<Quake> {
    let text = include_str!("../../data/quakes.jsonl");
    let quake = |line: &str| {
        let fields: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let field = |name: &str| fields[name].as_str().expect("a text").to_owned();
        Quake {
            line: line.to_owned(),
            id: field("id"),
            net: field("net"),
        }
    };
    text.lines().map(quake).collect()
}

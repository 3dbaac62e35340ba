//! The table that is printed.

use std::fmt::Write;

use crate::measure::Measured;

/// A line: what it is about, its unit, how it is found.
type Line = (&'static str, &'static str, fn(&Measured) -> f64);

const LINES: [Line; 12] = [
    ("file", "MB", |m| m.size_bytes / 1e6),
    ("compiling, CPU", "ms", |m| m.compile_ms),
    ("compiling, peak memory", "MiB", |m| m.compile_peak_mib),
    ("loading what was compiled", "ms", |m| m.load_ms),
    ("an instance, configured", "µs", |m| m.start),
    ("join, median", "µs", |m| m.join),
    ("join, p99", "µs", |m| m.join_p99),
    ("route to 10,000", "µs", |m| m.route_all),
    ("route to 1", "µs", |m| m.route_one),
    ("select of 256 events", "µs", |m| m.select),
    ("memory, nobody joined", "MiB", |m| m.memory_empty_mib),
    ("memory, 10,000 joined", "MiB", |m| m.memory_mib),
];

/// A column for each component, in Markdown; behind each figure its ratio to that of the first one.
pub(crate) fn table(columns: &[(String, Measured)]) -> String {
    let mut text = String::from("| |");
    for (name, _) in columns {
        _ = write!(text, " {name} |");
    }
    _ = write!(text, "\n|---|{}\n", "---|".repeat(columns.len()));
    let (_, first) = &columns[0];
    for (what, unit, find) in LINES {
        _ = write!(text, "| {what}, {unit} |");
        for (at, (_, measured)) in columns.iter().enumerate() {
            let (figure, base) = (find(measured), find(first));
            _ = match at {
                0 => write!(text, " {} |", short(figure)),
                _ => write!(text, " {} ({}x) |", short(figure), short(figure / base)),
            };
        }
        text.push('\n');
    }
    text
}

/// Two digits that count, or whole numbers.
fn short(figure: f64) -> String {
    match figure {
        f if f < 1.0 => format!("{f:.2}"),
        f if f < 10.0 => format!("{f:.1}"),
        f => format!("{f:.0}"),
    }
}

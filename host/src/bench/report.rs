//! An outcome as one HTML file that needs nothing else: no script, no font, no other file.

mod escape;
mod plot;
mod plots;
mod scale;

use super::outcome::Outcome;
use super::table::{Table, tables};
use escape::escape;
use plots::plots;

const STYLE: &str = include_str!("report/style.css");

/// The report of an outcome. `command` is what was run.
pub fn page(outcome: &Outcome, command: &str) -> String {
    let hub = escape(&outcome.settings.hub);
    let fault = outcome.fault().map(|fault| {
        let fault = escape(&fault);
        format!("<p class=\"fault\"><strong>Failed</strong>: {fault}</p>\n")
    });
    let tables: String = tables(outcome).iter().map(table).collect();
    let plots: String = plots(outcome).iter().map(plot::Plot::figure).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>umbel bench: {hub}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>umbel bench</h1>\n<pre>{}</pre>\n{}{tables}{plots}<p>{}</p>\n</body>\n</html>\n",
        escape(command),
        fault.unwrap_or_default(),
        escape(how_it_was_measured(outcome)),
    )
}

/// What a reader has to know to compare two reports.
fn how_it_was_measured(outcome: &Outcome) -> &'static str {
    if outcome.settings.window.is_some() {
        "Closed loop: an event is published once there is room in the window, and its latency counts from then. \
         A hub that stalls is asked for less meanwhile, so that a stall counts once: compare throughput, and \
         take latencies under load from an open loop (--rate)."
    } else {
        "Open loop: latencies count from the time at which an event was due, not from when it was sent. A hub \
         that stalls has the wait of everything that was due meanwhile counted against it."
    }
}

fn table(table: &Table) -> String {
    let cells = |tag: &str, cells: &[String]| -> String {
        let cell = |cell: &String| format!("<{tag}>{}</{tag}>", escape(cell));
        cells.iter().map(cell).collect()
    };
    let row = |row: &Vec<String>| {
        let (name, values) = row.split_at(1.min(row.len()));
        let (name, values) = (cells("th", name), cells("td", values));
        format!("<tr>{name}{values}</tr>\n")
    };
    let rows: String = table.rows.iter().map(row).collect();
    format!(
        "<table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        cells("th", &table.head)
    )
}

#[cfg(test)]
mod tests;

//! An outcome in words and numbers, for people.

use super::latency::Quantiles;
use super::outcome::{Outcome, Received, Settings};

/// Rows under a head. The first column names, the others hold numbers or words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// One name a column.
    pub head: Vec<String>,
    /// As many cells each as the head.
    pub rows: Vec<Vec<String>>,
}

/// An outcome as tables: the run, its latencies, what was received.
pub fn tables(outcome: &Outcome) -> [Table; 3] {
    [
        Table::new(&["run", ""], facts(outcome)),
        Table::new(
            &["milliseconds", "count", "p50", "p90", "p99", "p99.9", "max"],
            latencies(outcome),
        ),
        received(outcome),
    ]
}

/// The tables as plain text.
pub fn text(outcome: &Outcome) -> String {
    tables(outcome).map(|table| table.text()).join("\n")
}

fn facts(outcome: &Outcome) -> Vec<Vec<String>> {
    let Outcome {
        settings,
        events,
        warm_up_events,
        refused,
        ..
    } = outcome;
    let cpu = 100.0 * outcome.generator_cpu_share;
    let busy = match outcome.generator_was_busy() {
        true => ": it may have been the limit, not the hub",
        false => "",
    };
    let bytes = outcome.fast.bytes + outcome.slow.as_ref().map_or(0, |slow| slow.bytes);
    let fact = |name: &str, value: String| vec![name.to_owned(), value];
    vec![
        fact("hub", settings.hub.clone()),
        fact("settings", in_words(settings)),
        fact("connected in", format!("{:.3} s", outcome.connect_seconds)),
        fact(
            "events",
            format!("{events}, of which {warm_up_events} in the warm-up; {refused} refused"),
        ),
        fact(
            "deliveries",
            format!("{:.1}/s", outcome.deliveries_per_second),
        ),
        fact("bytes", bytes.to_string()),
        fact("generator CPU", format!("{cpu:.0} % of one core{busy}")),
    ]
}

fn in_words(settings: &Settings) -> String {
    let pace = match (settings.events_per_second, settings.window) {
        (Some(rate), _) => format!("{rate} events/s"),
        (None, window) => format!("window {}", window.unwrap_or_default()),
    };
    let s = if settings.topics == 1 { "" } else { "s" };
    format!(
        "{} subscribers ({}% slow), {} topic{s}, {pace}, {} bytes, {} s after {} s of warm-up",
        settings.subscribers,
        settings.slow_percent,
        settings.topics,
        settings.size_bytes,
        settings.duration_seconds,
        settings.warm_up_seconds
    )
}

fn latencies(outcome: &Outcome) -> Vec<Vec<String>> {
    let slow = outcome.slow.as_ref().map(|slow| slow.latency_ms);
    let mut rows = vec![
        latency("connect", outcome.connect_ms),
        latency("publish", outcome.publish_ms),
        latency("delivery", outcome.fast.latency_ms),
    ];
    rows.extend(slow.map(|found| latency("delivery, slow", found)));
    rows
}

fn latency(name: &str, found: Option<Quantiles>) -> Vec<String> {
    let Some(found) = found else {
        return [name, "0", "-", "-", "-", "-", "-"]
            .map(str::to_owned)
            .into();
    };
    let Quantiles {
        p50,
        p90,
        p99,
        p99_9,
        max,
        count,
    } = found;
    let mut row = vec![name.to_owned(), count.to_string()];
    row.extend([p50, p90, p99, p99_9, max].map(|ms| format!("{ms:.3}")));
    row
}

fn received(outcome: &Outcome) -> Table {
    let groups: Vec<&Received> = [Some(&outcome.fast), outcome.slow.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let row = |name: &str, of: fn(&Received) -> u64| {
        let cells = groups.iter().map(|group| of(group).to_string());
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    let rows = vec![
        row("subscribers", |r| r.subscribers as u64),
        row("expected", |r| r.expected),
        row("delivered", |r| r.deliveries),
        row("lost", |r| r.lost),
        row("duplicated", |r| r.duplicated),
        row("reordered", |r| r.reordered),
        row("gaps told", |r| r.gaps),
        row("events in gaps", |r| r.gap_events),
        row("unexpected", |r| r.unexpected),
        row("disconnected", |r| r.disconnected),
        row("bytes", |r| r.bytes),
    ];
    Table::new(&["received", "fast", "slow"][..=groups.len()], rows)
}

impl Table {
    fn new(head: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self {
            head: head.iter().map(|&name| name.to_owned()).collect(),
            rows,
        }
    }

    /// Names to the left, numbers to the right; words, which no head names, to the left.
    fn text(&self) -> String {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width = |column: usize| {
            let cells = lines().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let words = self.head.last().is_some_and(String::is_empty);
        let mut text = String::new();
        for line in lines() {
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                text += &match column {
                    0 => format!("{cell:width$}"),
                    _ if words => format!("  {cell}"),
                    _ => format!("  {cell:>width$}"),
                };
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, tables, text};
    use crate::bench::outcome::sample::outcome;

    #[test]
    fn columns_are_aligned() {
        let rows = [["fast", "12"], ["slow and long", "3"]];
        let rows = rows.map(|row| row.map(str::to_owned).into()).into();
        let table = Table::new(&["who", "count"], rows);
        let expected = "who            count\nfast              12\nslow and long      3\n";
        assert_eq!(table.text(), expected);
    }

    #[test]
    fn slow_readers_are_told_apart_where_there_are_any() {
        let all = text(&outcome("0"));
        assert!(!all.contains("delivery, slow"), "{all}");
        let all = text(&outcome("50"));
        for words in ["delivery, slow", "fast  slow", "20 events/s", "(50% slow)"] {
            assert!(all.contains(words), "no {words:?} in {all}");
        }
        for table in tables(&outcome("50")) {
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
        }
    }

    #[test]
    fn a_generator_that_was_busy_is_not_kept_quiet() {
        let mut outcome = outcome("0");
        assert!(!text(&outcome).contains("the limit"));
        outcome.generator_cpu_share = 0.97;
        assert!(text(&outcome).contains("97 % of one core: it may have been the limit"));
    }
}

//! How far a run is, for a terminal.

use std::cell::Cell;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use crate::bench::{Phase, Progress};

/// How often it is drawn at most.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// Steps that it is wide.
const WIDTH: u8 = 30;

/// A bar on a terminal; nothing anywhere else.
pub struct Bar {
    terminal: bool,
    drawn: Cell<Option<Instant>>,
}

impl Bar {
    /// Nothing is drawn yet.
    pub fn new() -> Self {
        Self {
            terminal: stderr().is_terminal(),
            drawn: Cell::new(None),
        }
    }

    /// Draws it anew, unless that was done just now.
    pub fn draw(&self, progress: Progress) {
        let fresh = |drawn: Instant| drawn.elapsed() < DRAW_EVERY;
        if !self.terminal || self.drawn.get().is_some_and(fresh) {
            return;
        }
        self.drawn.set(Some(Instant::now()));
        _ = write!(stderr(), "\r\x1b[K{}", line(progress));
    }

    /// Takes it away.
    pub fn clear(&self) {
        if self.drawn.take().is_some() {
            _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

fn line(progress: Progress) -> String {
    let done = progress.fraction;
    let phase = match progress.phase {
        Phase::Connecting => "connecting",
        Phase::Publishing => "publishing",
        Phase::Draining => "draining",
    };
    let bar: String = (0..WIDTH)
        .map(|step| f64::from(step) / f64::from(WIDTH) < done)
        .map(|full| if full { '#' } else { '.' })
        .collect();
    let (percent, deliveries) = (100.0 * done, progress.deliveries);
    format!("{phase:10} [{bar}] {percent:3.0} %  {deliveries} deliveries")
}

#[cfg(test)]
mod tests {
    use super::{Phase, Progress, line};

    #[test]
    fn a_bar_fills_from_left_to_right() {
        let drawn = |fraction| {
            line(Progress {
                phase: Phase::Draining,
                fraction,
                deliveries: 7,
            })
        };
        let half = "draining   [###############...............]  50 %  7 deliveries";
        assert_eq!(drawn(0.5), half);
        assert_eq!(drawn(0.0).matches('#').count(), 0);
        assert_eq!(drawn(1.0).matches('.').count(), 0);
    }
}

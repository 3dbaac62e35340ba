//! One after the other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lets one caller work at a time, and a bounded number wait.
#[derive(Default)]
pub(crate) struct Turns {
    turn: Mutex<()>,
    /// Those who work or wait.
    present: AtomicUsize,
}

/// The right to work.
pub(crate) struct Turn<'a> {
    _present: Present<'a>,
    _turn: MutexGuard<'a, ()>,
}

/// Leaves when it is dropped.
struct Present<'a>(&'a AtomicUsize);

impl Turns {
    /// Waits for a turn, unless `waiting_max` others wait already: then answers how many do.
    pub(crate) fn wait(&self, waiting_max: usize) -> Result<Turn<'_>, usize> {
        let before = self.present.fetch_add(1, Ordering::SeqCst);
        let present = Present(&self.present);
        // One of those who were there before works.
        if before > waiting_max {
            return Err(before - 1);
        }
        Ok(Turn {
            _present: present,
            // What it guards is nobody's data: a panic has left nothing half done.
            _turn: self.turn.lock().unwrap_or_else(PoisonError::into_inner),
        })
    }
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::Turns;

    #[test]
    fn one_works_at_a_time() {
        let (turns, working) = (Turns::default(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let turn = turns.wait(8).unwrap();
                        assert_eq!(working.fetch_add(1, Ordering::SeqCst), 0);
                        thread::yield_now();
                        working.fetch_sub(1, Ordering::SeqCst);
                        drop(turn);
                    }
                });
            }
        });
    }

    #[test]
    fn who_would_be_one_too_many_is_sent_away_at_once() {
        let turns = Turns::default();
        let first = turns.wait(0).unwrap();
        assert_eq!(turns.wait(0).map(drop), Err(0));
        thread::scope(|scope| {
            let second = scope.spawn(|| turns.wait(1).map(drop));
            while turns.present.load(Ordering::SeqCst) < 2 {
                thread::yield_now();
            }
            assert_eq!(turns.wait(1).map(drop), Err(1));
            drop(first);
            assert_eq!(second.join().unwrap(), Ok(()));
        });
        assert!(turns.wait(0).is_ok());
    }
}

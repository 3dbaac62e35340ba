//! Events on their way, and whether each stream gets its own, in order.

use std::cell::{Cell, RefCell};

use tokio::sync::Notify;

use crate::load::Load;

/// What publisher and streams share, on one thread.
pub(crate) struct Flight {
    load: Load,
    /// How many still wait for each event.
    waiting: RefCell<Vec<usize>>,
    open: Cell<usize>,
    deliveries: Cell<u64>,
    landed: Notify,
}

/// What one stream has got.
pub(crate) struct Track {
    group: usize,
    /// The next event that is for it.
    next: usize,
}

impl Flight {
    pub(crate) fn new(load: Load) -> Self {
        Self {
            waiting: RefCell::new(Vec::with_capacity(load.events)),
            open: Cell::new(0),
            deliveries: Cell::new(0),
            landed: Notify::new(),
            load,
        }
    }

    pub(crate) fn track(&self, group: usize) -> Track {
        let mut track = Track { group, next: 0 };
        track.seek(&self.load);
        track
    }

    pub(crate) fn deliveries(&self) -> u64 {
        self.deliveries.get()
    }

    /// Waits until the next event may set out.
    pub(crate) async fn room(&self, window: usize) {
        while self.open.get() >= window {
            self.landed.notified().await;
        }
    }

    pub(crate) fn depart(&self) {
        self.waiting.borrow_mut().push(self.load.receivers());
        self.open.set(self.open.get() + 1);
    }

    /// One stream has got this event; it must be the next one that is for it.
    pub(crate) fn land(&self, track: &mut Track, event: usize) {
        assert_eq!(event, track.next, "lost, doubled or out of order");
        track.next += 1;
        track.seek(&self.load);
        self.deliveries.set(self.deliveries.get() + 1);
        let mut waiting = self.waiting.borrow_mut();
        waiting[event] -= 1;
        if waiting[event] == 0 {
            self.open.set(self.open.get() - 1);
            self.landed.notify_one();
        }
    }
}

impl Track {
    fn seek(&mut self, load: &Load) {
        while !load.follows(self.group, load.topic_of(self.next)) {
            self.next += 1;
        }
    }
}

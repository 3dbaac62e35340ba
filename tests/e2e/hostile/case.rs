//! A guest, and what is to come of it.

/// A guest that misbehaves, and what is to come of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// Its name in `tests/guests`.
    pub(super) guest: &'static str,
    /// The classes of its faults: these and no others, in the order of the metrics.
    pub(super) faults: &'static [&'static str],
    pub(super) newcomers: Newcomers,
    pub(super) events: Events,
    /// What publishers are answered.
    pub(super) publishers: u16,
    /// The world that it is built for.
    pub(super) world: &'static str,
    /// Whether somebody has to be too slow, so that it is asked about full mailboxes.
    pub(super) slow: bool,
}

/// What becomes of those who subscribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Newcomers {
    LetIn,
    /// Answered with `retry:` and the end.
    ToldToComeBack,
}

/// What becomes of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Events {
    /// They are delivered, also after a fault.
    Delivered,
    /// Whoever gets them gets what is its own; not everyone does.
    Narrowed,
    /// They are withheld, and that is told.
    Withheld,
    /// The component sends them to nobody, which is its right, or does not let them in.
    Nowhere,
}

impl Case {
    /// A policy that works as well as it can.
    pub(super) const fn policy(guest: &'static str) -> Self {
        Self::of(guest, "dispatcher")
    }

    /// As [`Self::policy`]: a filter of this world.
    pub(super) const fn of(guest: &'static str, world: &'static str) -> Self {
        Self {
            world,
            guest,
            faults: &[],
            newcomers: Newcomers::LetIn,
            events: Events::Delivered,
            publishers: 200,
            slow: false,
        }
    }

    /// With faults of this class.
    pub(super) const fn fails(mut self, faults: &'static [&'static str]) -> Self {
        self.faults = faults;
        self
    }

    /// It cannot be told of newcomers.
    pub(super) const fn keeps_out(mut self) -> Self {
        self.newcomers = Newcomers::ToldToComeBack;
        self
    }

    /// Nobody gets its events, and all are told.
    pub(super) const fn withholds(mut self) -> Self {
        self.events = Events::Withheld;
        self
    }

    /// Nobody gets its events, and that is all right.
    pub(super) const fn is_silent(mut self) -> Self {
        self.events = Events::Nowhere;
        self
    }

    /// It leaves some out, which is its right.
    pub(super) const fn narrows(mut self) -> Self {
        self.events = Events::Narrowed;
        self
    }

    /// Publishers are answered this, and nothing is published.
    pub(super) const fn answers(mut self, publishers: u16) -> Self {
        self.publishers = publishers;
        self.is_silent()
    }

    /// It is asked about a full mailbox.
    pub(super) const fn asked_about_the_slow(mut self) -> Self {
        self.slow = true;
        self
    }

    /// The tenant that it works for.
    pub(super) fn tenant(&self) -> String {
        match self.guest.strip_prefix("filters/") {
            Some(name) => format!("{name}-{}", self.world),
            None => self.guest.to_owned(),
        }
    }
}

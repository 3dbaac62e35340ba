//! What a connection is doing, and how long it may.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::ConnectionLimits;

/// What a connection is doing. Times are milliseconds of the shard's clock; nothing here reads one.
#[derive(Debug)]
pub(crate) struct Activity {
    /// Requests that are not answered yet.
    requests: Cell<u32>,
    /// Since when the bodies are read that have not ended: one for each of the requests at most.
    bodies: RefCell<Vec<u64>>,
    /// Streams that are open.
    streams: Cell<u32>,
    /// Whether several requests share the connection at a time.
    multiplexed: Cell<bool>,
    /// Since when the connection is idle, or when its last bytes came.
    quiet_since: Cell<u64>,
    /// When the first byte of a request came whose head is not complete.
    head_since: Cell<Option<u64>>,
    /// Since when the kernel takes nothing.
    blocked_since: Cell<Option<u64>>,
    /// How long it may, where that of a stream is another time than the server's.
    write_timeout: Cell<Option<Duration>>,
}

/// Why a connection was ended by the hub: a closed set, used as a metric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EndReason {
    /// No request came.
    Idle,
    /// The head of a request did not end.
    SlowHead,
    /// The body of a request did not come, or did not end.
    SlowBody,
    /// The peer took nothing of what was written.
    WriteStalled,
    /// The hub is shutting down.
    Shutdown,
}

/// The deadlines of [`ConnectionLimits`] in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadlines {
    header_ms: u64,
    idle_ms: u64,
    write_ms: u64,
}

impl Deadlines {
    /// The deadlines of `limits`.
    pub(crate) fn of(limits: &ConnectionLimits) -> Self {
        Self {
            header_ms: millis(limits.header_timeout),
            idle_ms: millis(limits.idle_timeout),
            write_ms: millis(limits.write_timeout),
        }
    }
}

impl EndReason {
    /// The metric label.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::SlowHead => "slow-head",
            Self::SlowBody => "slow-body",
            Self::WriteStalled => "write-stalled",
            Self::Shutdown => "shutdown",
        }
    }
}

impl Activity {
    /// A connection that was opened at `now`.
    pub(crate) fn new(now: u64) -> Self {
        Self {
            requests: Cell::new(0),
            bodies: RefCell::default(),
            streams: Cell::new(0),
            multiplexed: Cell::new(false),
            quiet_since: Cell::new(now),
            head_since: Cell::new(None),
            blocked_since: Cell::new(None),
            write_timeout: Cell::new(None),
        }
    }

    /// Bytes came.
    pub(crate) fn read(&self, now: u64) {
        // Frames of HTTP/2 that open no request (pings, settings) are no head that has to end, and keep
        // nobody from being idle: pings are answered for ever.
        if self.is_idle() && self.multiplexed.get() {
            return;
        }
        self.quiet_since.set(now);
        if self.is_idle() && self.head_since.get().is_none() {
            self.head_since.set(Some(now));
        }
    }

    /// A head is complete; its body is read next. [`Self::body_ends`] is told the same time.
    pub(crate) fn request_begins(&self, now: u64) {
        self.head_since.set(None);
        self.quiet_since.set(now);
        self.requests.set(self.requests.get() + 1);
        self.bodies.borrow_mut().push(now);
    }

    /// The request that began at `since` was read as a whole.
    pub(crate) fn body_ends(&self, since: u64) {
        let mut bodies = self.bodies.borrow_mut();
        if let Some(at) = bodies.iter().position(|&other| other == since) {
            bodies.swap_remove(at);
        }
        // Connections that wait or stream keep no room for them: there are many.
        if bodies.is_empty() {
            *bodies = Vec::new();
        }
    }

    /// Since when the oldest of the bodies is read that have not ended.
    fn bodies_since(&self) -> Option<u64> {
        self.bodies.borrow().iter().min().copied()
    }

    /// A request was answered, or given up.
    pub(crate) fn request_ends(&self, now: u64) {
        self.requests.set(self.requests.get().saturating_sub(1));
        self.quiet_since.set(now);
    }

    /// A stream was opened whose client may take nothing for `write_timeout`. Where several streams
    /// share the connection, the longest of their times counts: the answer.
    pub(crate) fn stream_begins(&self, write_timeout: Duration) -> Duration {
        let others = self.write_timeout.get().filter(|_| self.streams.get() > 0);
        let longest = others.map_or(write_timeout, |others| others.max(write_timeout));
        self.write_timeout.set(Some(longest));
        self.streams.set(self.streams.get() + 1);
        longest
    }

    /// A stream ended.
    pub(crate) fn stream_ends(&self, now: u64) {
        self.streams.set(self.streams.get().saturating_sub(1));
        self.quiet_since.set(now);
    }

    /// The kernel takes nothing more.
    pub(crate) fn blocked(&self, now: u64) {
        if self.blocked_since.get().is_none() {
            self.blocked_since.set(Some(now));
        }
    }

    /// The kernel took something. Answers whether it had been blocked.
    pub(crate) fn progressed(&self) -> bool {
        self.blocked_since.take().is_some()
    }

    /// Several requests share it from now on: what comes beside a stream belongs to the others.
    pub(crate) fn multiplexes(&self) {
        self.multiplexed.set(true);
        self.head_since.set(None);
    }

    /// Whether a stream is open and alone on the connection, so that nothing more is to come from the
    /// peer but its end.
    pub(crate) fn is_streaming(&self) -> bool {
        self.streams.get() > 0 && !self.multiplexed.get()
    }

    /// Whether its answers go out one after the other, each as a whole: no stream is open on it, and no
    /// two answers share it.
    pub(crate) fn answers_in_turn(&self) -> bool {
        self.streams.get() == 0 && !self.multiplexed.get()
    }

    /// Whether time may run out for it. A stream that keeps up has no deadline here.
    pub(crate) fn has_deadline(&self) -> bool {
        self.blocked_since.get().is_some() || !self.bodies.borrow().is_empty() || self.is_idle()
    }

    /// Why time has run out for it at `now`, where it has.
    pub(crate) fn overdue(&self, now: u64, deadlines: &Deadlines) -> Option<EndReason> {
        let over = |since: u64, limit: u64| now.saturating_sub(since) >= limit;
        if self.blocked_since.get().is_some_and(|since| {
            over(
                since,
                self.write_timeout.get().map_or(deadlines.write_ms, millis),
            )
        }) {
            return Some(EndReason::WriteStalled);
        }
        if let Some(since) = self.bodies_since() {
            let stalled = over(self.quiet_since.get(), deadlines.header_ms);
            let endless = over(since, deadlines.idle_ms);
            return (stalled || endless).then_some(EndReason::SlowBody);
        }
        if !self.is_idle() {
            return None;
        }
        match self.head_since.get() {
            Some(since) => over(since, deadlines.header_ms).then_some(EndReason::SlowHead),
            None => over(self.quiet_since.get(), deadlines.idle_ms).then_some(EndReason::Idle),
        }
    }

    fn is_idle(&self) -> bool {
        self.requests.get() == 0 && self.streams.get() == 0
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Activity, ConnectionLimits, Deadlines, EndReason};

    fn deadlines() -> Deadlines {
        Deadlines::of(&ConnectionLimits::default())
    }

    #[test]
    fn a_connection_that_sends_nothing_is_idle_until_the_idle_timeout() {
        let activity = Activity::new(0);
        assert!(activity.has_deadline());
        assert_eq!(activity.overdue(74_999, &deadlines()), None);
        assert_eq!(
            activity.overdue(75_000, &deadlines()),
            Some(EndReason::Idle)
        );
    }

    #[test]
    fn the_head_is_timed_from_its_first_byte_however_many_follow() {
        let activity = Activity::new(0);
        for now in [50_000, 55_000, 59_000] {
            activity.read(now);
        }
        assert_eq!(activity.overdue(59_999, &deadlines()), None);
        assert_eq!(
            activity.overdue(60_000, &deadlines()),
            Some(EndReason::SlowHead)
        );
    }

    #[test]
    fn a_body_may_neither_stall_nor_last_for_ever() {
        let activity = Activity::new(0);
        activity.read(0);
        activity.request_begins(0);
        assert_eq!(activity.overdue(9_999, &deadlines()), None);
        assert_eq!(
            activity.overdue(10_000, &deadlines()),
            Some(EndReason::SlowBody)
        );
        for now in (0..75_000).step_by(5_000) {
            activity.read(now);
            assert_eq!(activity.overdue(now, &deadlines()), None);
        }
        assert_eq!(
            activity.overdue(75_000, &deadlines()),
            Some(EndReason::SlowBody)
        );
    }

    #[test]
    fn bodies_that_overlap_are_judged_by_the_oldest_that_is_open() {
        let activity = Activity::new(0);
        activity.multiplexes();
        // There is always one more before the last one has ended.
        activity.request_begins(0);
        for now in (1_000..200_000).step_by(1_000) {
            activity.read(now);
            activity.request_begins(now);
            activity.body_ends(now - 1_000);
            activity.request_ends(now);
            assert_eq!(activity.overdue(now, &deadlines()), None);
        }
        // The one of 199,000 is left open beside others that end.
        for now in (200_000..274_000).step_by(1_000) {
            activity.read(now);
            activity.request_begins(now);
            activity.body_ends(now);
            assert_eq!(activity.overdue(now, &deadlines()), None);
        }
        activity.read(274_000);
        assert_eq!(
            activity.overdue(274_000, &deadlines()),
            Some(EndReason::SlowBody)
        );
    }

    #[test]
    fn pings_keep_no_connection_that_carries_nothing() {
        let activity = Activity::new(0);
        activity.multiplexes();
        for now in (0..75_000).step_by(1_000) {
            activity.read(now);
            assert_eq!(activity.overdue(now, &deadlines()), None);
        }
        let idle = Some(EndReason::Idle);
        assert_eq!(activity.overdue(75_000, &deadlines()), idle);
    }

    #[test]
    fn a_request_that_waits_for_its_answer_has_no_deadline() {
        let activity = Activity::new(0);
        activity.read(0);
        activity.request_begins(0);
        activity.body_ends(0);
        assert!(!activity.has_deadline());
        assert_eq!(activity.overdue(1_000_000, &deadlines()), None);
        activity.request_ends(1_000_000);
        assert_eq!(activity.overdue(1_074_999, &deadlines()), None);
        assert_eq!(
            activity.overdue(1_075_000, &deadlines()),
            Some(EndReason::Idle)
        );
    }

    #[test]
    fn a_stream_has_a_deadline_only_while_the_kernel_takes_nothing() {
        let activity = Activity::new(0);
        activity.request_begins(0);
        activity.body_ends(0);
        activity.stream_begins(Duration::from_secs(10));
        activity.request_ends(0);
        assert!(!activity.has_deadline());
        activity.blocked(20_000);
        activity.blocked(25_000);
        assert!(activity.has_deadline());
        assert_eq!(activity.overdue(29_999, &deadlines()), None);
        assert_eq!(
            activity.overdue(30_000, &deadlines()),
            Some(EndReason::WriteStalled)
        );
        assert!(activity.progressed());
        assert!(!activity.progressed());
        assert_eq!(activity.overdue(99_999, &deadlines()), None);
    }

    #[test]
    fn the_longest_write_timeout_of_the_streams_that_are_open_counts() {
        let activity = Activity::new(0);
        let stalled = Some(EndReason::WriteStalled);
        activity.stream_begins(Duration::from_secs(2));
        activity.blocked(0);
        assert_eq!(activity.overdue(1_999, &deadlines()), None);
        assert_eq!(activity.overdue(2_000, &deadlines()), stalled);
        activity.stream_begins(Duration::from_secs(20));
        activity.stream_begins(Duration::from_secs(1));
        assert_eq!(activity.overdue(19_999, &deadlines()), None);
        assert_eq!(activity.overdue(20_000, &deadlines()), stalled);
        for _ in 0..3 {
            activity.stream_ends(0);
        }
        activity.stream_begins(Duration::from_secs(1));
        assert_eq!(activity.overdue(1_000, &deadlines()), stalled);
    }
}

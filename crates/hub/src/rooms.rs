//! How shards ask each other for room for an instance.
//!
//! All shards share one pool. Where it is full, the instances that have been idle longest make room, whichever
//! shard they are on. Nobody who routes events waits for this: a seeker asks and is told later.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

/// Questions that may wait for one shard; whoever asks one more waits with it.
const QUESTIONS_MAX: usize = 64;

/// How long others may take to answer. A shard that calls a component is back sooner.
const ANSWER_MAX: Duration = Duration::from_millis(500);

/// What one shard asks another.
pub(crate) enum Question {
    /// Since when (Unix time in milliseconds) the one of your tenants is idle that is idle longest.
    IdleSince(oneshot::Sender<Option<u64>>),
    /// Have it give its instances up; answered whether it had some.
    GiveUp(oneshot::Sender<bool>),
}

/// Questions of others to one shard.
pub(crate) type Questions = mpsc::Receiver<Question>;

/// A way to ask each shard.
pub(crate) struct Rooms {
    ask: Box<[mpsc::Sender<Question>]>,
    /// Taken by each shard when it starts.
    asked: Mutex<Vec<Option<Questions>>>,
}

impl Rooms {
    pub(crate) fn new(shards: usize) -> Self {
        let ends = (0..shards).map(|_| mpsc::channel(QUESTIONS_MAX));
        let (ask, asked): (Vec<_>, Vec<_>) = ends.map(|(ask, asked)| (ask, Some(asked))).unzip();
        Self {
            ask: ask.into(),
            asked: Mutex::new(asked),
        }
    }

    /// What others ask `shard`; none where it was taken before.
    pub(crate) fn questions(&self, shard: usize) -> Option<Questions> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get_mut(shard)?.take()
    }

    /// Since when the tenant is idle that is idle longest on all shards but `own`, and on which it is. Whoever
    /// does not answer in time has none.
    pub(crate) async fn longest_idle(&self, own: usize) -> Option<(u64, usize)> {
        let until = Instant::now() + ANSWER_MAX;
        let mut answers = Vec::with_capacity(self.ask.len());
        for (shard, ask) in self
            .ask
            .iter()
            .enumerate()
            .filter(|(shard, _)| *shard != own)
        {
            let (answer, answered) = oneshot::channel();
            let asked = timeout_at(until, ask.send(Question::IdleSince(answer))).await;
            if matches!(asked, Ok(Ok(()))) {
                answers.push((shard, answered));
            }
        }
        let mut longest = None;
        for (shard, answered) in answers {
            if let Ok(Ok(Some(since_ms))) = timeout_at(until, answered).await
                && longest.is_none_or(|(longest_ms, _)| since_ms < longest_ms)
            {
                longest = Some((since_ms, shard));
            }
        }
        longest
    }

    /// Has the tenant that is idle longest on `shard` give its instances up; answers whether it had some.
    pub(crate) async fn give_up(&self, shard: usize) -> bool {
        let (answer, answered) = oneshot::channel();
        let until = Instant::now() + ANSWER_MAX;
        let asked = timeout_at(until, self.ask[shard].send(Question::GiveUp(answer))).await;
        matches!(asked, Ok(Ok(()))) && matches!(timeout_at(until, answered).await, Ok(Ok(true)))
    }
}

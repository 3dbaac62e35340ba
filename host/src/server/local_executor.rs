//! Tasks that stay on their shard.

use std::future::Future;

use futures_util::future::{AbortHandle, abortable};

tokio::task_local! {
    static TASK: AbortHandle;
}

/// Runs the streams of HTTP/2 connections on the shard that they belong to, each so that it can be ended
/// from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalExecutor;

impl<F> hyper::rt::Executor<F> for LocalExecutor
where
    F: Future<Output = ()> + 'static,
{
    fn execute(&self, future: F) {
        let (future, task) = abortable(future);
        // Whether it was ended or has come to its end, it is over.
        tokio::task::spawn_local(TASK.scope(task, async { _ = future.await }));
    }
}

/// Ends the task of the HTTP/2 stream that this is called in: all that hyper keeps for it goes, and the
/// stream is reset.
pub(super) fn current_task() -> Option<AbortHandle> {
    TASK.try_with(AbortHandle::clone).ok()
}

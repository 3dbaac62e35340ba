//! What the station writes to sockets by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use crate::rig::{Door, Rig, numbers, run, run_through};

/// Counts how often the task of a connection is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn deliveries_reach_an_open_socket_without_waking_the_task_of_its_connection() {
    run_through(Door::Socket, &async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        client.outlet.unblock();
        let polled = client.stream.poll_write(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        for n in 0..100 {
            rig.publish("t", &n.to_string()).await;
        }
        assert_eq!(client.written(), numbers(0..100));
        assert_eq!(woken.0.load(Ordering::Relaxed), 0);
        rig.hub.close().await;
        assert_eq!(woken.0.load(Ordering::Relaxed), 1, "the stream has ended");
    });
}

#[test]
fn a_socket_that_takes_no_more_wakes_the_task_of_its_connection_once() {
    run_through(Door::ByteByByte, &async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        client.outlet.unblock();
        assert!(
            client
                .stream
                .poll_write(&mut Context::from_waker(&waker))
                .is_pending()
        );
        for n in 0..10 {
            rig.publish("t", &n.to_string()).await;
        }
        assert!(client.outlet.is_blocked());
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert_eq!(client.data(), numbers(0..10), "nothing was lost on the way");
    });
}

#[test]
fn large_events_that_wait_together_arrive_whole_and_in_order() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        let large = |n: usize| format!("{n} {}", "x".repeat(9_000 + n));
        for n in 0..40 {
            rig.publish("t", &large(n)).await;
        }
        let expected: Vec<String> = (0..40).map(large).collect();
        assert_eq!(client.all_data(&rig).await, expected);
    });
}

//! Sockets that take a little at a time: everything arrives whole, in order and once.

use std::time::Duration;

use crate::rig::{Publisher, Server, Subscriber, run_over_all};

const EVENTS: usize = 150;

/// Event `n`: of a length of its own, so that the kernel's pieces end anywhere in a block, and of a text
/// that shows where a byte is missing.
fn event(n: usize) -> String {
    let length = n * 107 % 3_001;
    let text = (0..).flat_map(|i: usize| (n + i).to_string().into_bytes());
    let text: Vec<u8> = text.take(length).collect();
    format!("{n}:{}", String::from_utf8(text).expect("digits"))
}

#[test]
fn readers_that_take_a_byte_at_a_time_get_everything_whole_and_in_order() {
    run_over_all(async || {
        // What waits is in the mailbox or in the log, in turns.
        let server = Server::start("[mailbox]\nevents = 64\n");
        let mut readers = Vec::new();
        for bite_bytes_max in [1, 2, 3, 700, 64 << 10] {
            let mut slow = Subscriber::nibbling(server.hub, &["t"], bite_bytes_max).await;
            readers.push(tokio::spawn(async move {
                for n in 0..EVENTS {
                    let message = slow.next().await.expect("the stream goes on");
                    assert_eq!(
                        message.kind, "message",
                        "{bite_bytes_max}: {}",
                        message.data
                    );
                    assert_eq!(message.data, event(n), "{bite_bytes_max} bytes at a time");
                }
                let more = slow.until_quiet(Duration::from_millis(100)).await;
                assert_eq!(more, [], "{bite_bytes_max} bytes at a time");
            }));
        }
        let mut publisher = Publisher::connect(server.hub).await;
        for n in 0..EVENTS {
            publisher.publish("t", &event(n)).await;
        }
        for reader in readers {
            reader.await.expect("it got everything");
        }
    });
}

//! A server that says what a test has it say, whatever that is.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The largest head that it reads.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// A server on the loopback with fixed answers, one connection a request. It has a thread of its own:
/// the tests wait for commands meanwhile.
pub(crate) struct Impostor {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// By path.
    answers: Mutex<HashMap<String, Vec<u8>>>,
    /// Heads of requests.
    asked: Mutex<Vec<String>>,
    ending: AtomicBool,
}

impl Impostor {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let served = Arc::clone(&state);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                if served.ending.load(Ordering::Relaxed) {
                    return;
                }
                // Whoever has enough hangs up.
                let _ = socket.and_then(|socket| served.answer(socket));
            }
        });
        Self { address, state }
    }

    /// From now on a request for `path` is answered with these bytes, head and all.
    pub(crate) fn say_raw(&self, path: &str, answer: impl Into<Vec<u8>>) {
        let mut answers = self.state.answers.lock().expect("whole");
        answers.insert(path.to_owned(), answer.into());
    }

    /// As [`Self::say_raw`], with these lines after the status, and a body that is whole.
    pub(crate) fn say(&self, path: &str, status: u16, lines: &str, body: &[u8]) {
        let head = format!(
            "HTTP/1.1 {status} Said\r\n{lines}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        self.say_raw(path, [head.as_bytes(), body].concat());
    }

    /// The heads of all requests so far, which are forgotten.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.state.asked.lock().expect("whole"))
    }
}

impl State {
    fn answer(&self, mut socket: TcpStream) -> std::io::Result<()> {
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX {
            socket.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.asked.lock().expect("whole").push(head);
        let answer = self.answers.lock().expect("whole").get(&path).cloned();
        let nothing = b"HTTP/1.1 404 Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        socket.write_all(answer.as_deref().unwrap_or(nothing))
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.state.ending.store(true, Ordering::Relaxed);
        // The thread looks once more.
        let _ = TcpStream::connect(self.address);
    }
}

//! One tenant: a stream that is open, and a publisher.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A tenant with its one subscriber.
pub(crate) struct Tenant {
    hub: SocketAddr,
    n: usize,
    stream: TcpStream,
}

impl Tenant {
    pub(crate) fn name(n: usize) -> String {
        format!("tenant-{n}")
    }

    /// Opens the stream of a tenant; answers once it is joined.
    pub(crate) fn follow(hub: SocketAddr, n: usize) -> Self {
        let stream = connect(hub);
        let mut tenant = Self { hub, n, stream };
        let path = tenant.path();
        let request = format!("GET {path}?topic=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        tenant.stream.write_all(request.as_bytes()).expect("writes");
        let head = tenant.read_until("\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        tenant
    }

    /// From publishing to the arrival of an event.
    pub(crate) fn time_of_an_event(&mut self) -> Duration {
        let mut publisher = connect(self.hub);
        let (path, body) = (self.path(), "topic=a&data=arrived");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
            body.len()
        );
        let begun = Instant::now();
        publisher.write_all(request.as_bytes()).expect("writes");
        self.read_until("arrived");
        begun.elapsed()
    }

    fn path(&self) -> String {
        format!("/t/{}/.well-known/mercure", Self::name(self.n))
    }

    fn read_until(&mut self, end: &str) -> String {
        let (mut text, mut bytes) = (String::new(), [0; 1024]);
        while !text.contains(end) {
            let read = self.stream.read(&mut bytes).expect("reads");
            assert!(read > 0, "the hub closed: {text}");
            text += &String::from_utf8_lossy(&bytes[..read]);
        }
        text
    }
}

fn connect(hub: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(hub).expect("connects");
    stream.set_nodelay(true).expect("a socket option");
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("a socket option");
    stream
}

//! A hub that plays a script.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use super::super::HubUrl;

/// A hub that answers each request of each connection with the bytes of its script, then closes the
/// connection. An empty answer is none.
pub struct Scripted {
    /// Where it is.
    pub url: HubUrl,
    played: JoinHandle<Vec<String>>,
}

impl Scripted {
    /// Plays `connections`, one after the other: the answers of each.
    pub fn play(connections: Vec<Vec<String>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let played = thread::spawn(move || {
            let accept = |answers: Vec<String>| serve(&listener.accept().unwrap().0, &answers);
            connections.into_iter().flat_map(accept).collect()
        });
        Self {
            url: url.parse().unwrap(),
            played,
        }
    }

    /// The requests it was sent, once the script is over.
    pub fn requests(self) -> Vec<String> {
        self.played.join().unwrap()
    }
}

fn serve(stream: &TcpStream, answers: &[String]) -> Vec<String> {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    answers
        .iter()
        .map(|answer| {
            let request = read(&mut reader);
            // Whoever has heard enough may be gone.
            _ = writer.write_all(answer.as_bytes());
            request
        })
        .collect()
}

/// One request: its head, and its body as long as `Content-Length` says.
fn read(reader: &mut impl BufRead) -> String {
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        assert!(
            reader.read_line(&mut request).unwrap() > 0,
            "cut off: {request}"
        );
    }
    let length = request
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_string(&mut request).unwrap();
    request
}

/// An answer with a body.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The head of a stream that ends with its connection, and what comes over it.
pub fn stream(events: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{events}"
    )
}

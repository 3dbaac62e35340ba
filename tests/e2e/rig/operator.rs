//! Whoever runs a hub.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Answer, Server, raw};

/// Speaks to the admin listener of a hub.
pub(crate) struct Operator {
    admin: SocketAddr,
    headers: Vec<String>,
}

/// The file of the built-in policy.
pub(crate) fn builtin() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/dist/dispatcher.wasm")
}

/// A file with a secret of operators, and the header line that presents it.
pub(crate) fn operators_secret() -> (PathBuf, String) {
    let secret = uuid::Uuid::new_v4().to_string();
    let path = std::env::temp_dir().join(format!("umbel-e2e-admin-{secret}"));
    std::fs::write(&path, &secret).expect("written");
    (path, format!("Authorization: Bearer {secret}"))
}

impl Operator {
    /// The operator of `server`, without a token.
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            admin: server.admin,
            headers: Vec::new(),
        }
    }

    /// As they are, with this header line in every request.
    pub(crate) fn with(mut self, header: &str) -> Self {
        self.headers.push(header.to_owned());
        self
    }

    /// Asks for something.
    pub(crate) async fn ask(&self, method: &str, path: &str) -> Answer {
        self.send(method, path, "", b"").await
    }

    /// What a GET is answered, which has to succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        done(&self.ask("GET", path).await)
    }

    /// Sends a component.
    pub(crate) async fn put(&self, path: &str, component: &[u8]) -> Answer {
        self.send("PUT", path, "application/wasm", component).await
    }

    /// Sends a component and its configuration.
    pub(crate) async fn put_with(&self, path: &str, component: &[u8], config: &str) -> Answer {
        let mut body = Vec::new();
        for (name, part) in [("config", config.as_bytes()), ("component", component)] {
            let head =
                format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(part);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0undary--\r\n");
        let content_type = "multipart/form-data; boundary=b0undary";
        self.send("PUT", path, content_type, &body).await
    }

    async fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let mut lines: String = self.headers.iter().map(|h| format!("{h}\r\n")).collect();
        if !content_type.is_empty() {
            lines += &format!("Content-Type: {content_type}\r\n");
        }
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{lines}Content-Length: \
             {}\r\n\r\n",
            self.admin,
            body.len()
        );
        raw(self.admin, [head.as_bytes(), body].concat()).await
    }
}

/// The JSON of an answer that has to be a success.
pub(crate) fn done(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).expect("JSON")
}

impl Answer {
    /// The JSON of a success.
    pub(crate) fn json(&self) -> Value {
        done(self)
    }

    /// What a refusal with this status says.
    pub(crate) fn refusal(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let kind = self.header("content-type");
        assert_eq!(kind, Some("application/problem+json"), "{self:?}");
        let problem: Value = serde_json::from_str(&self.body).expect("JSON");
        assert_eq!(problem["status"], status, "{self:?}");
        problem["detail"].as_str().expect("a text").to_owned()
    }
}

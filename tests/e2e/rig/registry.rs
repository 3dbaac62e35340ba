//! A registry process of the test's own: Debian's `docker-registry`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tempfile::TempDir;

use super::committed;

const PROGRAM: &str = "docker-registry";

/// A registry on the loopback, ended by its id when dropped; what it holds goes with it.
pub(crate) struct Registry {
    child: Child,
    address: SocketAddr,
    folder: Arc<TempDir>,
}

impl Registry {
    /// One that lets everybody in.
    pub(crate) fn start() -> Self {
        Self::run(folder(), "", "")
    }

    /// One that lets in whom this file of `htpasswd` lists.
    pub(crate) fn guarded(listed: &str) -> Self {
        let folder = folder();
        let file = folder.path().join("users");
        std::fs::write(&file, listed).expect("written");
        let file = file.display();
        let auth = format!("auth: {{ htpasswd: {{ realm: tests, path: {file} }} }}\n");
        Self::run(folder, "", &auth)
    }

    /// Another process with the same components, which speaks TLS as `localhost`.
    pub(crate) fn over_tls(&self) -> Self {
        let [certificate, key] =
            ["cert", "key"].map(|f| committed(&format!("tests/data/tls/{f}.pem")));
        let tls = format!(", tls: {{ certificate: {certificate}, key: {key} }}");
        Self::run(Arc::clone(&self.folder), &tls, "")
    }

    /// With these settings of `http`, and these beside it.
    fn run(folder: Arc<TempDir>, http: &str, auth: &str) -> Self {
        let path = |name: &str| folder.path().join(name);
        let config = format!(
            "version: 0.1\nstorage: {{ filesystem: {{ rootdirectory: {} }} }}\nhttp: {{ addr: \
             \"127.0.0.1:0\"{http} }}\n{auth}",
            path("data").display()
        );
        std::fs::write(path("config.yml"), config).expect("written");
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .arg(path("config.yml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{PROGRAM}: {error}; apt-get install {PROGRAM}, or leave these tests out with \
                     `-- --skip oci_registry::`"
                )
            });
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines.by_ref().find_map(|line| {
            let line = line.expect("text");
            let (_, rest) = line.split_once("msg=\"listening on ")?;
            rest.split(['"', ',']).next()?.parse().ok()
        });
        // It must not meet a closed pipe, nor a full one.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address: address.expect("it says where it listens"),
            folder,
        }
    }

    /// How a component of it is named.
    pub(crate) fn reference(&self, name: &str) -> String {
        format!("oci://{}/{name}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a temporary folder"))
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Ended already, perhaps.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

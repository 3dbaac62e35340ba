//! A hub process of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::lan::{HUB_HOST, Lan};
use super::{Answer, get, get_on};

/// Which policy a hub runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// The embedded component.
    Wasm,
    /// The same rules without Wasm.
    Native,
}

/// Where the log of a hub goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    /// To the errors of the test.
    Shown,
    /// Into a file.
    Kept,
}

/// The file of a log that is kept.
const LOG: &str = "log";

/// A hub process of the test's own, ended by its id when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) hub: SocketAddr,
    pub(crate) admin: SocketAddr,
    config: PathBuf,
    /// Its temporary files, also those that it could not remove.
    temporary: PathBuf,
}

impl Server {
    /// A hub with `--dev` and these lines of configuration.
    pub(crate) fn start(config: &str) -> Self {
        Self::with(Policy::Wasm, config)
    }

    /// As [`Self::start`], with this policy.
    pub(crate) fn with(policy: Policy, config: &str) -> Self {
        let name = match policy {
            Policy::Wasm => "builtin",
            Policy::Native => "native",
        };
        Self::run(&["--dev", "--policy", name], config)
    }

    /// `umbel serve` with these arguments, and these lines of configuration.
    pub(crate) fn run(args: &[&str], config: &str) -> Self {
        Self::spawn(umbel(), "127.0.0.1", args, config, Log::Shown)
    }

    /// As [`Self::run`], with its log kept for [`Self::log`].
    pub(crate) fn logged(args: &[&str], config: &str) -> Self {
        Self::spawn(umbel(), "127.0.0.1", args, config, Log::Kept)
    }

    /// A hub on its own host of `lan`.
    pub(crate) fn on(lan: &Lan, config: &str) -> Self {
        let mut command = lan.on_hub_host(env!("CARGO_BIN_EXE_umbel"));
        forget_settings(&mut command);
        Self::spawn(command, HUB_HOST, &[], config, Log::Shown)
    }

    fn spawn(mut command: Command, host: &str, args: &[&str], config: &str, log: Log) -> Self {
        let file = write_config(config);
        let temporary = std::env::temp_dir().join(format!("umbel-e2e-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&temporary).expect("a temporary folder");
        command
            .args([
                "serve",
                "--listen",
                &format!("{host}:0"),
                "--admin-listen",
                "127.0.0.1:0",
            ])
            .arg("--config")
            .arg(&file)
            .args(args)
            .env("TMPDIR", &temporary)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if log == Log::Kept {
            let file = std::fs::File::create(temporary.join(LOG)).expect("a log");
            command.stderr(file);
        }
        if !args.contains(&"--shards") {
            command.args(["--shards", "2"]);
        }
        let mut child = command.spawn().expect("the hub starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut address = |what: &str| {
            let line = lines.next().expect("an address").expect("text");
            let address = line.strip_prefix(&format!("umbel: {what} on http://"));
            address
                .unwrap_or_else(|| panic!("{line}"))
                .parse()
                .expect("an address")
        };
        let (hub, admin) = (address("listening"), address("admin"));
        Self {
            child,
            hub,
            admin,
            config: file,
            temporary,
        }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has among its temporary files.
    pub(crate) fn temporary_files(&self) -> usize {
        let entries = std::fs::read_dir(&self.temporary).expect("a temporary folder");
        entries.count()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.temporary.join(LOG)).expect("a log")
    }

    /// Writes these lines of configuration in the place of those that it has.
    pub(crate) fn reconfigure(&self, config: &str) {
        std::fs::write(&self.config, config).expect("written");
    }

    /// Tells the process to read its configuration anew.
    pub(crate) fn hang_up(&self) {
        self.signal("-HUP");
    }

    /// Tells the process to end, as an orchestrator would.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill")
            .args([signal, &pid])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    /// How the process ended; panics where it has not after `limit`.
    pub(crate) fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(started.elapsed() < limit, "still running after {limit:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// One sample of `/metrics`; 0 where there is none yet.
    pub(crate) async fn metric(&self, sample: &str) -> f64 {
        value(&self.metrics().await, sample)
    }

    /// All of `/metrics`, for [`value`].
    pub(crate) async fn metrics(&self) -> Answer {
        get(self.admin, "/metrics", &[]).await
    }

    /// As [`Self::metric`], over this connection to the admin listener.
    pub(crate) async fn metric_on(&self, socket: TcpStream, sample: &str) -> f64 {
        value(&get_on(socket, self.admin, "/metrics", &[]).await, sample)
    }

    /// Subscribers connected, as the metrics say.
    pub(crate) async fn subscribers(&self) -> f64 {
        self.metric(r#"umbel_subscribers{tenant="default"}"#).await
    }

    /// Memory of all policy instances in bytes, as the metrics say.
    pub(crate) async fn policy_memory(&self) -> f64 {
        let sample = |n| format!(r#"umbel_policy_memory_bytes{{tenant="default",shard="{n}"}}"#);
        self.metric(&sample(0)).await + self.metric(&sample(1)).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, perhaps.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.config);
        let _ = std::fs::remove_dir_all(&self.temporary);
    }
}

/// The binary, without the settings that may be in the environment of the tests.
pub(crate) fn umbel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_umbel"));
    forget_settings(&mut command);
    command
}

fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("UMBEL_") {
            command.env_remove(name);
        }
    }
}

/// One sample among the metrics; 0 where there is none yet.
pub(crate) fn value(Answer { body, .. }: &Answer, sample: &str) -> f64 {
    let line = body
        .lines()
        .find(|l| l.rsplit_once(' ').is_some_and(|(n, _)| n == sample));
    line.and_then(|l| l.rsplit_once(' '))
        .map_or(0.0, |(_, v)| v.parse().expect("a number"))
}

fn write_config(text: &str) -> PathBuf {
    let unique = uuid::Uuid::new_v4();
    let path = std::env::temp_dir().join(format!("umbel-e2e-{unique}.toml"));
    let mut file = std::fs::File::create(&path).expect("a temporary file");
    file.write_all(text.as_bytes()).expect("written");
    path
}

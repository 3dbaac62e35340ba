//! A server process that is measured.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a server may take to listen.
const START_MAX: Duration = Duration::from_mins(2);

/// A server, ended when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    /// Where its admin API is; for others than the hub the same.
    pub(crate) admin: SocketAddr,
    pub(crate) is_hub: bool,
}

impl Process {
    /// `umbel`, or any build of it, with one shard and these arguments.
    pub(crate) fn hub(program: &str, arguments: &[&str]) -> Self {
        let address = free_address().to_string();
        let admin = free_address();
        let mut command = Command::new(program);
        command.args(["serve", "--dev", "--shards", "1", "--listen", &address]);
        command.args(["--admin-listen", &admin.to_string()]);
        command.args(arguments);
        let mut process = Self::start(command, &address, true);
        process.admin = admin;
        process
    }

    /// The bare writer: a port, one thread, no coalescing.
    pub(crate) fn floor(program: &str) -> Self {
        let address = free_address();
        let mut command = Command::new(program);
        command.args([&address.port().to_string(), "1", "0"]);
        Self::start(command, &address.to_string(), false)
    }

    fn start(mut command: Command, address: &str, is_hub: bool) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let address = address.parse().expect("an address");
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "it does not start: {command:?}");
            assert!(begun.elapsed() < START_MAX, "it does not listen");
            sleep(Duration::from_millis(20));
        }
        Self {
            child,
            address,
            admin: address,
            is_hub,
        }
    }

    /// CPU time of all its threads so far.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let spent = tasks.filter_map(|task| {
            let schedstat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            schedstat.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(spent.sum())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

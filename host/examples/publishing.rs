//! What accepting publications costs, for several builds of the hub side by side:
//! `cargo run --release -p umbel --example publishing -- BINARY [OTHER ...] [--rounds N]`.
//!
//! Every build is started afresh in every round and meets each load in turn; ratios are to the first one,
//! within the round. CPU is that of the hub's process alone, so that a busy machine disturbs it little.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ROUNDS: usize = 5;
const WARM_UP: Duration = Duration::from_millis(300);
const MEASURED: Duration = Duration::from_millis(1_500);

/// Publishers, and how many publications each has under way.
const LOADS: [(usize, usize); 4] = [(1, 1), (1, 64), (64, 1), (64, 64)];

/// A hub process, ended when dropped.
struct Hub {
    child: Child,
    address: SocketAddr,
}

/// What a load cost.
#[derive(Clone, Copy)]
struct Cost {
    events_per_s: f64,
    cpu_us_per_event: f64,
}

fn main() {
    let mut rounds = ROUNDS;
    let mut binaries = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            let number = arguments.next().and_then(|n| n.parse().ok());
            rounds = number.expect("--rounds takes a number");
        } else {
            binaries.push(argument);
        }
    }
    assert!(!binaries.is_empty(), "which builds?");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut costs = vec![vec![Vec::new(); binaries.len()]; LOADS.len()];
    for _ in 0..rounds {
        for (b, binary) in binaries.iter().enumerate() {
            let hub = Hub::start(binary);
            for (l, (publishers, depth)) in LOADS.into_iter().enumerate() {
                costs[l][b].push(runtime.block_on(load(&hub, publishers, depth)));
            }
        }
    }
    report(&binaries, &costs);
}

fn report(binaries: &[String], costs: &[Vec<Vec<Cost>>]) {
    for ((publishers, depth), costs) in LOADS.into_iter().zip(costs) {
        println!("{publishers} publishers, {depth} under way each:");
        for (binary, own) in binaries.iter().zip(costs) {
            let events = median(own.iter().map(|c| c.events_per_s));
            let cpu = median(own.iter().map(|c| c.cpu_us_per_event));
            let pairs = || own.iter().zip(&costs[0]);
            let faster = median(pairs().map(|(a, b)| a.events_per_s / b.events_per_s));
            let dearer = median(pairs().map(|(a, b)| a.cpu_us_per_event / b.cpu_us_per_event));
            println!(
                "  {events:9.0} events/s ({faster:.2}x)  {cpu:6.2} us of the hub's CPU each \
                 ({dearer:.2}x)  {binary}"
            );
        }
    }
}

async fn load(hub: &Hub, publishers: usize, depth: usize) -> Cost {
    let (accepted, going) = (Arc::<AtomicU64>::default(), Arc::new(AtomicBool::new(true)));
    let tasks: Vec<_> = (0..publishers)
        .map(|_| {
            let (accepted, going) = (Arc::clone(&accepted), Arc::clone(&going));
            tokio::spawn(publish(hub.address, depth, accepted, going))
        })
        .collect();
    tokio::time::sleep(WARM_UP).await;
    let count = || accepted.load(Ordering::Relaxed) as f64;
    let (before, cpu_before, from) = (count(), hub.cpu_us(), Instant::now());
    tokio::time::sleep(MEASURED).await;
    let (events, cpu, took) = (count() - before, hub.cpu_us() - cpu_before, from.elapsed());
    going.store(false, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("everything is accepted");
    }
    Cost {
        events_per_s: events / took.as_secs_f64(),
        cpu_us_per_event: cpu / events,
    }
}

/// Sends `depth` publications in one piece, again and again, each time all are answered.
async fn publish(to: SocketAddr, depth: usize, accepted: Arc<AtomicU64>, going: Arc<AtomicBool>) {
    let mut stream = TcpStream::connect(to).await.expect("connected");
    stream.set_nodelay(true).expect("set");
    let form = format!("topic=t&data={}", "x".repeat(100));
    let one = format!(
        "POST /.well-known/mercure HTTP/1.1\r\nHost: {to}\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(one.as_bytes()).await.expect("sent");
    let mut first = vec![0; 4096];
    // All answers are of one length: so are dates, and ids that the hub makes.
    let length = stream.read(&mut first).await.expect("an answer");
    assert!(
        first.starts_with(b"HTTP/1.1 200 "),
        "{:?}",
        String::from_utf8_lossy(&first)
    );
    let requests = one.repeat(depth);
    let mut answers = vec![0; length * depth];
    while going.load(Ordering::Relaxed) {
        stream.write_all(requests.as_bytes()).await.expect("sent");
        stream.read_exact(&mut answers).await.expect("answers");
        for answer in answers.chunks(length) {
            assert!(answer.starts_with(b"HTTP/1.1 200 "), "answered another way");
        }
        accepted.fetch_add(depth as u64, Ordering::Relaxed);
    }
}

impl Hub {
    fn start(binary: &str) -> Self {
        let mut child = Command::new(binary)
            .args(["serve", "--dev", "--listen", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0", "--shards", "1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{binary}: {error}"));
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("text");
        let address = line.trim().strip_prefix("umbel: listening on http://");
        let address = address.and_then(|a| a.parse().ok());
        Self {
            child,
            address: address.unwrap_or_else(|| panic!("no address: {line}")),
        }
    }

    /// CPU time of all its threads so far.
    fn cpu_us(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux");
        let ns = |task: std::io::Result<std::fs::DirEntry>| {
            let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        };
        tasks.filter_map(ns).sum::<f64>() / 1e3
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

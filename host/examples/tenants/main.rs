//! What very many tenants cost a hub: `cargo run --release -p umbel --example tenants -- HUB [TENANTS]` with the
//! program of the hub.
//!
//! Every tenant has one subscriber and a policy that is one of ten components: the default one, each with a
//! section of its own, so that the hub takes them for different ones. The same with the native policy beside
//! it, which tells what of a tenant is its instance. Needs as many file descriptors as there are tenants.

#[path = "../delivering/process.rs"]
#[expect(dead_code, reason = "the floor is not measured here")]
mod process;
mod tenant;

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::process::Process;
use crate::tenant::Tenant;

/// The default policy.
const COMPONENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../guest/dist/dispatcher.wasm");
/// Tenants where none are named.
const TENANTS: usize = 10_000;
/// Components that they share.
const COMPONENTS: usize = 10;
/// For which idleness is looked at.
const IDLE: Duration = Duration::from_secs(20);
/// After which an idle instance has certainly been dropped: a minute, and some.
const COLD: Duration = Duration::from_secs(75);
/// Tenants whose first event is timed.
const TIMED: usize = 100;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let hub = arguments.next().expect("which program? HUB [TENANTS]");
    let tenants = arguments.next().map_or(TENANTS, |tenants| {
        tenants.parse().expect("a number of tenants")
    });
    let native = measure(&hub, tenants, |_| "native".to_owned(), false);
    let wasm = measure(&hub, tenants, |n| format!("{}.wasm", n % COMPONENTS), true);
    println!("an instance: {:.1} kB", (wasm - native) / 1e3);
}

/// Measures a hub whose tenants have these policies; answers with what a tenant takes up, in bytes.
fn measure(hub: &str, tenants: usize, policy: impl Fn(usize) -> String, cold: bool) -> f64 {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let component = fs::read(COMPONENT).expect("the default policy");
    for n in 0..COMPONENTS {
        let component = with_section(&component, n);
        fs::write(dir.path().join(format!("{n}.wasm")), component).expect("writes");
    }
    // Nothing but what the tenants do costs anything: no heartbeat, and no end of a stream.
    let mut config = "[stream]\nheartbeat = \"1h\"\nage = \"24h\"\n".to_owned();
    for n in 0..tenants {
        let name = Tenant::name(n);
        let component = policy(n);
        _ = write!(
            config,
            "[[tenant]]\nname = \"{name}\"\n[tenant.policy]\ncomponent = \"{component}\"\n"
        );
    }
    let file = dir.path().join("umbel.toml");
    fs::write(&file, config).expect("writes");
    let begun = Instant::now();
    let process = Process::hub(hub, &["--config", file.to_str().expect("text")]);
    let name = policy(0);
    println!("{tenants} tenants, policies as {name}:");
    println!("  ready after {:.1} s", begun.elapsed().as_secs_f64());
    let before = resident_bytes(&process);
    let begun = Instant::now();
    let count = tenants;
    let mut tenants: Vec<Tenant> = (0..count)
        .map(|n| Tenant::follow(process.address, n))
        .collect();
    let took = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = |bytes: u64| bytes as f64 / count as f64;
    println!("  all have a subscriber after {took:.1} s");
    sleep(Duration::from_secs(2));
    let resident = each(resident_bytes(&process) - before);
    println!(
        "  before the first: {:.1} MB, {:.1} kB a tenant",
        before as f64 / 1e6,
        each(before) / 1e3
    );
    println!(
        "  a tenant with its subscriber: {:.1} kB more",
        resident / 1e3
    );
    println!("  instances that live: {}", instances(&process));
    let cpu = process.cpu();
    sleep(IDLE);
    let spent = (process.cpu() - cpu).as_secs_f64() / IDLE.as_secs_f64();
    println!("  all idle: {:.3} % of a core", 100.0 * spent);
    first_events("  the first event", &mut tenants, 0);
    if cold {
        sleep(COLD);
        let resident = each(resident_bytes(&process) - before);
        println!("  a tenant after a minute: {:.1} kB more", resident / 1e3);
        println!("  instances that live: {}", instances(&process));
        first_events("  the first event of a cold tenant", &mut tenants, TIMED);
    }
    resident
}

/// What a process takes up.
fn resident_bytes(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.child.id()));
    let status = status.expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.expect("a number") * 1024
}

/// The gauge of instances that live.
fn instances(process: &Process) -> u64 {
    let mut stream = TcpStream::connect(process.admin).expect("connects");
    let request = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("writes");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("reads");
    let value = text
        .lines()
        .find_map(|l| l.strip_prefix("umbel_instances "));
    value.and_then(|v| v.parse().ok()).expect("a gauge")
}

/// Publishes to some tenants, one after the other, and tells how long their subscribers waited.
fn first_events(what: &str, tenants: &mut [Tenant], from: usize) {
    let timed = tenants.iter_mut().skip(from).take(TIMED);
    let mut times: Vec<Duration> = timed.map(Tenant::time_of_an_event).collect();
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{what}: {:.2} ms, at most {:.2} ms", ms(median), ms(most));
}

/// The component with a custom section at its end, which means nothing.
fn with_section(component: &[u8], n: usize) -> Vec<u8> {
    let name = format!("copy-{n}");
    let length = u8::try_from(name.len()).expect("a short name");
    let mut bytes = component.to_vec();
    bytes.extend([0, length + 1, length]);
    bytes.extend(name.bytes());
    bytes
}

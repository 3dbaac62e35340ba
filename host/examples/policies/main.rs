//! What policies cost under the hub's own engine, side by side:
//! `cargo run --release -p umbel --example policies -- FILE [OTHER ...]`.
//!
//! Times are CPU time of the thread that calls, so that a busy machine disturbs them little; ratios are to the
//! first component. All get the same subscribers and events: everybody asks for `all` and for a name of its own,
//! has a token with the same fence, and every event happens within it. Payload and claims are handed on where
//! the component wants them, as a hub does.

mod crowd;
mod measure;
mod table;

use std::path::Path;
use std::process::ExitCode;

use rustix::time::ClockId;

use crate::measure::{COMPILE, Measured, cpu_ms, measure};
use crate::table::table;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // This program is its own compiling child, as the hub is.
    if let [COMPILE, told, _, memory_bytes, _, cpu_seconds] = arguments[..] {
        let number = |text: &str| text.parse().expect("a number");
        let code = umbel_engine::compile_component(number(memory_bytes), number(cpu_seconds));
        let spent = format!("{} {}", cpu_ms(ClockId::ProcessCPUTime), peak_mib());
        std::fs::write(told, spent).expect("written");
        return code;
    }
    assert!(!arguments.is_empty(), "which components?");
    let columns: Vec<(String, Measured)> = arguments
        .iter()
        .map(|file| (name(file), measure(Path::new(file))))
        .collect();
    print!("{}", table(&columns));
    ExitCode::SUCCESS
}

fn name(file: &str) -> String {
    let stem = Path::new(file).file_stem().expect("a file");
    stem.to_string_lossy().into_owned()
}

/// The most memory that this process had.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.and_then(|kib| kib.parse::<f64>().ok()).expect("KiB") / 1024.0
}

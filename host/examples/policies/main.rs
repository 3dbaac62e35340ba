//! What policies cost in the engine of a hub, as far as their languages make the difference: compiling, instances,
//! memory, and calls with 10,000 subscribers. Ratios to the first file hold across machines, times do not.
//!
//! ```sh
//! cargo run --release -p umbel --example policies -- guest/dist/dispatcher.wasm mine.wasm
//! ```
//!
//! `--own-claims` gives every subscriber claims that nobody else has. `--config FILE=TEXT` configures one policy.

mod cost;
mod crowd;

use std::process::ExitCode;

use cost::Cost;
use umbel_engine::{CompileLimits, compile_component};

/// What this program runs of itself to compile, as the hub does.
const COMPILE_COMMAND: &str = "compile-component";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if_eq(COMPILE_COMMAND).is_some() {
        let limits = CompileLimits::default();
        return compile_component(limits.memory_bytes, limits.cpu_seconds);
    }
    let (mut files, mut configs, mut own_claims) = (Vec::new(), Vec::new(), false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--own-claims" => own_claims = true,
            "--config" => {
                let pair = arguments.next().expect("--config takes FILE=TEXT");
                let (file, text) = pair.split_once('=').expect("--config takes FILE=TEXT");
                configs.push((file.to_owned(), text.to_owned()));
            }
            _ => files.push(argument),
        }
    }
    assert!(!files.is_empty(), "which components?");
    let costs: Vec<Cost> = files
        .iter()
        .map(|file| {
            let config = configs.iter().find(|(of, _)| of == file);
            Cost::of(file, config.map_or("", |(_, text)| text), own_claims)
        })
        .collect();
    print!("{}", cost::table(&costs));
    ExitCode::SUCCESS
}

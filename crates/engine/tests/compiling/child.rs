//! The program that the tests of the child process run: it compiles, as `umbel compile-component` does.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [memory, memory_bytes, cpu, cpu_seconds] = &arguments[..] else {
        panic!("{arguments:?}")
    };
    assert_eq!(
        (memory.as_str(), cpu.as_str()),
        ("--memory-bytes", "--cpu-seconds")
    );
    umbel_engine::compile_component(
        memory_bytes.parse().expect("bytes"),
        cpu_seconds.parse().expect("seconds"),
    )
}

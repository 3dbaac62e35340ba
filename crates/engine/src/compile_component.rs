//! The inside of a process that compiles one component and ends.

use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

use crate::config;
use crate::failure::{of_machine, printable};
use crate::in_process::compile;

/// The component is not acceptable; standard error says why.
pub(crate) const REFUSED: u8 = 1;
/// The machine failed; standard error says how.
const FAILED: u8 = 2;
/// There was not enough memory.
pub(crate) const OUT_OF_MEMORY: u8 = 3;

/// How far it steps back behind the threads that serve streams.
const NICENESS: i32 = 10;

/// Where the kernel must end a process because memory is short, it takes this one.
const OOM_SCORE_ADJUSTMENT: &str = "1000";

/// Why there is no code.
enum Failure {
    Machine(io::Error),
    Component(wasmtime::Error),
}

/// Compiles the component on standard input, and writes its code to standard output: all that a
/// program does that a [`ChildProcess`](crate::ChildProcess) runs. First it limits itself to
/// `memory_bytes` of address space and `cpu_seconds` of CPU time, for good.
///
/// Answers what the process is to end with: 0 where the code was written, 1 where the component is
/// refused and standard error says why, 2 where the machine failed, 3 where the memory did not do.
#[must_use]
pub fn compile_component(memory_bytes: u64, cpu_seconds: u64) -> ExitCode {
    let done = limit(memory_bytes, cpu_seconds)
        .map_err(Failure::Machine)
        .and_then(|()| translate(&mut io::stdin().lock(), &mut io::stdout().lock()));
    let (text, code) = match done {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Machine(error)) => (error.to_string(), FAILED),
        Err(Failure::Component(error)) if is_out_of_memory(&error) => {
            (format!("{error:#}"), OUT_OF_MEMORY)
        }
        Err(Failure::Component(error)) => (format!("{error:#}"), REFUSED),
    };
    // Nobody may be reading; the exit code tells as well.
    _ = io::stderr().write_all(printable(&text).as_bytes());
    ExitCode::from(code)
}

/// Nothing of it can be taken back by this process.
fn limit(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    set(Resource::As, memory_bytes, memory_bytes)?;
    // The signal of the lower limit says what it is about, that of the upper one is just the end.
    set(Resource::Cpu, cpu_seconds, cpu_seconds.saturating_add(1))?;
    // A component that makes the compiler crash leaves nothing on the disk.
    set(Resource::Core, 0, 0)?;
    // It works as well where it may not step back: behind those who serve, and before them where the
    // machine runs out of memory.
    _ = nice(NICENESS);
    _ = fs::write("/proc/self/oom_score_adj", OOM_SCORE_ADJUSTMENT);
    Ok(())
}

/// Sets both limits of `resource`, or what the process has already where that is less.
fn set(resource: Resource, lower: u64, upper: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum.unwrap_or(upper).min(upper);
    let limit = Rlimit {
        current: Some(lower.min(maximum)),
        maximum: Some(maximum),
    };
    Ok(setrlimit(resource, limit)?)
}

fn translate(input: &mut impl Read, output: &mut impl Write) -> Result<(), Failure> {
    let mut component = Vec::new();
    input
        .read_to_end(&mut component)
        .map_err(Failure::Machine)?;
    // Without the pool: its address space is many times what this process may have.
    let code = wasmtime::Engine::new(&config::base())
        .and_then(|engine| compile(&engine, &component))
        .map_err(Failure::Component)?;
    output
        .write_all(code.bytes())
        .and_then(|()| output.flush())
        .map_err(Failure::Machine)
}

fn is_out_of_memory(error: &wasmtime::Error) -> bool {
    of_machine(error) == Some(Errno::NOMEM) || error.is::<wasmtime::OutOfMemory>()
}

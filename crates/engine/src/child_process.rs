//! Compiles in a process that can be killed.

mod running;

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use rustix::process::Signal;
use wasmtime::Precompiled;

use crate::compile_component::{OUT_OF_MEMORY, REFUSED};
use crate::failure::printable;
use crate::turns::Turns;
use crate::{CompileError, CompileLimits, Compiled, Compiler};
use running::{Ended, Running};

/// The program of this process, even where its file was replaced meanwhile.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// Callers that may wait for their turn.
const WAITING_MAX: usize = 16;

/// What Rust's allocator says before it gives up; there is no other sign of it.
const OUT_OF_MEMORY_TEXT: &str = "memory allocation of";

/// Compiles in a child process, one component at a time. A component that takes too long or too much
/// memory costs that process alone.
pub struct ChildProcess {
    program: PathBuf,
    arguments: Vec<OsString>,
    limits: CompileLimits,
    turns: Turns,
}

impl ChildProcess {
    /// Runs `program` with `arguments`, `--memory-bytes` and `--cpu-seconds`; it is to do what
    /// [`compile_component`](crate::compile_component) does. What it answers will run as machine code in
    /// this process: it is trusted as this process is.
    #[must_use]
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
        limits: CompileLimits,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            limits,
            turns: Turns::default(),
        }
    }

    /// Runs the program of this process with `arguments`.
    #[must_use]
    pub fn of_this_program(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
        limits: CompileLimits,
    ) -> Self {
        Self::new(THIS_PROGRAM, arguments, limits)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .arg("--memory-bytes")
            .arg(self.limits.memory_bytes.to_string())
            .arg("--cpu-seconds")
            .arg(self.limits.cpu_seconds.to_string())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// What `ended` means.
    fn read(&self, ended: Ended) -> Result<Compiled, CompileError> {
        let CompileLimits {
            time,
            memory_bytes,
            code_bytes,
            ..
        } = self.limits;
        let Some(status) = ended.status else {
            return Err(CompileError::TooSlow { allowed: time });
        };
        if ended.output.len() > code_bytes {
            return Err(CompileError::TooMuchCode { max: code_bytes });
        }
        let text = printable(&String::from_utf8_lossy(&ended.errors));
        if status.success() {
            return match wasmtime::Engine::detect_precompiled(&ended.output) {
                Some(Precompiled::Component) => Ok(Compiled::trusted(ended.output)),
                _ => Err(CompileError::Host("it answered with something else".into())),
            };
        }
        Err(if was_killed_by(status, Signal::XCPU) {
            let allowed = std::time::Duration::from_secs(self.limits.cpu_seconds);
            CompileError::TooSlow { allowed }
        } else if status.code() == Some(OUT_OF_MEMORY.into())
            || was_killed_by(status, Signal::ABORT) && text.contains(OUT_OF_MEMORY_TEXT)
        {
            CompileError::TooMuchMemory { max: memory_bytes }
        } else if status.code() == Some(REFUSED.into()) {
            CompileError::Refused(text)
        } else {
            CompileError::Host(format!("its process ended with {status}: {text}"))
        })
    }
}

fn was_killed_by(status: ExitStatus, signal: Signal) -> bool {
    status.signal() == Some(signal.as_raw())
}

impl Compiler for ChildProcess {
    fn compile(&self, component: &[u8]) -> Result<Compiled, CompileError> {
        let _turn = self
            .turns
            .wait(WAITING_MAX)
            .map_err(|waiting| CompileError::Busy { waiting })?;
        Running::start(&mut self.command())
            .and_then(|running| running.finish(component, self.limits))
            .map_err(|error| CompileError::Host(error.to_string()))
            .and_then(|ended| self.read(ended))
    }
}

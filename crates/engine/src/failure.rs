//! From an error of wasmtime to a fault with a class.

use core::fmt::Write as _;
use std::io;

use rustix::io::Errno;
use umbel_routing::{Export, Fault, FaultClass};
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::budget::BudgetExceeded;
use crate::deadline::DeadlineExceeded;

/// Bytes of a fault's detail: a component chooses the names in it.
const DETAIL_BYTES_MAX: usize = 1_024;

/// Frames of the backtrace that a detail names, the innermost first.
const DETAIL_FRAMES_MAX: usize = 4;

/// How wasmtime says that an answer was too large; it has no type for it.
const ANSWER_TOO_LARGE: &str = "fuel allocated for hostcalls has been exhausted";

/// How wasmtime says that a store has too many instances, memories or tables, or handles.
const STORE_FULL: [&str; 2] = ["resource limit exceeded", "handle limit exceeded"];

/// The fault that `error` is in a call to `export`.
pub(crate) fn fault(export: Export, error: &wasmtime::Error) -> Fault {
    let class = classify(export, error);
    let mut detail = error.root_cause().to_string();
    if let Some(trace) = error.downcast_ref::<WasmBacktrace>() {
        for frame in trace.frames().iter().take(DETAIL_FRAMES_MAX) {
            let name = frame.func_name().unwrap_or("?");
            // Writing to a string cannot fail.
            let _ = write!(detail, " < {name}");
        }
    }
    Fault {
        export,
        class,
        detail: printable(&detail),
    }
}

fn classify(export: Export, error: &wasmtime::Error) -> FaultClass {
    if error.is::<BudgetExceeded>() {
        FaultClass::Limit
    } else if error.is::<DeadlineExceeded>() {
        FaultClass::Deadline
    } else if error.is::<PoolConcurrencyLimitError>() {
        FaultClass::PoolFull
    } else if let Some(errno) = of_machine(error) {
        match (export, errno) {
            (Export::Instantiate, Errno::NOMEM) => FaultClass::PoolFull,
            _ => FaultClass::Host,
        }
    } else if let Some(trap) = error.downcast_ref::<Trap>() {
        of_trap(*trap)
    } else {
        of_text(&error.root_cause().to_string())
    }
}

/// What the kernel said, where it was the kernel that refused something.
pub(crate) fn of_machine(error: &wasmtime::Error) -> Option<Errno> {
    error.chain().find_map(|cause| {
        let errno = cause.downcast_ref::<Errno>().copied();
        errno.or_else(|| Errno::from_io_error(cause.downcast_ref::<io::Error>()?))
    })
}

fn of_trap(trap: Trap) -> FaultClass {
    match trap {
        Trap::StackOverflow => FaultClass::Stack,
        Trap::Interrupt => FaultClass::Deadline,
        Trap::AllocationTooLarge => FaultClass::Limit,
        Trap::InvalidChar
        | Trap::StringOutOfBounds
        | Trap::ListOutOfBounds
        | Trap::InvalidDiscriminant
        | Trap::UnalignedPointer => FaultClass::Abi,
        _ => FaultClass::Trap,
    }
}

fn of_text(text: &str) -> FaultClass {
    if text.contains(ANSWER_TOO_LARGE) {
        FaultClass::AnswerSize
    } else if STORE_FULL.iter().any(|full| text.contains(full)) {
        FaultClass::Limit
    } else {
        FaultClass::Abi
    }
}

/// `text` on one line, without control characters, of at most [`DETAIL_BYTES_MAX`] bytes.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(DETAIL_BYTES_MAX));
    for c in text.chars() {
        let escaped: &mut dyn Iterator<Item = char> = if c.is_control() {
            &mut c.escape_default()
        } else {
            &mut core::iter::once(c)
        };
        let before = out.len();
        out.extend(escaped);
        if out.len() > DETAIL_BYTES_MAX {
            out.truncate(before);
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{DETAIL_BYTES_MAX, printable};

    #[test]
    fn what_a_component_names_cannot_forge_a_line_of_the_log() {
        assert_eq!(
            printable("a\nlevel=error\u{1b}[31m"),
            "a\\nlevel=error\\u{1b}[31m"
        );
        assert!(printable(&"\u{1b}é".repeat(2000)).len() <= DETAIL_BYTES_MAX);
    }
}

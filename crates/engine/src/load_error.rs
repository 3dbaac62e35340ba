//! Why a file is not the component that it should be, and how to mend it.

use umbel_routing::{Blame, Fault};

use crate::{CompileError, ComponentKind};

/// Why a component was not loaded. The texts are for its author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// More bytes than allowed; nothing was looked at.
    #[error("the component has {len} bytes, the limit is {max} (`limits.component-bytes`)")]
    TooLarge {
        /// Its length.
        len: usize,
        /// The limit.
        max: usize,
    },
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// WebAssembly text.
    #[error(
        "this is WebAssembly text; the hub takes binaries: `wasm-tools parse FILE -o OUT` makes one"
    )]
    Text,
    /// A core module: what compilers make before it is wrapped.
    #[error(
        "this is a core module, not a component: `umbel policy build` makes one of a project, \
         `wasm-tools component new FILE -o OUT` wraps a module"
    )]
    CoreModule,
    /// Machine code that an engine has compiled before.
    #[error(
        "this is compiled machine code; the hub takes only the component that it was made from"
    )]
    Precompiled,
    /// Something else.
    #[error("this is no WebAssembly: it does not start with the bytes `\\0asm`")]
    NotWasm,
    /// It starts like a component, but is cut off, damaged, or needs a feature that is off.
    #[error(
        "the component cannot be read: {0}. Is the file whole? Was it built for a feature that is \
         off here?"
    )]
    Invalid(String),
    /// It could not be compiled.
    #[error("the component was not compiled: {0}")]
    Compile(CompileError),
    /// It wants functions or resources from the host, which gives none.
    #[error("{}", imports_text(.0))]
    Imports(Vec<String>),
    /// It lacks a part of the contract.
    #[error("the component lacks `{name}` ({detail}); {}. It exports: {found}", .wanted.contract())]
    MissingExport {
        /// What it should be.
        wanted: ComponentKind,
        /// What is missing.
        name: String,
        /// Whether the interface is missing or the function in it.
        detail: String,
        /// What there is instead.
        found: String,
    },
    /// A filter where a policy is wanted, or the reverse.
    #[error("{}", other_kind_text(*.wanted))]
    OtherKind {
        /// What it should be.
        wanted: ComponentKind,
    },
    /// A function of the contract has other types: it was built against another version of it.
    #[error(
        "`{export}` is not of the contract's type: {detail}. Build it against `umbel:hub@0.1.0`"
    )]
    WrongType {
        /// Which one.
        export: String,
        /// How it differs.
        detail: String,
    },
    /// It needs more of something than an instance may have.
    #[error("the component needs {needed} {resource}, the limit is {max}")]
    TooMuch {
        /// Of what.
        resource: Resource,
        /// How much it needs.
        needed: u64,
        /// How much it may have.
        max: u64,
    },
    /// It has more parts than an instance may have.
    #[error("the component is too large: {0}")]
    Unfit(String),
    /// It could not be instantiated.
    #[error("the component could not be started: {0}")]
    Start(Fault),
}

impl LoadError {
    /// Whose failure it is.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::Compile(error) => error.blame(),
            Self::Start(fault) => fault.class.blame(),
            _ => Blame::Component,
        }
    }
}

impl From<CompileError> for LoadError {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Refused(reason) => Self::Invalid(reason),
            other => Self::Compile(other),
        }
    }
}

/// What a component may need too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Linear memories.
    Memories,
    /// Bytes of one memory at the start.
    MemoryBytes,
    /// Tables.
    Tables,
    /// Elements of one table at the start.
    TableElements,
}

impl core::fmt::Display for Resource {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Memories => "memories",
            Self::MemoryBytes => "bytes of memory to start",
            Self::Tables => "tables",
            Self::TableElements => "table elements to start",
        })
    }
}

const fn other_kind_text(wanted: ComponentKind) -> &'static str {
    match wanted {
        ComponentKind::Policy => {
            "this component is a filter, not a policy: name it under `[filter]` instead of \
             `[policy]`, or deploy it with `umbel policy deploy --filter`"
        }
        ComponentKind::Filter => {
            "this component is a policy, not a filter: name it under `[policy]` instead of \
             `[filter]`, or deploy it without `--filter`"
        }
    }
}

fn imports_text(imports: &[String]) -> String {
    let advice = if imports.iter().any(|name| name.starts_with("wasi:")) {
        "build without WASI: Rust for wasm32-unknown-unknown, componentize-py with `--stub-wasi`, \
         componentize-js with `disableFeatures` for random, stdio, clocks, http and fetch-event"
    } else {
        "link what provides it into the component, for instance with `wac plug`"
    };
    format!(
        "a component may import nothing, but this one wants {}; {advice}",
        imports.join(", ")
    )
}

//! A component that was checked and compiled, whatever it exports.

mod face;
mod form;
mod imports;
mod needs;

use sha2::{Digest, Sha256};
use wasmtime::component::{Component, InstancePre, Linker};

pub use face::{Face, Interface};

use crate::exports::{BadExport, Exports, FilterExports, PolicyExports};
use crate::failure::printable;
use crate::hex::hex;
use crate::instance::{HostState, Instance};
use crate::suspicion::Suspicion;
use crate::{CompileError, Compiler, ComponentKind, Engine, Limits, LoadError};

/// Exports that are named in an error.
const EXPORTS_NAMED_MAX: usize = 8;

/// How wasmtime says that a component has more of something than the pool has for one; it has no type
/// for it.
const TOO_LARGE_FOR_POOL: &str = "pooling allocator";

/// A component that was checked against its part of the contract and compiled: it can be
/// instantiated any number of times.
pub(crate) struct Checked<X> {
    engine: Engine,
    pre: InstancePre<HostState>,
    exports: X,
    digest: String,
    suspicion: Suspicion,
}

impl<X: Exports> Checked<X> {
    /// Checks `bytes`, has them compiled, and instantiates the component once to see that it starts
    /// and that its types are those of the contract.
    pub(crate) fn load(
        engine: &Engine,
        compiler: &dyn Compiler,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, LoadError> {
        let component = compiled(engine, compiler, bytes, limits)?;
        Self::of(engine, &component, digest(bytes), limits)
    }

    /// As [`Self::load`], once it is compiled.
    pub(crate) fn of(
        engine: &Engine,
        component: &Component,
        digest: String,
        limits: &Limits,
    ) -> Result<Self, LoadError> {
        let wanted = imports::wanted(engine.wasm(), component);
        if !wanted.is_empty() {
            return Err(LoadError::Imports(wanted));
        }
        needs::check(component, limits)?;
        let exports = X::find(component).map_err(|bad| lacking::<X>(engine, component, bad))?;
        let pre = Linker::new(engine.wasm())
            .instantiate_pre(component)
            .map_err(|e| LoadError::Invalid(printable(&format!("{e:#}"))))?;
        let checked = Self {
            engine: engine.clone(),
            pre,
            exports,
            digest,
            suspicion: Suspicion::default(),
        };
        Instance::new(&checked, limits)?;
        Ok(checked)
    }

    /// SHA-256 of its bytes, in hexadecimal.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn pre(&self) -> &InstancePre<HostState> {
        &self.pre
    }

    pub(crate) fn exports(&self) -> &X {
        &self.exports
    }

    pub(crate) fn suspicion(&self) -> &Suspicion {
        &self.suspicion
    }
}

/// Checks what can be told of `bytes` without it, and has them compiled.
pub(crate) fn compiled(
    engine: &Engine,
    compiler: &dyn Compiler,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Component, LoadError> {
    form::check(bytes, limits.component_bytes)?;
    compiler
        .compile(bytes)?
        .load(engine.wasm())
        .map_err(|error| not_loaded(&error))
}

/// SHA-256 of `bytes`, in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Why code that the compiler has just made cannot be used.
fn not_loaded(error: &wasmtime::Error) -> LoadError {
    let text = printable(&format!("{error:#}"));
    if text.contains(TOO_LARGE_FOR_POOL) {
        LoadError::Unfit(text)
    } else {
        LoadError::Compile(CompileError::Host(text))
    }
}

/// Why `component`, which lacks what `bad` says, is not of the kind `X`.
fn lacking<X: Exports>(engine: &Engine, component: &Component, bad: BadExport) -> LoadError {
    let other = match X::KIND {
        ComponentKind::Policy => FilterExports::is_kind(component),
        ComponentKind::Filter => PolicyExports::is_kind(component),
    };
    if other && !X::is_kind(component) {
        return LoadError::OtherKind { wanted: X::KIND };
    }
    let names: Vec<String> = component
        .component_type()
        .exports(engine.wasm())
        .take(EXPORTS_NAMED_MAX)
        .map(|(name, _)| printable(name))
        .collect();
    let (wanted, version) = bad
        .export
        .split_once('@')
        .unwrap_or((bad.export.as_str(), ""));
    let other = names
        .iter()
        .filter_map(|name| name.split_once('@'))
        .find(|(name, _)| *name == wanted);
    let detail = match other {
        Some((_, other)) if !version.contains('#') => {
            format!("it has {wanted}@{other} instead: build it against version {version}")
        }
        _ => bad.detail,
    };
    let found = if names.is_empty() {
        "nothing".into()
    } else {
        names.join(", ")
    };
    LoadError::MissingExport {
        wanted: X::KIND,
        name: bad.export,
        detail,
        found,
    }
}

//! A component that was checked and compiled.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use wasmtime::component::{Component, InstancePre, Linker};

use crate::bindings::{BadExport, ExportIndexes};
use crate::imports;
use crate::instance::{HostState, Instance};
use crate::limits::{MEMORIES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX};
use crate::{Engine, Limits, LoadError, Resource};

/// Bytes of a WebAssembly page.
const PAGE_BYTES: u64 = 64 << 10;

/// What a binary starts with: magic, version, and whether it is a module or a component.
const MAGIC: &[u8] = b"\0asm";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A policy that was checked against the contract and compiled: it can be instantiated any number
/// of times. Cheap to clone.
#[derive(Clone)]
pub struct PolicyComponent(Arc<Inner>);

struct Inner {
    engine: Engine,
    pre: InstancePre<HostState>,
    exports: ExportIndexes,
    digest: String,
}

impl PolicyComponent {
    /// Checks and compiles `bytes`, and instantiates it once to see that it starts and that its
    /// types are those of the contract. Compiling takes tens of milliseconds, seconds for a
    /// JavaScript or Python policy: not on a thread that serves streams.
    ///
    /// # Errors
    /// What is wrong with it, in words for its author.
    pub fn load(engine: &Engine, bytes: &[u8], limits: &Limits) -> Result<Self, LoadError> {
        check_form(bytes, limits.component_bytes)?;
        let component = Component::from_binary(engine.wasm(), bytes)
            .map_err(|e| LoadError::Invalid(crate::failure::printable(&format!("{e:#}"))))?;
        let wanted = imports::wanted(engine.wasm(), &component);
        if !wanted.is_empty() {
            return Err(LoadError::Imports(wanted));
        }
        check_resources(&component, limits)?;
        let exports =
            ExportIndexes::find(&component).map_err(|e| missing(engine, &component, e))?;
        let pre = Linker::new(engine.wasm())
            .instantiate_pre(&component)
            .map_err(|e| LoadError::Invalid(crate::failure::printable(&format!("{e:#}"))))?;
        let digest = Sha256::digest(bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let loaded = Self(Arc::new(Inner {
            engine: engine.clone(),
            pre,
            exports,
            digest,
        }));
        Instance::new(&loaded, limits)?;
        Ok(loaded)
    }

    /// SHA-256 of its bytes, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn pre(&self) -> &InstancePre<HostState> {
        &self.0.pre
    }

    pub(crate) fn exports(&self) -> &ExportIndexes {
        &self.0.exports
    }
}

/// What can be told without parsing.
fn check_form(bytes: &[u8], max: usize) -> Result<(), LoadError> {
    if bytes.len() > max {
        return Err(LoadError::TooLarge {
            len: bytes.len(),
            max,
        });
    }
    if bytes.is_empty() {
        return Err(LoadError::Empty);
    }
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(LoadError::Precompiled);
    }
    if bytes.trim_ascii_start().starts_with(b"(") {
        return Err(LoadError::Text);
    }
    if bytes.starts_with(MODULE) {
        return Err(LoadError::CoreModule);
    }
    if !bytes.starts_with(MAGIC) {
        return Err(LoadError::NotWasm);
    }
    Ok(())
}

/// What it takes to start, so that a refusal says more than a failed allocation would.
fn check_resources(component: &Component, limits: &Limits) -> Result<(), LoadError> {
    let Some(needs) = component.resources_required() else {
        return Err(LoadError::Imports(vec!["a core module".into()]));
    };
    let bytes = needs
        .max_initial_memory_size
        .unwrap_or(0)
        .saturating_mul(PAGE_BYTES);
    for (resource, needed, max) in [
        (
            Resource::Memories,
            u64::from(needs.num_memories),
            u64::from(MEMORIES_MAX),
        ),
        (Resource::MemoryBytes, bytes, limits.memory_bytes as u64),
        (
            Resource::Tables,
            u64::from(needs.num_tables),
            u64::from(TABLES_MAX),
        ),
        (
            Resource::TableElements,
            needs.max_initial_table_size.unwrap_or(0),
            TABLE_ELEMENTS_MAX as u64,
        ),
    ] {
        if needed > max {
            return Err(LoadError::TooMuch {
                resource,
                needed,
                max,
            });
        }
    }
    Ok(())
}

fn missing(engine: &Engine, component: &Component, bad: BadExport) -> LoadError {
    let names: Vec<String> = component
        .component_type()
        .exports(engine.wasm())
        .take(EXPORTS_NAMED_MAX)
        .map(|(name, _)| crate::failure::printable(name))
        .collect();
    let found = if names.is_empty() {
        "nothing".into()
    } else {
        names.join(", ")
    };
    LoadError::MissingExport {
        name: bad.export,
        detail: bad.detail,
        found,
    }
}

/// Exports that are named in an error.
const EXPORTS_NAMED_MAX: usize = 8;

//! What a component shows.

use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{ComponentInstance, ComponentItem};

use super::needs::PAGE_BYTES;
use crate::failure::printable;

/// Interfaces that are told of each way, and functions of one.
const NAMED_MAX: usize = 64;

/// What a component shows to whoever looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// What it imports. What has no functions is but types: nothing needs to be given for it.
    pub imports: Vec<Interface>,
    /// What it exports.
    pub exports: Vec<Interface>,
    /// Linear memories of an instance; none where that depends on what it imports.
    pub memories: Option<u32>,
    /// Bytes of the largest of them at the start.
    pub memory_bytes: Option<u64>,
}

/// Something that a component imports or exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name, with package and version.
    pub name: String,
    /// Names of the functions and resources in it. What is no interface stands here by itself.
    pub functions: Vec<String>,
}

impl Face {
    /// That of `component`; long lists are cut.
    pub(crate) fn of(engine: &Engine, component: &Component) -> Self {
        let shown = component.component_type();
        let needs = component.resources_required();
        let imports = shown.imports(engine).take(NAMED_MAX);
        let exports = shown.exports(engine).take(NAMED_MAX);
        Self {
            imports: imports
                .map(|(name, import)| Interface::of(engine, name, &import.ty))
                .collect(),
            exports: exports
                .map(|(name, export)| Interface::of(engine, name, &export.ty))
                .collect(),
            memories: needs.as_ref().map(|needs| needs.num_memories),
            memory_bytes: needs.as_ref().map(|needs| {
                let pages = needs.max_initial_memory_size.unwrap_or(0);
                pages.saturating_mul(PAGE_BYTES)
            }),
        }
    }
}

impl Interface {
    fn of(engine: &Engine, name: &str, item: &ComponentItem) -> Self {
        let functions = match item {
            ComponentItem::Type(_) => Vec::new(),
            ComponentItem::ComponentInstance(instance) => functions(engine, instance),
            _ => vec![printable(name)],
        };
        Self {
            name: printable(name),
            functions,
        }
    }
}

fn functions(engine: &Engine, instance: &ComponentInstance) -> Vec<String> {
    instance
        .exports(engine)
        .filter(|(_, export)| !matches!(export.ty, ComponentItem::Type(_)))
        .take(NAMED_MAX)
        .map(|(name, _)| printable(name))
        .collect()
}

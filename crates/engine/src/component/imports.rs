//! What a component wants from the host.

use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{ComponentInstance, ComponentItem};

use crate::failure::printable;

/// Imports that are named in an error.
const NAMED_MAX: usize = 16;

/// The imports of `component` that hold more than types, by name, as a user should see them. An
/// interface of types alone shows as an import though nothing needs to be given for it.
pub(crate) fn wanted(engine: &Engine, component: &Component) -> Vec<String> {
    let mut names: Vec<String> = component
        .component_type()
        .imports(engine)
        .filter_map(|(name, import)| named(engine, name, &import.ty))
        .collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        names.truncate(NAMED_MAX);
        names.push(format!("{more} more"));
    }
    names
}

fn named(engine: &Engine, name: &str, item: &ComponentItem) -> Option<String> {
    match item {
        ComponentItem::Type(_) => None,
        ComponentItem::ComponentInstance(instance) => {
            first_of(engine, instance).map(|inner| printable(&format!("{name} ({inner}, ...)")))
        }
        _ => Some(printable(name)),
    }
}

/// The first function or resource of an interface.
fn first_of(engine: &Engine, instance: &ComponentInstance) -> Option<String> {
    instance
        .exports(engine)
        .find_map(|(name, export)| match &export.ty {
            ComponentItem::Type(_) => None,
            ComponentItem::ComponentInstance(inner) => first_of(engine, inner),
            _ => Some(name.to_owned()),
        })
}

//! From a core module to a component, and what a component shows.

use anyhow::{Result, bail};
use umbel_guest_build::wrap;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, TypeDefKind, WorldItem};

/// What a component asks for and offers.
#[derive(Debug, PartialEq)]
pub(super) struct Face {
    /// Names of the exported interfaces and functions, sorted.
    pub(super) exports: Vec<String>,
    /// Names of the imports that hold a function or a resource; types alone need nothing of a host; sorted.
    pub(super) needs: Vec<String>,
}

/// Wraps `core`, a module that carries its contract in a custom section, and checks that the result
/// exports just `exports` and needs just `imports`.
pub(super) fn componentize(core: &[u8], exports: &[&str], imports: &[&str]) -> Result<Vec<u8>> {
    let component = wrap(core)?;
    let face = face(&component)?;
    if face.exports != exports || face.needs != imports {
        bail!("it is to export {exports:?} and to need {imports:?}; this one is {face:?}");
    }
    Ok(component)
}

/// Reads the face of `component`.
pub(super) fn face(component: &[u8]) -> Result<Face> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("a WIT package, not a component");
    };
    let world = &resolve.worlds[world];
    let mut exports: Vec<_> = world
        .exports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    exports.sort();
    let needs = world
        .imports
        .iter()
        .filter(|(_, item)| needs_host(&resolve, item));
    let mut needs: Vec<_> = needs.map(|(key, _)| resolve.name_world_key(key)).collect();
    needs.sort();
    Ok(Face { exports, needs })
}

fn needs_host(resolve: &Resolve, item: &WorldItem) -> bool {
    let is_resource = |id| matches!(resolve.types[id].kind, TypeDefKind::Resource);
    match item {
        WorldItem::Function(_) => true,
        WorldItem::Type { id, .. } => is_resource(*id),
        WorldItem::Interface { id, .. } => {
            let interface = &resolve.interfaces[*id];
            !interface.functions.is_empty() || interface.types.values().any(|id| is_resource(*id))
        }
    }
}

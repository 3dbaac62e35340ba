//! Plugs a layer in front of a policy: `umbel-compose LAYER POLICY OUTPUT` makes one component of two.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};

fn main() -> Result<()> {
    let args: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [layer, policy, output] = &args[..] else {
        bail!("umbel-compose LAYER POLICY OUTPUT");
    };
    let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
    let composed = compose(read(layer)?, read(policy)?)?;
    fs::write(output, &composed).with_context(|| output.display().to_string())
}

/// One component that exports what `layer` exports, and gives it what `policy` exports for its imports.
fn compose(layer: Vec<u8>, policy: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name, bytes| {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut()).context(name)?;
        anyhow::Ok(graph.register_package(package)?)
    };
    let (layer, policy) = (
        register("umbel:layer", layer)?,
        register("umbel:policy", policy)?,
    );
    wac_graph::plug(&mut graph, vec![policy], layer)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

#[cfg(test)]
mod tests;

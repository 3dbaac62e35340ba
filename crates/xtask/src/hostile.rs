//! `xtask hostile`: what components that misbehave cost the other tenants of their shard, measured.

use std::path::Path;

use anyhow::Result;

use crate::shell;

/// Builds hub and benchmark, and runs it: all of it, or what takes half a minute.
pub(crate) fn run(root: &Path, short: bool) -> Result<()> {
    let cargo = |args: &[&str]| {
        let mut cargo = shell::cargo();
        cargo.args(args).args(["--release", "--package", "umbel"]);
        cargo.current_dir(root);
        cargo
    };
    shell::run(cargo(&["build", "--locked"]).args(["--bin", "umbel"]))?;
    let mut benchmark = cargo(&["run", "--locked"]);
    benchmark.args(["--example", "hostile", "--"]);
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    benchmark.arg(root.join(target).join("release/umbel"));
    if short {
        benchmark.arg("--short");
    }
    shell::run(&mut benchmark)
}

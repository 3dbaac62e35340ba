//! `xtask setup`: installs what the tests need and is missing.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use umbel_guest_build::Toolchain;

use crate::languages::CHROMIUM;
use crate::shell;
use crate::test::REGISTRY;

/// Debian's compiler with the source of its standard library: enough for any target.
const COMPILER: [&str; 2] = ["rustc-web", "rust-web-src"];
/// `ip`, for tests that cut a connection inside a network namespace.
const NETWORK: [&str; 1] = ["iproute2"];

/// For what is written in Python and in JavaScript.
const PYTHON: [&str; 2] = ["python3", "python3-venv"];
const NODE: [&str; 2] = ["nodejs", "npm"];

/// Says what it does; does nothing where all is there.
pub(crate) fn run() -> Result<()> {
    network_tools()?;
    language("python3", &PYTHON)?;
    language("npm", &NODE)?;
    browser()?;
    registry()?;
    compiler()
}

fn compiler() -> Result<()> {
    if Toolchain::find().is_ok() {
        return Ok(());
    }
    if can_apt() {
        apt(&COMPILER)?;
    } else if shell::has("rustup") {
        eprintln!("setup: a compiler for the guests, through rustup");
        shell::run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]))?;
    }
    Toolchain::find()?;
    Ok(())
}

fn language(program: &str, packages: &[&str]) -> Result<()> {
    if shell::has(program) {
        return Ok(());
    }
    if !can_apt() {
        bail!(
            "`{program}` is missing: install {}, or run `cargo xtask test --quick`",
            packages.join(" and ")
        );
    }
    apt(packages)
}

/// Chromium alone is not insisted on.
fn browser() -> Result<()> {
    if Path::new(CHROMIUM).exists() || !can_apt() {
        return Ok(());
    }
    apt(&["chromium"])
}

/// Nor is a registry for components.
fn registry() -> Result<()> {
    if shell::has(REGISTRY) || !can_apt() {
        return Ok(());
    }
    apt(&[REGISTRY])
}

fn network_tools() -> Result<()> {
    if !cfg!(target_os = "linux") || shell::has("ip") {
        return Ok(());
    }
    if !can_apt() {
        bail!(
            "`ip` is missing: install {} for the tests that cut connections",
            NETWORK[0]
        );
    }
    apt(&NETWORK)
}

fn apt(packages: &[&str]) -> Result<()> {
    eprintln!("setup: installing {} with apt-get", packages.join(" and "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    shell::run(apt().arg("update"))?;
    shell::run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

/// Only as root: nobody is asked for a password by a test.
fn can_apt() -> bool {
    let user = || shell::output(Command::new("id").arg("-u"));
    shell::has("apt-get") && user().is_ok_and(|user| user.trim() == "0")
}

//! `xtask test`: everything that must hold, stage by stage. Stops at the first stage that fails.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{guests, languages, planted, setup, shell, tidy, tree};

/// How much is tested.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Extent {
    /// What needs no Wasm toolchain and takes little time.
    Quick,
    /// All of it.
    Whole,
}

/// Names the component that was just built from source, for the test that holds the committed one to the
/// same decisions.
const FRESH_DISPATCHER: &str = "FRESH_DISPATCHER";

/// The program, and Debian's package, of a registry for components; its tests.
pub(crate) const REGISTRY: &str = "docker-registry";
const REGISTRY_TESTS: &str = "oci_registry::";

/// One thing that must hold.
struct Stage {
    name: &'static str,
    /// The least extent that runs it.
    from: Extent,
    run: fn(&mut Run) -> Result<()>,
}

/// What the stages share.
struct Run {
    root: PathBuf,
    extent: Extent,
    /// Where the components are that the `guests` stage built.
    fresh: Option<PathBuf>,
}

/// In the order in which they run: what fails fast comes first.
const STAGES: [Stage; 12] = [
    Stage::new("setup", Extent::Whole, |_| setup::run()),
    Stage::new("tidy", Extent::Quick, |_| tidy::run()),
    Stage::new("format", Extent::Quick, format),
    Stage::new("lints", Extent::Quick, lints),
    Stage::new("docs", Extent::Whole, docs),
    Stage::new("guests", Extent::Quick, guests),
    Stage::new("tests", Extent::Quick, tests),
    Stage::new("guest tests", Extent::Quick, guest_tests),
    Stage::new("python", Extent::Whole, |run| languages::python(&run.root)),
    Stage::new("javascript", Extent::Whole, |run| {
        languages::javascript(&run.root)
    }),
    Stage::new("other languages", Extent::Whole, |run| {
        languages::in_the_hub(&run.root)
    }),
    Stage::new("planted fault", Extent::Whole, |run| {
        planted::run(&run.root)
    }),
];

/// Runs the stages of `extent`.
pub(crate) fn run(extent: Extent) -> Result<()> {
    let start = Instant::now();
    let mut run = Run {
        root: tree::root(),
        extent,
        fresh: None,
    };
    for stage in STAGES
        .iter()
        .filter(|s| s.from == Extent::Quick || extent == Extent::Whole)
    {
        eprintln!("== {}", stage.name);
        let start = Instant::now();
        (stage.run)(&mut run).with_context(|| format!("stage `{}` failed", stage.name))?;
        eprintln!("== {}: {:.1} s", stage.name, start.elapsed().as_secs_f32());
    }
    eprintln!("== all well: {:.1} s", start.elapsed().as_secs_f32());
    Ok(())
}

fn format(run: &mut Run) -> Result<()> {
    shell::run(run.hub("fmt").args(["--all", "--check"]))?;
    shell::run(run.guest("fmt").args(["--all", "--check"]))
}

fn lints(run: &mut Run) -> Result<()> {
    let strict = ["--all-targets", "--locked", "--", "--deny", "warnings"];
    shell::run(run.hub("clippy").arg("--workspace").args(strict))?;
    let mut others = run.hub("clippy");
    others.arg("--workspace").args(languages::IN_THE_HUB);
    shell::run(others.args(&strict[1..]))?;
    shell::run(
        run.in_guest_target(run.guest("clippy"))
            .arg("--workspace")
            .args(strict),
    )
}

/// Broken links between items.
fn docs(run: &mut Run) -> Result<()> {
    let doc = ["--workspace", "--no-deps", "--locked"];
    let strict = ("RUSTDOCFLAGS", "--deny warnings");
    shell::run(run.hub("doc").args(doc).env(strict.0, strict.1))?;
    shell::run(
        run.in_guest_target(run.guest("doc"))
            .args(doc)
            .env(strict.0, strict.1),
    )
}

fn guests(run: &mut Run) -> Result<()> {
    match run.extent {
        Extent::Quick => guests::check_digests(&run.root)?,
        Extent::Whole => run.fresh = Some(guests::check()?),
    }
    Ok(())
}

fn tests(run: &mut Run) -> Result<()> {
    let mut cargo = run.hub("test");
    cargo.args(["--workspace", "--locked"]);
    if run.extent == Extent::Quick {
        cargo.args(["--lib", "--bins"]);
    }
    let without_registry = run.extent == Extent::Whole && !shell::has(REGISTRY);
    if let Some(fresh) = &run.fresh {
        cargo.env(FRESH_DISPATCHER, fresh.join(guests::DISPATCHER.file()));
    }
    if without_registry {
        eprintln!("there is no {REGISTRY}: components in a real registry are not tested");
        cargo.args(["--", "--skip", REGISTRY_TESTS]);
    }
    shell::run(&mut cargo)
}

fn guest_tests(run: &mut Run) -> Result<()> {
    shell::run(
        run.in_guest_target(run.guest("test"))
            .args(["--workspace", "--locked"]),
    )
}

impl Stage {
    const fn new(name: &'static str, from: Extent, run: fn(&mut Run) -> Result<()>) -> Self {
        Self { name, from, run }
    }
}

impl Run {
    fn hub(&self, command: &str) -> Command {
        self.cargo(command, &self.root)
    }

    fn guest(&self, command: &str) -> Command {
        self.cargo(command, &self.root.join("guest"))
    }

    fn cargo(&self, command: &str, workspace: &Path) -> Command {
        let mut cargo = shell::cargo();
        cargo
            .arg(command)
            .arg("--manifest-path")
            .arg(workspace.join("Cargo.toml"));
        cargo.current_dir(&self.root);
        cargo
    }

    fn in_guest_target(&self, mut cargo: Command) -> Command {
        cargo
            .arg("--target-dir")
            .arg(guests::target_dir(&self.root));
        cargo
    }
}

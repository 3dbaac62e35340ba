//! `cargo xtask CMD`: everything that a developer and CI do beyond plain cargo.

mod guests;
mod hostile;
mod languages;
mod planted;
mod setup;
mod shell;
mod test;
mod tidy;
mod tree;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask CMD

  test [--quick]    everything that must hold: setup, tidy, format, lints, guests, all tests
                    --quick: no setup, no guest build, unit tests alone
  tidy              layers, file lengths, module docs and what may not be written down
  guests [--check]  builds the components into guest/dist
                    --check: fails where those are stale; builds them beside and prints in which folder
  planted           builds a fault in on purpose: the test that is there for it has to fail
  hostile [--short] measures what components that misbehave cost the other tenants of their shard
  setup             installs what the tests need and is missing
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match command(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(args: &[&str]) -> Result<()> {
    match args {
        ["test"] => test::run(test::Extent::Whole),
        ["test", "--quick"] => test::run(test::Extent::Quick),
        ["tidy"] => tidy::run(),
        ["guests"] => guests::build(),
        ["guests", "--check"] => guests::check().map(|fresh| println!("{}", fresh.display())),
        ["planted"] => planted::run(&tree::root()),
        ["hostile"] => hostile::run(&tree::root(), false),
        ["hostile", "--short"] => hostile::run(&tree::root(), true),
        ["setup"] => setup::run(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("no such command: {}\n\n{USAGE}", args.join(" ")),
    }
}

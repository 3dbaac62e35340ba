//! `umbel check`: whether the configuration is sound.

use std::path::PathBuf;

use clap::Args;

use crate::auth::Keyring;
use crate::config::{Config, ProcessEnvironment, Sources};

/// What is checked.
#[derive(Args)]
pub struct Check {
    /// The configuration file; `umbel.toml` where it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Check {
    /// Reports every fault at once.
    pub fn run(self) -> anyhow::Result<()> {
        let sources = Sources {
            file: self.config,
            ..Sources::default()
        };
        let config = Config::load(&sources, &ProcessEnvironment)?;
        let keyring = Keyring::new(&config.mercure.issuers, config.limits.selector_bytes_max);
        let file = config
            .file
            .as_ref()
            .map_or_else(String::new, |f| format!("{}: ", f.display()));
        println!("{file}sound ({} shards, {keyring:?})", config.shards);
        Ok(())
    }
}

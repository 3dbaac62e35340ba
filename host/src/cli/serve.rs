//! `umbel serve`: run the hub.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, Override, ProcessEnvironment, Sources};
use crate::server::{Reload, Server, Signals};
use crate::telemetry::start_logs;

/// Each flag goes before the variable, and the variable before the file.
#[derive(Args)]
pub struct Serve {
    /// The configuration file; `umbel.toml` where it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Try things out: on loopback alone, anyone may publish, subscribe and administrate.
    #[arg(long)]
    dev: bool,
    /// Where clients connect, as 127.0.0.1:3000.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Where the operator connects, as 127.0.0.1:3001.
    #[arg(long, value_name = "ADDR")]
    admin_listen: Option<String>,
    /// What events are kept in: memory.
    #[arg(long, value_name = "KIND")]
    log: Option<String>,
    /// The component that decides: a file, `builtin`, or `native` to measure against.
    #[arg(long, value_name = "FILE|builtin|native")]
    policy: Option<String>,
    /// Threads that serve connections; 0: one per core.
    #[arg(long, value_name = "N")]
    shards: Option<String>,
}

impl Serve {
    /// Runs the hub until it is told to end.
    pub fn run(self) -> anyhow::Result<()> {
        let sources = self.sources();
        let config = Config::load(&sources, &ProcessEnvironment)?;
        start_logs();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let served = runtime.block_on(serve(sources, &config));
        // Whatever is still being compiled is not waited for.
        runtime.shutdown_background();
        served
    }

    fn sources(self) -> Sources {
        let flags = [
            ("--listen", "listen", self.listen),
            ("--admin-listen", "admin.listen", self.admin_listen),
            ("--log", "log.kind", self.log),
            ("--policy", "policy.component", self.policy),
            ("--shards", "shards", self.shards),
        ];
        let set = |(flag, path, value)| {
            Some(Override {
                flag,
                path,
                value: value?,
            })
        };
        Sources {
            file: self.config,
            dev: self.dev,
            flags: flags.into_iter().filter_map(set).collect(),
        }
    }
}

async fn serve(sources: Sources, config: &Config) -> anyhow::Result<()> {
    let signals = Signals::catch()?;
    let reload = Reload::new(sources, config)?;
    let server = Server::bind(config)?;
    // Nobody may be reading; the hub serves all the same.
    _ = announce(&server, config);
    server.run(reload, signals.first()).await
}

/// Tells where the hub listens, for people and for scripts that let it choose its port; with `--dev`
/// also how to try it.
fn announce(server: &Server, config: &Config) -> io::Result<()> {
    let (hub, admin) = (server.address()?, server.admin_address()?);
    let mut out = io::stdout().lock();
    writeln!(out, "umbel: listening on http://{hub}")?;
    writeln!(out, "umbel: admin on http://{admin}")?;
    if config.dev {
        let url = format!("http://{hub}{}", config.default_tenant().mercure.path);
        writeln!(out, "umbel: subscribe: curl -N '{url}?topic=hello'")?;
        writeln!(
            out,
            "umbel: publish: curl -d topic=hello -d data=world {url}"
        )?;
    }
    out.flush()
}

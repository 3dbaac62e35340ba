//! What the operator decides: as written (file, environment, flags) and as needed ([`Config`]).
//!
//! Nothing of the first leaves this module. Every fault is found in one go, each with its place, key,
//! reason and a hint.

mod address;
mod admin;
mod allowance;
mod amount;
mod changes;
mod connections;
mod environment;
mod fault;
mod files;
mod filter;
mod host_name;
mod issuer;
mod keys;
mod limits;
mod log;
mod mailbox;
mod mercure;
mod nearest;
mod place;
mod policy;
mod reader;
mod setting;
mod state_dir;
mod stream;
mod taken;
mod tenant;
mod tenant_name;
mod words;
mod written;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;

#[cfg(test)]
pub use admin::AdminToken;
pub use admin::{AdminAccess, AdminConfig};
pub use allowance::Allowance;
pub use amount::{parse_bytes, parse_duration, parse_interval};
pub use changes::{Changes, TenantChange};
pub use connections::ConnectionsConfig;
pub use environment::{Environment, ProcessEnvironment};
pub use fault::{Fault, Faults};
pub use files::Files;
pub use filter::FilterConfig;
pub use host_name::HostName;
pub use issuer::read_key;
pub use limits::LimitsConfig;
pub use log::LogConfig;
pub use mailbox::MailboxConfig;
pub use mercure::MercureConfig;
pub use place::Place;
pub use policy::{PolicyConfig, PolicySource};
pub use state_dir::StateDir;
pub use tenant::TenantSettings;
pub use tenant_name::{TenantName, TenantNameError};
pub use written::Override;

use reader::Reader;
use written::Written;

/// Read where no other file is named and it is there.
const FILE_DEFAULT: &str = "umbel.toml";

/// More threads than this serve nobody better.
const SHARDS_MAX: u64 = 1024;

/// Everything that the operator decides, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that it came from, where there was one.
    pub file: Option<PathBuf>,
    /// All files that it was made from, that one included.
    pub files: Files,
    /// Whether this is a hub to try things out with: loopback only, no tokens needed.
    pub dev: bool,
    /// Where clients connect.
    pub listen: SocketAddr,
    /// Threads that serve connections; at least 1.
    pub shards: usize,
    /// Where deployed components and compiled code are kept; none: nowhere that outlives the process.
    pub state_dir: Option<PathBuf>,
    /// Peers whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The listener of the operator.
    pub admin: AdminConfig,
    /// Bounds on connections.
    pub connections: ConnectionsConfig,
    /// Everything else, tenant by tenant. The first is `default`, which the top of the file describes.
    pub tenants: Vec<TenantSettings>,
}

/// Where a configuration comes from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file named on the command line.
    pub file: Option<PathBuf>,
    /// Whether `--dev` was given.
    pub dev: bool,
    /// The other flags that set keys.
    pub flags: Vec<Override>,
}

impl Config {
    /// Reads and checks the configuration, and the key files that it names.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load(sources: &Sources, environment: &dyn Environment) -> Result<Self, Faults> {
        let (config, faults) = Self::inspect(sources, environment);
        Faults::unless_none(faults, config)
    }

    /// Reads the configuration as far as that goes, with defaults for what is wrong: so that more of it
    /// can be looked at, and everything reported at once.
    pub fn inspect(sources: &Sources, environment: &dyn Environment) -> (Self, Vec<Fault>) {
        let named = sources.file.as_deref();
        let default = Some(Path::new(FILE_DEFAULT)).filter(|file| file.exists());
        let Some(path) = named.or(default) else {
            return Self::parse(None, sources, environment);
        };
        let mut files = Files::default();
        files.note(path);
        let (mut config, faults) = match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(Some((path, &text)), sources, environment),
            // Whatever else there is to say would follow from it.
            Err(error) => {
                let (config, _) = Self::parse(None, sources, environment);
                (config, vec![unreadable(path, &error)])
            }
        };
        config.files.extend(files);
        (config, faults)
    }

    /// The configuration whose file, where there is one, has the given path and text, and all that is
    /// wrong with it.
    fn parse(
        file: Option<(&Path, &str)>,
        sources: &Sources,
        environment: &dyn Environment,
    ) -> (Self, Vec<Fault>) {
        let written = Written::new(file, environment, &sources.flags);
        let mut faults = written.faults;
        let mut files = Files::default();
        let root = &written.root;
        let mut reader = Reader::new(root, written.file.as_ref(), &mut faults, &mut files);
        let mut config = Self::read(&mut reader, sources.dev);
        config.file = file.map(|(path, _)| path.to_owned());
        config.files = files;
        (config, faults)
    }

    fn read(reader: &mut Reader<'_>, dev: bool) -> Self {
        Self {
            file: None,
            files: Files::default(),
            dev,
            listen: address::listen(reader, "listen", if dev { DEV_LISTEN } else { LISTEN }, dev),
            shards: shards(reader),
            state_dir: state_dir(reader),
            trusted_proxies: address::networks(reader, "trusted-proxies"),
            admin: AdminConfig::read(reader, dev),
            connections: ConnectionsConfig::read(reader),
            tenants: TenantSettings::read_all(reader, dev),
        }
    }

    /// The file as a whole, for what is wrong with no line of it.
    pub fn place(&self) -> Place {
        let file = self.file.as_deref();
        file.map_or(Place::Nowhere, |file| Place::File(file.into()))
    }

    /// Opens the folder for what outlives the process; with `--dev`, where none is named, a temporary
    /// one.
    ///
    /// # Errors
    /// Where it cannot be made, or others could write to it.
    pub fn open_state_dir(&self) -> Result<Option<StateDir>, Faults> {
        let opened = match &self.state_dir {
            Some(path) => StateDir::open(path),
            None if self.dev => StateDir::temporary(),
            None => return Ok(None),
        };
        let fault = |what: String| Fault {
            place: self.place(),
            key: "state-dir".to_owned(),
            what,
            hint: String::new(),
        };
        let opened = opened.map_err(|error| Faults::one(fault(error.to_string())));
        opened.map(Some)
    }

    /// The tenant that the top of the file describes.
    pub fn default_tenant(&self) -> &TenantSettings {
        &self.tenants[0]
    }
}

const LISTEN: &str = "0.0.0.0:3000";
const DEV_LISTEN: &str = "127.0.0.1:3000";

fn shards(reader: &mut Reader<'_>) -> usize {
    match usize::try_from(reader.count("shards", 0, 0..=SHARDS_MAX)) {
        Ok(0) | Err(_) => std::thread::available_parallelism().map_or(1, usize::from),
        Ok(shards) => shards,
    }
}

fn state_dir(reader: &mut Reader<'_>) -> Option<PathBuf> {
    let path = reader.path("state-dir")?;
    if let Err(error) = StateDir::check(&path) {
        let hint = "name a folder of the hub's own, with mode 700, or one that is not there yet";
        reader.fault("state-dir", error, hint);
    }
    Some(path)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault {
        place: Place::File(path.into()),
        key: String::new(),
        what: format!("cannot be read: {error}"),
        hint: "name the file with --config, or leave the flag out to run without one".to_owned(),
    }
}

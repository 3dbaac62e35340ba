//! What was found out about a component.

use std::fmt;

use serde::Serialize;
use umbel_engine::{Inspection, Interface, Limits, LoadError};
use umbel_routing::{Fault, FaultClass, Profile};

use crate::cli::policy::contract::{self, Line};
use crate::cli::policy::words::{bytes, printable};

/// What was found out about a component.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Report {
    /// Whether a hub would take it.
    pub(super) good: bool,
    bytes: u64,
    bytes_max: u64,
    memory_bytes_max: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<Shown>,
    kinds: Vec<Kind>,
    profiles: Vec<Said>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
}

/// What a component may be to a hub.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Policy,
    Filter,
}

/// What came of configuring it.
pub(super) enum Configured {
    /// What it said of itself, and what it needs from then on.
    Taken(Box<Taken>),
    /// It failed, or refused what it was configured with.
    Failed(Fault),
}

/// What it said of itself.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Taken {
    name: String,
    version: String,
    wants: Vec<&'static str>,
    matchers: Vec<String>,
    memory_bytes: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Shown {
    digest: String,
    imports: Vec<Shows>,
    exports: Vec<Shows>,
    memories: Option<u32>,
    initial_memory_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Shows {
    name: String,
    functions: Vec<String>,
}

/// What an instance of one kind said when it was configured.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Said {
    kind: Kind,
    #[serde(flatten)]
    taken: Option<Box<Taken>>,
    /// Why it refused its configuration, where it did: that is no fault of the component.
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration_refused: Option<String>,
}

/// Why a hub would not take it.
#[derive(Serialize)]
struct Refused {
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<Line>,
}

impl Report {
    pub(super) fn new(len: usize, limits: Limits) -> Self {
        Self {
            good: true,
            bytes: len as u64,
            bytes_max: limits.component_bytes as u64,
            memory_bytes_max: limits.memory_bytes as u64,
            component: None,
            kinds: Vec::new(),
            profiles: Vec::new(),
            refused: None,
        }
    }

    /// With what it shows.
    pub(super) fn shown(mut self, found: &Inspection) -> Self {
        let kinds = [
            (found.policy.is_ok(), Kind::Policy),
            (found.filter.is_ok(), Kind::Filter),
        ];
        self.kinds = kinds
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, k)| k)
            .collect();
        self.component = Some(Shown {
            digest: format!("sha256:{}", found.digest),
            imports: found.face.imports.iter().map(Shows::of).collect(),
            exports: found.face.exports.iter().map(Shows::of).collect(),
            memories: found.face.memories,
            initial_memory_bytes: found.face.memory_bytes,
        });
        self
    }

    /// A hub would not take it.
    pub(super) fn refused(mut self, error: &LoadError) -> Self {
        self.refuse(error.to_string(), contract::broken(error));
        self
    }

    /// What came of configuring an instance of that kind.
    pub(super) fn configured(&mut self, kind: Kind, configured: Configured) {
        let (taken, configuration_refused) = match configured {
            Configured::Taken(taken) => (Some(taken), None),
            Configured::Failed(fault) if fault.class == FaultClass::Refused => {
                (None, Some(printable(&fault.detail)))
            }
            Configured::Failed(fault) => {
                return self.refuse(
                    format!("it fails when it is configured: {fault}"),
                    contract::phrase("configure: func("),
                );
            }
        };
        self.profiles.push(Said {
            kind,
            taken,
            configuration_refused,
        });
    }

    fn refuse(&mut self, why: String, contract: Option<Line>) {
        self.good = false;
        self.refused = Some(Refused { why, contract });
    }
}

impl Configured {
    pub(super) fn taken(profile: &Profile, memory_bytes: u64) -> Self {
        Self::Taken(Box::new(Taken {
            name: printable(&profile.name),
            version: printable(&profile.version),
            wants: profile.wants.names().collect(),
            matchers: profile.matchers.clone(),
            memory_bytes,
        }))
    }
}

impl Shows {
    fn of(interface: &Interface) -> Self {
        Self {
            name: interface.name.clone(),
            functions: interface.functions.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.kinds.iter().map(Kind::to_string).collect();
        match &self.refused {
            None => writeln!(f, "a good {}", kinds.join(" and a good "))?,
            Some(Refused { why, contract }) => {
                writeln!(f, "would be refused\n  {:<9} {why}", "why")?;
                if let Some(line) = contract {
                    writeln!(f, "  {:<9} {line}", "contract")?;
                }
            }
        }
        let of = |max| format!("at most {}", bytes(max));
        write!(
            f,
            "  {:<9} {}, {}",
            "size",
            bytes(self.bytes),
            of(self.bytes_max)
        )?;
        if let Some(shown) = &self.component {
            write!(f, "{shown}")?;
            if let Some(initial) = shown.initial_memory_bytes {
                let memories = u64::from(shown.memories.unwrap_or(0));
                write!(
                    f,
                    "\n  {:<9} {} at the start in {}, {} in all",
                    "memory",
                    bytes(initial),
                    match memories {
                        1 => "1 memory".to_owned(),
                        _ => format!("the largest of {memories} memories"),
                    },
                    of(self.memory_bytes_max)
                )?;
            }
        }
        let mut profiles = self.profiles.iter();
        profiles.try_for_each(|said| write!(f, "{said}"))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n  {:<9} {}", "digest", self.digest)?;
        for (what, all, none) in [
            ("imports", &self.imports, "types alone"),
            ("exports", &self.exports, "nothing"),
        ] {
            if all.is_empty() {
                write!(f, "\n  {what:<9} nothing")?;
            }
            for (at, shows) in all.iter().enumerate() {
                let functions = match shows.functions.is_empty() {
                    true => none.to_owned(),
                    false => shows.functions.join(", "),
                };
                let what = if at == 0 { what } else { "" };
                write!(f, "\n  {what:<9} {}: {functions}", shows.name)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            taken,
            configuration_refused,
        } = self;
        if let Some(why) = configuration_refused {
            write!(
                f,
                "\n  {:<9} as a {kind}, it refuses this configuration: {why}; give one with --config",
                "profile"
            )?;
        }
        let Some(taken) = taken else {
            return Ok(());
        };
        let listed = |all: &[String]| match all.is_empty() {
            true => "none".to_owned(),
            false => all.join(", "),
        };
        let wants: Vec<String> = taken.wants.iter().map(ToString::to_string).collect();
        write!(
            f,
            "\n  {:<9} {} {}, a {kind}; wants: {}; matchers: {}; {} once configured",
            "profile",
            taken.name,
            taken.version,
            listed(&wants),
            listed(&taken.matchers),
            bytes(taken.memory_bytes)
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy => "policy",
            Self::Filter => "filter",
        })
    }
}

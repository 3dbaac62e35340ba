//! What is known of the components of one tenant.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use umbel_engine::ComponentKind;

use super::Made;

/// Changes of one tenant that are remembered, the latest ones.
const HISTORY_MAX: usize = 16;

/// What is known of the components of one tenant; the form of its file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Record {
    /// Its policy.
    pub(crate) policy: Slot,
    /// Its filter.
    pub(crate) filter: Slot,
    /// What was changed, the latest last.
    pub(crate) history: VecDeque<Entry>,
}

/// One part of what decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Slot {
    /// What decides.
    pub(crate) current: Choice,
    /// What a rollback brings back.
    pub(crate) previous: Option<Choice>,
    /// Whether what was deployed could not be used, so that the configuration decides.
    #[serde(skip)]
    pub(super) set_aside: bool,
}

/// Where a component comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Choice {
    /// Whatever the configuration names, nothing included.
    #[default]
    Configured,
    /// An operator.
    Deployed(Deployment),
}

/// A component that an operator has deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Deployment {
    /// SHA-256 of its bytes in hexadecimal.
    pub(crate) digest: String,
    /// What it is configured with.
    pub(crate) config: String,
    /// Where it came from, as whoever deployed it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
    /// When, as Unix time in milliseconds.
    pub(crate) at_ms: u64,
    /// Who: the address of the peer, and what tells its token from others.
    pub(crate) by: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Entry {
    /// `policy` or `filter`.
    pub(crate) part: Part,
    /// What was done.
    pub(crate) deed: Deed,
    /// SHA-256 of what decides since; empty where it has none.
    pub(crate) digest: String,
    /// Unix time in milliseconds.
    pub(crate) at_ms: u64,
    /// Who asked for it.
    pub(crate) by: String,
}

/// A [`ComponentKind`] in files and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Part {
    Policy,
    Filter,
}

/// What an operator did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deed {
    /// Put a component in the place of the one before.
    Deploy,
    /// Went back to the one before.
    Rollback,
    /// Went back to what the configuration names.
    TakeBack,
}

impl Record {
    /// What is known of one part.
    pub(crate) fn slot(&self, kind: ComponentKind) -> &Slot {
        match kind {
            ComponentKind::Policy => &self.policy,
            ComponentKind::Filter => &self.filter,
        }
    }

    pub(super) fn slot_mut(&mut self, kind: ComponentKind) -> &mut Slot {
        match kind {
            ComponentKind::Policy => &mut self.policy,
            ComponentKind::Filter => &mut self.filter,
        }
    }

    /// Notes a change.
    pub(super) fn note(&mut self, made: Made) {
        let slot = self.slot_mut(made.kind);
        let before = match slot.deployed() {
            Some(deployment) => Choice::Deployed(deployment.clone()),
            None => Choice::Configured,
        };
        *slot = Slot {
            current: made.choice,
            previous: Some(before),
            set_aside: false,
        };
        if self.history.len() >= HISTORY_MAX {
            self.history.pop_front();
        }
        self.history.push_back(Entry {
            part: made.kind.into(),
            deed: made.deed,
            digest: made.digest,
            at_ms: made.at_ms,
            by: made.by,
        });
    }

    /// The digests of all components that it may still need.
    pub(super) fn digests(&self) -> impl Iterator<Item = &str> {
        let choices = [&self.policy, &self.filter]
            .into_iter()
            .flat_map(|slot| slot.previous.iter().chain([&slot.current]));
        choices.filter_map(|choice| Some(choice.deployment()?.digest.as_str()))
    }
}

impl Slot {
    /// What was deployed and decides.
    pub(crate) fn deployed(&self) -> Option<&Deployment> {
        self.current.deployment().filter(|_| !self.set_aside)
    }
}

impl Choice {
    /// What was deployed, where that is what it is.
    pub(crate) fn deployment(&self) -> Option<&Deployment> {
        match self {
            Self::Deployed(deployment) => Some(deployment),
            Self::Configured => None,
        }
    }
}

impl From<ComponentKind> for Part {
    fn from(kind: ComponentKind) -> Self {
        match kind {
            ComponentKind::Policy => Self::Policy,
            ComponentKind::Filter => Self::Filter,
        }
    }
}

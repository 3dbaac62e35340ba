//! What can go wrong in a call to a policy, and whose fault it is.

use core::fmt;

/// A call to a policy failed. Whatever the class, the instance that it happened in is not to be called
/// again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{export}: {class}: {detail}")]
pub struct Fault {
    /// The call that failed.
    pub export: Export,
    /// What kind of failure it was.
    pub class: FaultClass,
    /// For the log; never shown to a client.
    pub detail: String,
}

/// The exports of policies and filters: a closed set, used as a metric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Export {
    /// Building the instance, before any call.
    Instantiate,
    /// `fan-out.configure`.
    Configure,
    /// `fan-out.join`.
    Join,
    /// `fan-out.leave`.
    Leave,
    /// `fan-out.route`.
    Route,
    /// `fan-out.select`.
    Select,
    /// `queue-policy.overflow`.
    Overflow,
    /// `admission.admit`.
    Admit,
    /// `views.tailor`.
    Tailor,
}

/// Kinds of failure: a closed set, used as a metric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultClass {
    /// The call took longer than its deadline.
    Deadline,
    /// Memory or a table grew past its limit.
    Limit,
    /// The stack ran out.
    Stack,
    /// The component trapped otherwise (`unreachable`, out of bounds, division by zero, ...).
    Trap,
    /// The answer was larger than the host is willing to copy.
    AnswerSize,
    /// The answer could not be read: a bad discriminant, length or text.
    Abi,
    /// The answer does not fit the question, such as too few elements.
    Shape,
    /// `configure` refused its settings.
    Refused,
    /// No room for another instance.
    PoolFull,
    /// The host failed, not the component.
    Host,
}

/// Whose failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The component's.
    Component,
    /// The hub's or the machine's.
    Host,
}

impl FaultClass {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::Deadline,
        Self::Limit,
        Self::Stack,
        Self::Trap,
        Self::AnswerSize,
        Self::Abi,
        Self::Shape,
        Self::Refused,
        Self::PoolFull,
        Self::Host,
    ];

    /// Whose failure it is.
    #[must_use]
    pub const fn blame(self) -> Blame {
        match self {
            Self::PoolFull | Self::Host => Blame::Host,
            _ => Blame::Component,
        }
    }

    /// The metric label.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Limit => "limit",
            Self::Stack => "stack",
            Self::Trap => "trap",
            Self::AnswerSize => "answer-size",
            Self::Abi => "abi",
            Self::Shape => "shape",
            Self::Refused => "refused",
            Self::PoolFull => "pool-full",
            Self::Host => "host",
        }
    }
}

impl Export {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 9] = [
        Self::Instantiate,
        Self::Configure,
        Self::Join,
        Self::Leave,
        Self::Route,
        Self::Select,
        Self::Overflow,
        Self::Admit,
        Self::Tailor,
    ];

    /// The metric label, and the name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instantiate => "instantiate",
            Self::Configure => "configure",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Route => "route",
            Self::Select => "select",
            Self::Overflow => "overflow",
            Self::Admit => "admit",
            Self::Tailor => "tailor",
        }
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for FaultClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

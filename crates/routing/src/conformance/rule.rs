//! What the contract asks of every policy.

use core::fmt;

use crate::{Export, Fault, FaultClass};

/// What the contract asks of every policy, whatever it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A call answers, within the limits.
    Answers(Export),
    /// There is one answer for each thing asked, each of the right form.
    Form(Export),
    /// Those in an audience are connected.
    Connected,
    /// A selection is what `route` answers about the same events.
    SelectAgrees,
    /// An instance that is told of those present decides as the one that saw them come and go.
    Rejoins,
}

impl Rule {
    /// Its name, for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answers(_) => "answers",
            Self::Form(_) => "form",
            Self::Connected => "connected",
            Self::SelectAgrees => "select-agrees",
            Self::Rejoins => "rejoins",
        }
    }

    /// The words of `wit/dispatcher.wit` that say so; they stand in one line there, and in no other.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Form(Export::Join) => "One answer for each subscriber, in order.",
            Self::Form(Export::Route) => "The audience of each event, in order;",
            Self::Form(Export::Select) => "as ascending indexes",
            Self::Form(Export::Overflow) => "One verdict for each full mailbox, in order.",
            Self::Answers(export) | Self::Form(export) => function(export),
            Self::Connected => "once; one that is not connected is ignored and counted",
            Self::SelectAgrees => "Must agree with what `route` would answer.",
            Self::Rejoins => "present subscribers, in slices, after a swap or a fault.",
        }
    }

    /// The rule that such a fault breaks.
    pub(super) const fn broken_by(fault: &Fault) -> Self {
        match fault.class {
            FaultClass::Shape => Self::Form(fault.export),
            _ => Self::Answers(fault.export),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers(export) => write!(f, "`{export}` answers, within its limits"),
            Self::Form(export) => write!(f, "`{export}` gives one answer for each thing asked"),
            Self::Connected => f.write_str("an audience holds those alone who are connected"),
            Self::SelectAgrees => f.write_str("`select` agrees with `route`"),
            Self::Rejoins => f.write_str("who joins again is decided about as before"),
        }
    }
}

/// How its function begins; what builds an instance has none, and its world stands for it.
const fn function(export: Export) -> &'static str {
    match export {
        Export::Configure => "configure: func(",
        Export::Join => "join: func(",
        Export::Leave => "leave: func(",
        Export::Route => "route: func(",
        Export::Select => "select: func(",
        Export::Overflow => "overflow: func(",
        Export::Instantiate | Export::Admit | Export::Tailor => "world dispatcher {",
    }
}

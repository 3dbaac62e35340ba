//! Where decisions differ.

use std::fmt;
use std::mem::discriminant;

use serde::Serialize;
use umbel_routing::conformance::{Answer, Difference, Event, Step};

use crate::cli::policy::words::printable;

/// Differences of one kind that are kept as examples.
const EXAMPLES_MAX: usize = 5;
/// Clients or events that are named in one.
const NAMED_MAX: usize = 8;

/// Where decisions differ from those that were to be made.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Comparison {
    /// Who made those.
    with: String,
    /// Decisions that were compared.
    pub(super) compared: u64,
    /// Those that differ.
    pub(super) differ: u64,
    /// Calls that were not compared, since one of the two did not answer.
    unanswered: u64,
    /// The first of each kind that differ.
    examples: Vec<Example>,
}

/// One decision that differs.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Example {
    place: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "kebab-case")]
enum What {
    Audience {
        event: u64,
        topic: String,
        missing_clients: Few,
        extra_clients: Few,
    },
    Selection {
        client: u32,
        missing_events: Few,
        extra_events: Few,
    },
    Other {
        call: String,
        answer: usize,
        expected: String,
        found: String,
    },
}

/// The first of some numbers.
#[derive(Serialize)]
struct Few {
    count: usize,
    first: Vec<u64>,
}

impl Comparison {
    pub(super) const fn new(with: String) -> Self {
        Self {
            with,
            compared: 0,
            differ: 0,
            unanswered: 0,
            examples: Vec::new(),
        }
    }

    /// What was to be answered to `step`, and what was; nothing where it was not asked. A call that failed
    /// is no decision.
    pub(super) fn add(
        &mut self,
        place: &dyn Fn() -> String,
        step: &Step,
        expected: Option<&Answer>,
        found: Option<&Answer>,
    ) {
        let decided = |answer: &&Answer| !matches!(answer, Answer::Failed(_));
        let (expected, found) = (expected.filter(decided), found.filter(decided));
        let (Some(expected), Some(found)) = (expected, found) else {
            self.unanswered += 1;
            return;
        };
        self.compared += expected.decisions() as u64;
        for difference in expected.differences(found) {
            self.differ += 1;
            let what = What::of(step, difference);
            let same = |example: &&Example| discriminant(&example.what) == discriminant(&what);
            if self.examples.iter().filter(same).count() < EXAMPLES_MAX {
                let place = place();
                self.examples.push(Example { place, what });
            }
        }
    }
}

impl What {
    fn of(step: &Step, difference: Difference) -> Self {
        match (difference, step) {
            (
                Difference::Audience {
                    event,
                    missing,
                    extra,
                },
                Step::Route { events },
            ) => Self::Audience {
                event: events.get(event).map_or(0, |event| event.offset),
                topic: events.get(event).map(topic).unwrap_or_default(),
                missing_clients: Few::of(missing.into_iter().map(u64::from)),
                extra_clients: Few::of(extra.into_iter().map(u64::from)),
            },
            (Difference::Selection { at, missing, extra }, Step::Select { clients, events }) => {
                let offset = |index: u32| events.get(index as usize).map_or(0, |e| e.offset);
                Self::Selection {
                    client: clients.get(at).copied().unwrap_or_default(),
                    missing_events: Few::of(missing.into_iter().map(offset)),
                    extra_events: Few::of(extra.into_iter().map(offset)),
                }
            }
            (
                Difference::Other {
                    at,
                    expected,
                    found,
                },
                step,
            ) => Self::Other {
                call: step.export().to_string(),
                answer: at,
                expected: printable(&expected),
                found: printable(&found),
            },
            // A call is answered by answers of its own kind.
            (difference, step) => Self::Other {
                call: step.export().to_string(),
                answer: 0,
                expected: String::new(),
                found: printable(&format!("{difference:?}")),
            },
        }
    }
}

fn topic(event: &Event) -> String {
    printable(event.topics.first().map_or("", String::as_str))
}

impl Few {
    fn of(all: impl ExactSizeIterator<Item = u64>) -> Self {
        Self {
            count: all.len(),
            first: all.take(NAMED_MAX).collect(),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            with,
            compared,
            differ,
            unanswered,
            examples,
        } = self;
        write!(f, "{differ} of {compared} decisions differ from {with}")?;
        if *unanswered > 0 {
            write!(
                f,
                "; {unanswered} calls not compared, since one of the two has no answer"
            )?;
        }
        for Example { place, what } in examples {
            write!(f, "\n    {place}, {what}")?;
        }
        Ok(())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audience {
                event,
                topic,
                missing_clients,
                extra_clients,
            } => write!(
                f,
                "event {event} on {topic}: clients missing {missing_clients}, extra {extra_clients}"
            ),
            Self::Selection {
                client,
                missing_events,
                extra_events,
            } => write!(
                f,
                "client {client}: events missing {missing_events}, extra {extra_events}"
            ),
            Self::Other {
                call,
                answer,
                expected,
                found,
            } => write!(
                f,
                "answer {answer} of {call}: {found} instead of {expected}"
            ),
        }
    }
}

impl fmt::Display for Few {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first.is_empty() {
            return f.write_str("none");
        }
        let names: Vec<_> = self.first.iter().map(u64::to_string).collect();
        f.write_str(&names.join(", "))?;
        match self.count - self.first.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

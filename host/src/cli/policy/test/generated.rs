//! Cases that hold for any policy, made up.

use umbel_routing::conformance::{Plan, examine};
use umbel_routing::{FaultClass, Settings};

use super::report::{Report, Source};
use super::trial::Trial;

/// Small cases, which go through everything that a policy can be asked; in every other one everybody joins
/// again ...
const CASES: u64 = 40;
/// ... and large ones, whose calls are those of a busy hub.
const LARGE_CASES: u64 = 2;

/// Asks all of them.
pub(super) fn run(mut trial: Trial<'_>, seed: u64) -> Report {
    for case in 0..CASES + LARGE_CASES {
        let examined = examine(trial.maker(), &plan(seed, case));
        let place = |step: usize| format!("case {}, call {}", case + 1, step + 1);
        for (at, (step, answer)) in examined.steps.iter().zip(&examined.answers).enumerate() {
            trial.answered(&|| place(at), step, Some(answer), None);
        }
        for breach in &examined.breaches {
            trial.broken(place(breach.step), breach);
        }
        // What refuses its configuration once does it each time.
        let refused = FaultClass::Refused.name();
        if examined
            .breaches
            .iter()
            .any(|b| b.detail.starts_with(refused))
        {
            break;
        }
    }
    let cases = CASES + LARGE_CASES;
    trial.report(Source::Generated { cases, seed })
}

fn plan(seed: u64, case: u64) -> Plan {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let small = Plan {
        settings: Settings {
            config: String::new(),
            seed,
            facts: vec![
                fact("tenant", "default"),
                fact("host-version", env!("CARGO_PKG_VERSION")),
            ],
        },
        seed: seed.wrapping_add(case),
        steps: 40,
        joiners: 8,
        batch: 8,
        rejoin: case % 2 == 1,
    };
    match case < CASES {
        true => small,
        false => Plan {
            joiners: 128,
            batch: 64,
            rejoin: false,
            ..small
        },
    }
}

//! What the hub costs in process, as the ratios that it promises: `cargo run --release -p umbel --example scaling`.
//!
//! Everything is CPU time of the one thread that does the hub's work, so that a busy machine disturbs it
//! little; what is compared takes turns within a round, and the median of the rounds' ratios counts. The name of
//! a part (`crowd`, `audiences`, `churn`, `swaps`) measures that one alone.

mod audiences;
mod churn;
mod crowd;
mod policies;
mod rounds;
mod stage;
mod swaps;
mod wires;

use policies::Policies;

/// A name, and what prints its rows.
type Part = (&'static str, fn(&Policies));

/// What is measured.
const PARTS: [Part; 5] = [
    ("crowd", crowd::all_of_a_crowd),
    ("crowd", crowd::one_of_a_crowd),
    ("audiences", audiences::one_among_many),
    ("churn", churn::joins_and_leaves),
    ("swaps", swaps::swaps),
];

fn main() {
    let policies = Policies::load();
    let only = std::env::args().nth(1);
    println!("| what | asked for | reached |\n|---|---|---|");
    for (name, measure) in PARTS {
        if only.as_ref().is_none_or(|only| only == name) {
            measure(&policies);
        }
    }
}

/// Prints one row.
fn row(what: &str, asked: &str, reached: impl std::fmt::Display) {
    println!("| {what} | {asked} | {reached} |");
}

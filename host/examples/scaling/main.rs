//! What the hub costs in process, as the ratios that it promises: `cargo run --release -p umbel --example scaling`.
//!
//! Everything is CPU time of the one thread that does the hub's work, so that a busy machine disturbs it
//! little; what is compared takes turns within a round, and the median of the rounds' ratios counts.

mod audiences;
mod churn;
mod crowd;
mod policies;
mod rounds;
mod stage;
mod swaps;
mod wires;

use policies::Policies;

fn main() {
    let policies = Policies::load();
    println!("| what | asked for | reached |\n|---|---|---|");
    crowd::all_of_a_crowd(&policies);
    crowd::one_of_a_crowd(&policies);
    audiences::one_among_many(&policies);
    churn::joins_and_leaves(&policies);
    swaps::swaps(&policies);
}

/// Prints one row.
fn row(what: &str, asked: &str, reached: impl std::fmt::Display) {
    println!("| {what} | {asked} | {reached} |");
}

//! The router against the plainest form of its rules, on random questions.

use proptest::prelude::*;
use umbel_routing::conformance::{Plain, Step, digest, generate, run, settings};
use umbel_routing::{Admission, Client, Dispatcher, EventView, Fault, FullMailbox, Profile};
use umbel_routing::{Router, SubscriberView, Verdict};

/// A router whose audiences are checked for clients that are listed twice, which the answers of a
/// case do not show.
struct Once(Router);

impl Dispatcher for Once {
    fn profile(&self) -> &Profile {
        self.0.profile()
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        self.0.join(subscribers)
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        self.0.leave(clients)
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        let audiences = self.0.route(events)?;
        for audience in &audiences {
            let mut clients = audience.clone();
            clients.sort_unstable();
            clients.dedup();
            assert_eq!(clients.len(), audience.len(), "listed twice: {audience:?}");
        }
        Ok(audiences)
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        self.0.select(clients, events)
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        self.0.overflow(full)
    }
}

fn check(seed: u64, length: usize) {
    let steps = generate(seed, length);
    let settings = settings(&steps);
    let mut router = Once(Router::configure(&settings).expect("generated settings are right"));
    let mut plain = Plain::configure(&settings).expect("generated settings are right");
    let (answers, expected) = (run(&mut router, &steps), run(&mut plain, &steps));
    for (at, (answer, expected)) in answers.iter().zip(&expected).enumerate() {
        assert_eq!(
            answer, expected,
            "generate({seed}, {length}), step {at}: {:?}",
            steps[at]
        );
    }
    assert_eq!(answers.len(), steps.len());
    assert_eq!(digest(&answers), digest(&expected));
}

proptest! {
    #[test]
    fn the_router_decides_as_a_list_of_subscribers_would(seed: u64) {
        check(seed, 200);
    }
}

#[test]
fn a_long_life_of_joins_and_leaves_is_decided_alike_to_its_end() {
    check(1, 5_000);
}

#[test]
fn a_seed_gives_the_same_questions_every_time() {
    let steps = generate(42, 100);
    assert_eq!(steps, generate(42, 100));
    assert_ne!(steps, generate(43, 100));
    assert_eq!(steps.len(), 101);
    let json = serde_json::to_string(&steps).expect("steps are JSON");
    assert_eq!(
        serde_json::from_str::<Vec<Step>>(&json).expect("steps are read back"),
        steps
    );
}

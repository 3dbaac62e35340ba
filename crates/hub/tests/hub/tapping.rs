//! Whoever listens to the policy hears what stands alone.

use std::sync::{Arc, Mutex};

use umbel_hub::TapError;
use umbel_routing::{Call, Client as Handle, Dispatcher, Export, FaultClass, Router, Tap};

use crate::fakes::FakePolicy;
use crate::rig::{Client, Rig, run_as_body};

/// Of so many some slices are told.
const PRESENT: usize = 3_000;

/// Asks another instance all that it hears, and compares the answers.
struct SecondOpinion {
    instance: Option<Box<dyn Dispatcher>>,
    found: Arc<Mutex<Found>>,
    /// Calls that it wants to hear.
    left: usize,
}

#[derive(Default)]
struct Found {
    calls: Vec<&'static str>,
    /// Subscribers that it was told of in all.
    told: usize,
    different: usize,
    failed: usize,
    dropped: bool,
}

fn listener(left: usize) -> (Box<dyn Tap>, Arc<Mutex<Found>>) {
    let found = Arc::new(Mutex::new(Found::default()));
    let listener = SecondOpinion {
        instance: None,
        found: Arc::clone(&found),
        left,
    };
    (Box::new(listener), found)
}

fn ascending(audiences: &[Vec<Handle>]) -> Vec<Vec<Handle>> {
    let mut audiences = audiences.to_vec();
    audiences
        .iter_mut()
        .for_each(|audience| audience.sort_unstable());
    audiences
}

impl Tap for SecondOpinion {
    fn hear(&mut self, call: &Call<'_>) {
        self.left -= 1;
        let mut found = self.found.lock().expect("no panic");
        if let Call::Configure(settings) = call {
            found.calls.push("configure");
            let router = Router::configure(settings).expect("it was configured so");
            self.instance = Some(Box::new(router));
            return;
        }
        let instance = self.instance.as_mut().expect("configure comes first");
        let (name, same) = match *call {
            Call::Configure(_) => unreachable!("as above"),
            Call::Present(present) => {
                found.told += present.len();
                ("present", instance.join(present).is_ok())
            }
            Call::Join(newcomers, Ok(answers)) => {
                found.told += newcomers.len();
                let joined = instance.join(newcomers).expect("it never fails");
                ("join", joined == answers)
            }
            Call::Leave(clients) => ("leave", instance.leave(clients).is_ok()),
            Call::Route(events, Ok(audiences)) => {
                let routed = instance.route(events).expect("it never fails");
                ("route", ascending(&routed) == ascending(audiences))
            }
            Call::Select(clients, events, Ok(selections)) => {
                let selected = instance.select(clients, events).expect("it never fails");
                ("select", selected == selections)
            }
            Call::Overflow(full, Ok(verdicts)) => {
                let answered = instance.overflow(full).expect("it never fails");
                ("overflow", answered == verdicts)
            }
            Call::Join(_, Err(_))
            | Call::Route(_, Err(_))
            | Call::Select(_, _, Err(_))
            | Call::Overflow(_, Err(_)) => {
                found.failed += 1;
                ("failed", true)
            }
        };
        found.calls.push(name);
        found.different += usize::from(!same);
    }

    fn wants_more(&self) -> bool {
        self.left > 0
    }
}

impl Drop for SecondOpinion {
    fn drop(&mut self) {
        self.found.lock().expect("no panic").dropped = true;
    }
}

async fn crowd(rig: &Rig) -> Vec<Client> {
    let mut clients = Vec::new();
    for n in 0..PRESENT {
        let own = format!("t{}", n % 7);
        clients.push(rig.subscribe(&[&own, "all"]).await);
    }
    rig.settle().await;
    clients
}

#[test]
fn whoever_is_told_of_a_crowd_that_comes_and_goes_can_decide_as_the_policy_does() {
    run_as_body(async || {
        let rig = Rig::new("");
        let mut clients = crowd(&rig).await;
        let (tap, found) = listener(usize::MAX);
        rig.tenant
            .tap(None, Box::new(|_| tap))
            .await
            .expect("nobody listens");
        for n in 0..200_usize {
            // From either end, so that some go before and some after they were told of.
            let gone = [clients.remove(0), clients.swap_remove(clients.len() / 2)];
            drop(gone);
            clients.push(rig.subscribe(&["all", "late"]).await);
            let topic = ["t3", "all", "late"][n % 3];
            rig.try_publish(topic, "x", false).await.expect("accepted");
            tokio::task::yield_now().await;
        }
        rig.settle().await;
        rig.publish("all", "the last").await;
        let found = found.lock().expect("no panic");
        assert_eq!(found.different, 0, "{:?}", found.calls);
        assert!(found.told >= PRESENT / 2, "{}", found.told);
        assert_eq!(found.calls[..2], ["configure", "present"]);
        for call in ["join", "leave", "route"] {
            assert!(
                found.calls.contains(&call),
                "no {call} in {:?}",
                found.calls
            );
        }
        let slices = found.calls.iter().filter(|call| **call == "present");
        assert!(slices.count() >= 3, "{:?}", found.calls);
    });
}

#[test]
fn whoever_has_heard_enough_makes_room_for_the_next_and_nobody_listens_twice() {
    run_as_body(async || {
        let rig = Rig::new("");
        let nobody = rig.tenant.tap(None, Box::new(|_| listener(9).0)).await;
        assert_eq!(nobody, Err(TapError::Nobody));
        let mut client = rig.subscribe(&["t"]).await;
        for round in 0..100 {
            // The configuration, those present, and one event.
            let (tap, found) = listener(3);
            let begun = rig.tenant.tap(Some(0), Box::new(|_| tap)).await;
            assert_eq!(begun, Ok(0), "round {round}");
            let busy = rig.tenant.tap(Some(0), Box::new(|_| listener(9).0)).await;
            assert_eq!(busy, Err(TapError::Busy));
            rig.settle().await;
            rig.publish("t", "1").await;
            rig.publish("t", "2").await;
            let found = found.lock().expect("no panic");
            assert_eq!(found.calls, ["configure", "present", "route"]);
            assert!(found.dropped);
        }
        assert_eq!(client.all_data(&rig).await.len(), 200);
        let nowhere = rig.tenant.tap(Some(7), Box::new(|_| listener(9).0)).await;
        assert_eq!(nowhere, Err(TapError::Nobody));
    });
}

#[test]
fn a_fault_is_the_last_that_is_heard_of_an_instance() {
    run_as_body(async || {
        let policy = FakePolicy::new("").fails(|call| {
            let poison =
                call.export == Export::Route && call.events.iter().any(|topic| topic == "poison");
            poison.then_some(FaultClass::Trap)
        });
        let rig = Rig::deciding(1, policy.version(), None);
        let _client = rig.subscribe(&["*"]).await;
        let (tap, found) = listener(usize::MAX);
        rig.tenant
            .tap(None, Box::new(|_| tap))
            .await
            .expect("nobody listens");
        rig.settle().await;
        rig.publish("t", "1").await;
        rig.publish("poison", "2").await;
        rig.publish("t", "3").await;
        let found = found.lock().expect("no panic");
        assert_eq!(found.calls, ["configure", "present", "route", "failed"]);
        assert!(found.dropped && found.failed == 1);
    });
}

//! Asks, and checks what is answered.

use super::{Breach, Examined, Plan};
use crate::conformance::crowd::Crowd;
use crate::conformance::difference::without;
use crate::conformance::{Answer, Event, Joiner, Replay, Rule, Step};
use crate::{Dispatcher, Fault, Settings};

/// Subscribers in one call when everybody joins again: so many the host begins with.
const SLICE: usize = 16;
/// Clients that are named in a breach.
const NAMED_MAX: usize = 8;

/// One case while it is asked.
pub(super) struct Examiner<'p, M> {
    replay: Replay<M>,
    crowd: Crowd,
    done: Examined,
    plan: &'p Plan,
}

impl<'p, M> Examiner<'p, M>
where
    M: FnMut(&Settings) -> Result<Box<dyn Dispatcher>, Fault>,
{
    pub(super) fn new(make: M, plan: &'p Plan) -> Self {
        Self {
            replay: Replay::new(make),
            crowd: Crowd::new(plan.seed, Vec::new()),
            done: Examined::default(),
            plan,
        }
    }

    pub(super) fn done(mut self) -> Examined {
        // How far it came shows in what was asked.
        let _ = self.run();
        self.done
    }

    /// `None` where a call failed.
    fn run(&mut self) -> Option<()> {
        self.configure()?;
        let matchers = self.replay.instance()?.profile().matchers.clone();
        self.crowd = Crowd::new(self.plan.seed, matchers);
        for _ in 0..self.plan.steps {
            let routing = if self.plan.rejoin { 0 } else { 6 };
            match self.crowd.below(6 + routing) {
                0..=3 => self.arrive()?,
                4..=5 => self.leave()?,
                _ => self.route()?,
            }
        }
        match self.plan.rejoin {
            true => self.rejoin(),
            false => Some(()),
        }
    }

    fn configure(&mut self) -> Option<()> {
        let Settings {
            config,
            seed,
            facts,
        } = self.plan.settings.clone();
        self.ask(Step::Configure {
            config,
            seed,
            facts,
        })
        .map(drop)
    }

    fn arrive(&mut self) -> Option<()> {
        let joiners = self.crowd.arrivals(self.plan.joiners);
        self.join(joiners)
    }

    fn join(&mut self, joiners: Vec<Joiner>) -> Option<()> {
        let step = Step::Join {
            subscribers: joiners.clone(),
        };
        if let Answer::Admissions(entries) = self.ask(step)? {
            self.crowd.answered(joiners, &entries);
        }
        Some(())
    }

    fn leave(&mut self) -> Option<()> {
        let clients = self.crowd.departures(self.plan.joiners / 2);
        self.ask(Step::Leave { clients }).map(drop)
    }

    /// Routes a batch, asks the same of `select`, and about some full mailboxes.
    fn route(&mut self) -> Option<()> {
        let events = self.crowd.events(self.plan.batch);
        let audiences = self.audiences(&events)?;
        let clients = self.crowd.some(self.plan.joiners);
        let step = Step::Select {
            clients: clients.clone(),
            events: events.clone(),
        };
        if let Answer::Selections(selections) = self.ask(step)? {
            self.compare(&clients, &audiences, &selections);
        }
        let full = self.crowd.full(self.plan.joiners, &events);
        self.ask(Step::Overflow { full }).map(drop)
    }

    fn audiences(&mut self, events: &[Event]) -> Option<Vec<Vec<u32>>> {
        let events = events.to_vec();
        let Answer::Audiences(audiences) = self.ask(Step::Route { events })? else {
            return None;
        };
        for (at, audience) in audiences.iter().enumerate() {
            let strangers = audience.iter().filter(|c| !self.crowd.has(**c));
            let strangers: Vec<u32> = strangers.copied().collect();
            if !strangers.is_empty() {
                let detail = format!("event {at} is for {}, not connected", named(&strangers));
                self.breach(Rule::Connected, detail);
            }
        }
        Some(audiences)
    }

    fn compare(&mut self, clients: &[u32], audiences: &[Vec<u32>], selections: &[Vec<u32>]) {
        for (client, selection) in clients.iter().zip(selections) {
            let routed = (0..)
                .zip(audiences)
                .filter(|(_, audience)| audience.binary_search(client).is_ok());
            let routed: Vec<u32> = routed.map(|(at, _)| at).collect();
            if routed != *selection {
                let detail = format!(
                    "`route` gives client {client} the events {}, `select` the events {}",
                    named(&routed),
                    named(selection)
                );
                self.breach(Rule::SelectAgrees, detail);
            }
        }
    }

    /// Everybody who is present joins a new instance, which is to decide as the old one does.
    fn rejoin(&mut self) -> Option<()> {
        let events = self.crowd.events(self.plan.batch);
        let before = self.audiences(&events)?;
        self.configure()?;
        let present: Vec<Joiner> = self.crowd.present().cloned().collect();
        let count = self.crowd.len();
        self.crowd = Crowd::new(self.plan.seed, Vec::new());
        for slice in present.chunks(SLICE) {
            self.join(slice.to_vec())?;
        }
        if self.crowd.len() < count {
            let refused = count - self.crowd.len();
            self.breach(Rule::Rejoins, format!("{refused} of {count} were refused"));
            return Some(());
        }
        let after = self.audiences(&events)?;
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            if before != after {
                let detail = format!(
                    "event {at} lacks the clients {}, and has the clients {} instead",
                    named(&without(before, after)),
                    named(&without(after, before))
                );
                self.breach(Rule::Rejoins, detail);
            }
        }
        Some(())
    }

    /// `None` where the call failed, or there was no instance to ask.
    fn ask(&mut self, step: Step) -> Option<Answer> {
        let asked = self.replay.ask(&step)?;
        let expected = step.expects();
        let export = step.export();
        self.done.steps.push(step);
        self.done.answers.push(asked.answer.clone());
        if let Some(fault) = asked.fault {
            let detail = format!("{}: {}", fault.class, fault.detail);
            self.breach(Rule::broken_by(&fault), detail);
            return None;
        }
        let answers = asked.answer.decisions();
        if answers != expected {
            let detail = format!("{answers} answers to {expected} questions");
            self.breach(Rule::Form(export), detail);
            return None;
        }
        if !self.done.steps.last()?.fits(&asked.answer) {
            let detail = "not ascending indexes of the events".to_owned();
            self.breach(Rule::Form(export), detail);
            return None;
        }
        Some(asked.answer)
    }

    fn breach(&mut self, rule: Rule, detail: String) {
        if self.done.breaches.iter().all(|b| b.rule != rule) {
            let step = self.done.steps.len().saturating_sub(1);
            self.done.breaches.push(Breach { rule, step, detail });
        }
    }
}

/// A few of them, in words.
fn named(clients: &[u32]) -> String {
    if clients.is_empty() {
        return "none".to_owned();
    }
    let names = clients.iter().take(NAMED_MAX).map(u32::to_string);
    let names = names.collect::<Vec<_>>().join(", ");
    match clients.len().checked_sub(NAMED_MAX) {
        None | Some(0) => names,
        Some(more) => format!("{names} and {more} more"),
    }
}

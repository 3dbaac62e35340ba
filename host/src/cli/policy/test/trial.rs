//! A test while it runs.

use umbel_routing::Settings;
use umbel_routing::conformance::{Answer, Asked, Breach, Digest, Replay, Step};

use super::comparison::Comparison;
use super::report::{Broken, Faulty, Report, Source};
use super::subject::{Made, Subject};

/// A test while it runs: what was answered so far.
pub(super) struct Trial<'s> {
    subject: &'s Subject,
    against: Option<Replay<Maker<'s>>>,
    comparison: Option<Comparison>,
    digest: Digest,
    calls: u64,
    left_out: u64,
    decisions: u64,
    broken: Vec<Broken>,
}

/// Makes instances.
pub(super) type Maker<'s> = Box<dyn FnMut(&Settings) -> Made + 's>;

impl<'s> Trial<'s> {
    /// Of `subject`, compared with `against` where there is one.
    pub(super) fn new(subject: &'s Subject, against: Option<&'s Subject>) -> Self {
        Self {
            subject,
            comparison: against.map(|other| Comparison::new(other.name.clone())),
            against: against.map(|other| Replay::new(maker(other))),
            digest: Digest::default(),
            calls: 0,
            left_out: 0,
            decisions: 0,
            broken: Vec::new(),
        }
    }

    /// Makes instances of what is tested.
    pub(super) fn maker(&self) -> Maker<'s> {
        maker(self.subject)
    }

    /// What came of one step; `known` is what was to be answered, as far as that is known. It is compared
    /// with where there is no one else to compare with.
    pub(super) fn add(
        &mut self,
        place: &dyn Fn() -> String,
        step: &Step,
        asked: Option<&Asked>,
        known: Option<&Answer>,
    ) {
        self.answered(place, step, asked.map(|asked| &asked.answer), known);
    }

    /// As [`Self::add`], where the answer alone is known.
    pub(super) fn answered(
        &mut self,
        place: &dyn Fn() -> String,
        step: &Step,
        answer: Option<&Answer>,
        known: Option<&Answer>,
    ) {
        match answer {
            Some(answer) => {
                self.calls += 1;
                self.decisions += answer.decisions() as u64;
                self.digest.add(answer);
            }
            None => self.left_out += 1,
        }
        if let Some(against) = &mut self.against {
            let other = against.ask(step).map(|asked| asked.answer);
            let comparison = self.comparison.as_mut();
            let comparison = comparison.expect("it is there with whom it is about");
            comparison.add(place, step, other.as_ref(), answer);
        } else if known.is_some() {
            let comparison = self
                .comparison
                .get_or_insert_with(|| Comparison::new("what was to be answered".to_owned()));
            comparison.add(place, step, known, answer);
        }
    }

    /// Something of the contract was broken. Of each rule the first time is kept.
    pub(super) fn broken(&mut self, place: String, breach: &Breach) {
        let broken = Broken::new(place, breach);
        if self
            .broken
            .iter()
            .all(|b| b.rule != broken.rule || b.says != broken.says)
        {
            self.broken.push(broken);
        }
    }

    /// What came of it.
    pub(super) fn report(self, source: Source) -> Report {
        let meter = &self.subject.meter;
        let (faults, first_faults) = meter.faults();
        let differ = self.comparison.as_ref().map_or(0, |c| c.differ);
        let blind = match (&source, self.subject.wants()) {
            (Source::Trace { whole: false, .. }, Some(wants)) => wants.payload || wants.claims,
            _ => false,
        };
        Report {
            good: faults == 0 && differ == 0 && self.broken.is_empty() && self.calls > 0,
            policy: self.subject.name.clone(),
            component: self.subject.digest(),
            source,
            calls: self.calls,
            left_out: self.left_out,
            decisions: self.decisions,
            digest: self.digest.to_string(),
            memory_bytes: meter.memory_bytes(),
            costs: meter.costs(),
            faults,
            first_faults: first_faults.iter().map(Faulty::new).collect(),
            broken: self.broken,
            comparison: self.comparison,
            blind,
        }
    }
}

fn maker(subject: &Subject) -> Maker<'_> {
    Box::new(|settings| subject.make(settings))
}

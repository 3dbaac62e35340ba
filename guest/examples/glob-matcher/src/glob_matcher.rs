//! The policy.

use std::collections::{BTreeMap, BTreeSet};

use umbel_guest::{Admission, Client, Event, Mailbox, Members, Routing, Subscriber};

use crate::glob::Glob;

/// The name of the language, as in `match_glob`.
const LANGUAGE: &str = "glob";

/// The default rules, and the language `glob` beside the hub's own.
#[derive(Default)]
pub(crate) struct GlobMatcher {
    /// Who asked for each pattern; nobody is left without anyone.
    globs: BTreeMap<Glob, BTreeSet<Client>>,
}

impl Routing for GlobMatcher {
    const MATCHERS: &'static [&'static str] = &[LANGUAGE];

    fn admit(&mut self, subscriber: &Subscriber) -> Admission {
        for glob in globs(subscriber) {
            self.globs
                .entry(glob)
                .or_default()
                .insert(subscriber.client);
        }
        Ok(Mailbox::default())
    }

    fn leave(&mut self, member: &Subscriber) {
        for glob in globs(member) {
            let Some(clients) = self.globs.get_mut(&glob) else {
                continue;
            };
            clients.remove(&member.client);
            if clients.is_empty() {
                self.globs.remove(&glob);
            }
        }
    }

    fn route(&mut self, event: &Event, members: &Members) -> Vec<Client> {
        let mut audience = members.asking_for(event);
        for (glob, clients) in &self.globs {
            if event.topics.iter().any(|topic| glob.matches(topic)) {
                audience.extend(clients);
            }
        }
        audience
    }
}

fn globs(subscriber: &Subscriber) -> impl Iterator<Item = Glob> {
    let selectors = subscriber.selectors.iter();
    let of_language = selectors.filter(|selector| selector.matcher == LANGUAGE);
    of_language.map(|selector| Glob::new(&selector.pattern))
}

//! The small records of the contract and their native twins.

use umbel_event::Offset;
use umbel_guest as wit;
use umbel_routing as native;

pub(crate) fn settings(settings: wit::Settings) -> native::Settings {
    native::Settings {
        config: settings.config,
        seed: settings.seed,
        facts: settings.facts,
    }
}

pub(crate) fn profile(profile: &native::Profile) -> wit::Profile {
    wit::Profile {
        name: profile.name.clone(),
        version: profile.version.clone(),
        wants: profile.wants.names().map(Into::into).collect(),
        matchers: profile.matchers.clone(),
    }
}

pub(crate) fn admission(admission: native::Admission) -> wit::Admission {
    match admission {
        Ok(bounds) => Ok(mailbox(bounds)),
        Err(native::Refusal { reason, retry_ms }) => Err(wit::Refusal { reason, retry_ms }),
    }
}

pub(crate) fn full_mailbox(full: &wit::FullMailbox) -> native::FullMailbox {
    native::FullMailbox {
        client: native::Client(full.client),
        offset: Offset(full.offset),
        events: full.events,
        bytes: full.bytes,
        oldest_ms: full.oldest_ms,
    }
}

pub(crate) fn verdict(verdict: native::Verdict) -> wit::Verdict {
    match verdict {
        native::Verdict::DropNewest => wit::Verdict::DropNewest,
        native::Verdict::DropOldest => wit::Verdict::DropOldest,
        native::Verdict::Conflate => wit::Verdict::Conflate,
        native::Verdict::CatchUp => wit::Verdict::CatchUp,
        native::Verdict::Disconnect => wit::Verdict::Disconnect,
    }
}

fn mailbox(bounds: native::MailboxBounds) -> wit::Mailbox {
    let when_full = match bounds.when_full {
        native::WhenFull::Always(always) => wit::WhenFull::Always(verdict(always)),
        native::WhenFull::Ask => wit::WhenFull::Ask,
    };
    wit::Mailbox {
        events_max: bounds.events_max,
        bytes_max: bounds.bytes_max,
        when_full,
    }
}

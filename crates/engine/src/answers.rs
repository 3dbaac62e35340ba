//! What a component answered, checked. It is hostile until it was looked at here.

mod filter;

use umbel_routing::{Admission, Client, MailboxBounds, Profile, Refusal, Verdict, Wants, WhenFull};

pub(crate) use filter::{decisions, views};

use crate::bindings::{MailboxAnswer, ProfileAnswer, RefusalAnswer, VerdictAnswer, WhenFullAnswer};

/// Bytes of a refusal's reason that are kept.
const REASON_BYTES_MAX: usize = 256;
/// Bytes of a name or a version that a profile may hold.
const NAME_BYTES_MAX: usize = 64;
/// Matching languages that a profile may offer.
const MATCHERS_MAX: usize = 16;
/// Names of the matching languages that every hub has.
const OWN_MATCHERS: [&str; 3] = ["exact", "uri-template", "url-pattern"];

/// An answer that does not fit its question: for the log.
pub(crate) type Shape = String;

pub(crate) fn admissions(
    answers: Vec<Result<MailboxAnswer, RefusalAnswer>>,
    asked: usize,
) -> Result<Vec<Admission>, Shape> {
    counted(answers.len(), asked)?;
    Ok(answers
        .into_iter()
        .map(|a| a.map(bounds).map_err(refusal))
        .collect())
}

/// One audience for each of `asked` events. Which clients there are the hub checks.
pub(crate) fn audiences(answers: Vec<Vec<u32>>, asked: usize) -> Result<Vec<Vec<Client>>, Shape> {
    counted(answers.len(), asked)?;
    // In place, as the inner lists: the element types have one layout.
    Ok(answers.into_iter().map(clients).collect())
}

fn clients(answer: Vec<u32>) -> Vec<Client> {
    answer.into_iter().map(Client).collect()
}

/// Ascending indexes below `events` for each of `asked` clients.
pub(crate) fn selections(
    answers: Vec<Vec<u32>>,
    asked: usize,
    events: usize,
) -> Result<Vec<Vec<u32>>, Shape> {
    counted(answers.len(), asked)?;
    match answers.iter().position(|a| !ascends_below(a, events)) {
        None => Ok(answers),
        Some(at) => Err(format!(
            "answer {at} is not a list of ascending indexes below {events}"
        )),
    }
}

fn ascends_below(indexes: &[u32], limit: usize) -> bool {
    indexes.windows(2).all(|w| w[0] < w[1]) && indexes.last().is_none_or(|&i| (i as usize) < limit)
}

pub(crate) fn verdicts(answers: Vec<VerdictAnswer>, asked: usize) -> Result<Vec<Verdict>, Shape> {
    counted(answers.len(), asked)?;
    Ok(answers.into_iter().map(verdict).collect())
}

pub(crate) fn profile(answer: ProfileAnswer) -> Result<Profile, Shape> {
    let ProfileAnswer {
        name,
        version,
        wants,
        matchers,
    } = answer;
    if name.len() > NAME_BYTES_MAX || version.len() > NAME_BYTES_MAX {
        return Err(format!(
            "name and version may have {NAME_BYTES_MAX} bytes each"
        ));
    }
    if matchers.len() > MATCHERS_MAX {
        return Err(format!(
            "{} matching languages, the limit is {MATCHERS_MAX}",
            matchers.len()
        ));
    }
    if let Some(bad) = matchers.iter().find(|m| !is_matcher_name(m)) {
        return Err(format!(
            "no name for a matching language of its own: {bad:?}"
        ));
    }
    Ok(Profile {
        name,
        version,
        wants: self::wants(&wants)?,
        matchers,
    })
}

fn wants(names: &[String]) -> Result<Wants, Shape> {
    let mut wants = Wants::default();
    for name in names {
        match name.as_str() {
            "id" => wants.id = true,
            "payload" => wants.payload = true,
            "claims" => wants.claims = true,
            "attributes" => wants.attributes = true,
            other => {
                return Err(format!(
                    "it wants {other:?}, which is none of id, payload, claims and attributes"
                ));
            }
        }
    }
    Ok(wants)
}

/// It becomes part of a query parameter's name: lower-case letters, digits and hyphens.
fn is_matcher_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !OWN_MATCHERS.contains(&name)
}

fn counted(answered: usize, asked: usize) -> Result<(), Shape> {
    if answered == asked {
        Ok(())
    } else {
        Err(format!("{answered} answers to {asked} questions"))
    }
}

fn bounds(m: MailboxAnswer) -> MailboxBounds {
    let when_full = match m.when_full {
        WhenFullAnswer::Always(v) => WhenFull::Always(verdict(v)),
        WhenFullAnswer::Ask => WhenFull::Ask,
    };
    MailboxBounds {
        events_max: m.events_max,
        bytes_max: m.bytes_max,
        when_full,
    }
}

fn refusal(answer: RefusalAnswer) -> Refusal {
    Refusal {
        reason: reason(answer.reason),
        retry_ms: answer.retry_ms,
    }
}

/// A reason is shown to a stranger: cut, and on one line.
fn reason(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(REASON_BYTES_MAX));
    if text.contains(char::is_control) {
        text = text.replace(char::is_control, " ");
    }
    text
}

const fn verdict(v: VerdictAnswer) -> Verdict {
    match v {
        VerdictAnswer::DropNewest => Verdict::DropNewest,
        VerdictAnswer::DropOldest => Verdict::DropOldest,
        VerdictAnswer::Conflate => Verdict::Conflate,
        VerdictAnswer::CatchUp => Verdict::CatchUp,
        VerdictAnswer::Disconnect => Verdict::Disconnect,
    }
}

#[cfg(test)]
mod tests;

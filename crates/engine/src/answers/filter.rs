//! What a filter answered, checked as far as the engine can: whether a replacement may be
//! published and who is in an audience the hub knows.

use umbel_routing::{Decision, Replacement, VIEWS_MAX, View};

use super::{Shape, clients, counted, reason};
use crate::bindings::{DecisionAnswer, ReplacementAnswer, ViewAnswer};

pub(crate) fn decisions(
    answers: Vec<DecisionAnswer>,
    asked: usize,
) -> Result<Vec<Decision>, Shape> {
    counted(answers.len(), asked)?;
    Ok(answers.into_iter().map(decision).collect())
}

fn decision(answer: DecisionAnswer) -> Decision {
    match answer {
        DecisionAnswer::Pass => Decision::Pass,
        DecisionAnswer::Refuse(why) => Decision::Refuse(reason(why)),
        DecisionAnswer::Replace(ReplacementAnswer { topics, kind, data }) => {
            Decision::Replace(Replacement { topics, kind, data })
        }
    }
}

/// At most [`VIEWS_MAX`] views of each of `asked` events. Which clients there are the hub checks.
pub(crate) fn views(answers: Vec<Vec<ViewAnswer>>, asked: usize) -> Result<Vec<Vec<View>>, Shape> {
    counted(answers.len(), asked)?;
    if let Some((at, many)) = answers
        .iter()
        .enumerate()
        .find(|(_, views)| views.len() > VIEWS_MAX)
    {
        return Err(format!(
            "{} views of event {at}, the limit is {VIEWS_MAX}",
            many.len()
        ));
    }
    Ok(answers
        .into_iter()
        .map(|views| views.into_iter().map(view).collect())
        .collect())
}

fn view(answer: ViewAnswer) -> View {
    View {
        clients: clients(answer.clients),
        data: answer.data,
    }
}

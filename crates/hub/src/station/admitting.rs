//! The admission filter: a tenant's say over what is published.

use std::time::{Duration, Instant};

use umbel_event::{Event, Offset, Topic};
use umbel_routing::{Decision, EventView, Export, Fault, PublicationView};

use super::Station;
use super::core::Core;
use crate::clock::millis;
use crate::{OnFailure, Publication, PublishError, Tenant};

/// How long a publisher sleeps between looks at a filter that is being made ready.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// What a filter said of a publication, or that it could not be asked.
enum Said {
    Decision(Decision),
    /// Nothing: it failed, or is left alone after too many faults.
    Failed,
    /// It is not ready, or has used its time up: ask again after so long.
    Later(Duration),
}

impl Station {
    /// Logs what a publisher sent, once the admission filter has let it pass.
    pub(crate) async fn publish(&self, publication: Publication) -> Result<Offset, PublishError> {
        let started = Instant::now();
        let result = self.admit_and_append(publication).await;
        self.tenant.account(started, &result);
        result
    }

    async fn admit_and_append(&self, publication: Publication) -> Result<Offset, PublishError> {
        self.tenant.take_turn()?;
        let event = self.admitted(publication).await?;
        self.tenant.append(event).await
    }

    async fn admitted(&self, publication: Publication) -> Result<Event, PublishError> {
        let config = self.tenant.config();
        let retry_s = Tenant::retry_s();
        let patience = millis(config.limits.publishers_wait);
        let give_up_ms = self.tenant.now_ms() + patience;
        let said = loop {
            if self.tenant.is_closing() {
                return Err(PublishError::Closing);
            }
            match self.ask_admission(&publication) {
                Said::Later(pause) if self.tenant.now_ms() < give_up_ms => {
                    tokio::time::sleep(pause).await;
                }
                Said::Later(_) => return Err(PublishError::Lagging { retry_s }),
                said => break said,
            }
        };
        match said {
            Said::Decision(Decision::Pass) => Ok(publication.event),
            Said::Decision(Decision::Refuse(reason)) => Err(PublishError::Refused(reason)),
            Said::Decision(Decision::Replace(replacement)) => publication
                .replaced(replacement, &config.limits)
                .map_err(PublishError::BadReplacement),
            _ if config.components.filter_on_failure == OnFailure::Open => Ok(publication.event),
            _ => Err(PublishError::FilterFailed { retry_s }),
        }
    }

    fn ask_admission(&self, publication: &Publication) -> Said {
        self.stir();
        let mut core = self.core.borrow_mut();
        core.settle_share();
        if core.wait_ms > 0 {
            return Said::Later(Duration::from_millis(core.wait_ms));
        }
        if core.turn_owed {
            return Said::Later(LOOK_AGAIN);
        }
        let said = core.ask_admission(publication);
        drop(core);
        self.seek_room();
        said
    }
}

impl Core {
    fn ask_admission(&mut self, publication: &Publication) -> Said {
        let now_ms = self.now_ms();
        if !self.seats.parts.admission {
            // It was taken away a moment ago.
            return Said::Decision(Decision::Pass);
        }
        self.advance_filter();
        let Some(filter) = &mut self.seats.filter else {
            return Said::Decision(Decision::Pass);
        };
        if filter.is_out(now_ms) {
            return Said::Failed;
        }
        if !filter.is_ready() {
            return Said::Later(LOOK_AGAIN);
        }
        let topics: Vec<&str> = publication.event.topics.iter().map(Topic::as_str).collect();
        let view = PublicationView {
            event: view(&publication.event, &topics),
            claims: &publication.claims,
        };
        let asked: Result<Vec<Decision>, Fault> = filter.call(Export::Admit, now_ms, |filter| {
            filter.admit(std::slice::from_ref(&view))
        });
        match asked.map(|mut decisions| decisions.pop()) {
            Ok(Some(decision)) => Said::Decision(decision),
            Ok(None) | Err(_) => Said::Failed,
        }
    }
}

fn view<'a>(event: &'a Event, topics: &'a [&'a str]) -> EventView<'a> {
    super::batch::view(Offset(0), event, topics)
}

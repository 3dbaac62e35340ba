//! What each subscriber sees.

use std::collections::BTreeSet;

use serde::Deserialize;
use umbel_guest::{Client, Event, Profile, Settings, Subscriber, View, ViewFilter};

use crate::public::Public;
use crate::quake::Quake;

/// The claim `role` of those who see everything.
const SEISMOLOGIST: &str = "seismologist";

/// Decimals of a degree that everybody may see: about 11 km.
const DECIMALS: u8 = 1;
/// More than any instrument gives.
const DECIMALS_MAX: u8 = 7;

/// Shows events whole to those whose token says that they are seismologists, rounded and without their
/// status to everybody else.
pub(crate) struct SeismologistsSeeAll {
    decimals: u8,
    seismologists: BTreeSet<Client>,
}

/// Of the claims of a token, the one that counts here.
#[derive(Deserialize)]
struct Claims {
    role: Option<String>,
}

impl ViewFilter for SeismologistsSeeAll {
    fn configure(settings: Settings) -> Result<(Self, Profile), String> {
        let profile = Profile::new("seismologists see all", env!("CARGO_PKG_VERSION"));
        let filter = Self {
            decimals: decimals(settings.config.trim())?,
            seismologists: BTreeSet::new(),
        };
        Ok((filter, profile.wanting("payload").wanting("claims")))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) {
        for subscriber in subscribers {
            if is_seismologist(&subscriber.claims) {
                self.seismologists.insert(subscriber.client);
            }
        }
    }

    fn leave(&mut self, clients: &[Client]) {
        for client in clients {
            self.seismologists.remove(client);
        }
    }

    /// An event that cannot be read was logged before this filter was there: who may see it is not known,
    /// so seismologists alone do.
    fn view(&mut self, event: &Event, audience: &[Client]) -> Vec<View> {
        let (seismologists, public) = audience
            .iter()
            .partition(|client| self.seismologists.contains(client));
        let mut views = vec![View::as_published(seismologists)];
        if let Ok(quake) = Quake::read(event.data.as_deref().unwrap_or_default()) {
            views.push(View::rewritten(
                public,
                Public::of(&quake, self.decimals).write(),
            ));
        }
        views
    }
}

fn decimals(config: &str) -> Result<u8, String> {
    if config.is_empty() {
        return Ok(DECIMALS);
    }
    let decimals = config.parse().ok().filter(|n| *n <= DECIMALS_MAX);
    decimals.ok_or_else(|| format!("config: a number of decimals, 0 to {DECIMALS_MAX}"))
}

/// Claims are what the holder of a key wrote, so they may be of any shape.
fn is_seismologist(claims: &str) -> bool {
    let claims: Option<Claims> = serde_json::from_str(claims).ok();
    claims.and_then(|c| c.role).as_deref() == Some(SEISMOLOGIST)
}

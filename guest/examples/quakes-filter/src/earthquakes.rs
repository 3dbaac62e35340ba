//! What may be published.

use umbel_guest::{Decision, Profile, Publication, PublishFilter, Settings};

use crate::quake::Quake;

/// The kind that is taken in.
const EARTHQUAKE: &str = "earthquake";

/// Takes in earthquakes, and neither explosions nor what cannot be read.
pub(crate) struct EarthquakesAlone;

impl PublishFilter for EarthquakesAlone {
    fn configure(_: Settings) -> Result<(Self, Profile), String> {
        let profile = Profile::new("earthquakes alone", env!("CARGO_PKG_VERSION"));
        Ok((Self, profile.wanting("payload")))
    }

    fn decide(&mut self, publication: &Publication) -> Decision {
        let data = publication.event.data.as_deref().unwrap_or_default();
        match Quake::read(data) {
            Ok(quake) if quake.kind == EARTHQUAKE => Decision::Pass,
            Ok(quake) => Decision::Refuse(format!("`{}` is not an earthquake", quake.kind)),
            Err(error) => Decision::Refuse(format!("not a seismic event: {error}")),
        }
    }
}

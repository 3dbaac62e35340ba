//! A seismic event as everybody may see it.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::quake::Quake;

/// One seismic event without what is for seismologists. Fields are named one by one, so that one that is
/// added some day stays hidden until somebody decides otherwise.
#[derive(Serialize)]
pub(crate) struct Public<'a> {
    id: &'a RawValue,
    time: &'a RawValue,
    mag: &'a RawValue,
    place: &'a RawValue,
    net: &'a RawValue,
    kind: &'a str,
    lon: f64,
    lat: f64,
    depth_km: &'a RawValue,
}

impl<'a> Public<'a> {
    /// What everybody may see of `quake`, its place to so many decimals of a degree.
    pub(crate) fn of(quake: &'a Quake<'_>, decimals: u8) -> Self {
        Self {
            id: quake.id,
            time: quake.time,
            mag: quake.mag,
            place: quake.place,
            net: quake.net,
            kind: &quake.kind,
            lon: rounded(quake.lon, decimals),
            lat: rounded(quake.lat, decimals),
            depth_km: quake.depth_km,
        }
    }

    /// The payload.
    pub(crate) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("numbers and texts can be written")
    }
}

fn rounded(degrees: f64, decimals: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(decimals));
    // Not minus zero, which would tell the side of the meridian.
    (degrees * scale).round() / scale + 0.0
}

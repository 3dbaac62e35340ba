//! A seismic event as it is published.

use serde::Deserialize;
use serde_json::value::RawValue;

/// One seismic event. What the filter does not look into stays as it was written.
///
/// A field that comes twice is a fault: readers differ in which of the two they believe.
#[derive(Deserialize)]
pub(crate) struct Quake<'a> {
    #[serde(borrow)]
    pub(crate) id: &'a RawValue,
    #[serde(borrow)]
    pub(crate) time: &'a RawValue,
    #[serde(borrow)]
    pub(crate) mag: &'a RawValue,
    #[serde(borrow)]
    pub(crate) place: &'a RawValue,
    #[serde(borrow)]
    pub(crate) net: &'a RawValue,
    pub(crate) kind: String,
    pub(crate) lon: f64,
    pub(crate) lat: f64,
    #[serde(borrow)]
    pub(crate) depth_km: &'a RawValue,
}

impl<'a> Quake<'a> {
    /// Reads a payload.
    pub(crate) fn read(data: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(data)
    }
}

//! A filter as an example: takes in earthquakes alone, and shows their precise place and how well they were
//! examined to seismologists alone.
//!
//! ```toml
//! [filter]
//! component = "quakes-filter.wasm"
//! config = "1"    # decimals of a degree that everybody may see
//! ```

mod earthquakes;
mod public;
mod quake;
mod seismologists;

umbel_guest::export_filter!(
    earthquakes::EarthquakesAlone,
    seismologists::SeismologistsSeeAll
);

#[cfg(test)]
mod tests;

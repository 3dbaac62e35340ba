//! Whom and what the policies are asked about.

use std::time::Instant;

use umbel_event::Offset;
use umbel_routing::{Client, Dispatcher, EventView, SubscriberView};
use umbel_selector::{Matcher, Selector};

/// Subscribers in all measurements.
pub(crate) const CLIENTS: u32 = 10_000;
/// Subscribers in one `join`; a hub begins with 16, and doubles that while a call is quick.
const SLICE: usize = 256;
/// Events of the largest batch that a hub has routed to so many in one call: both together are at most 2^20.
pub(crate) const BATCH: u64 = (1 << 20) / CLIENTS as u64;
/// Events of the largest page that a hub asks `select` about, and for how many at once.
pub(crate) const PAGE: u64 = 256;
pub(crate) const PAGE_CLIENTS: u32 = 256;
/// What everybody asks for.
pub(crate) const ALL: &str = "all";
/// What the first one asks for as well.
pub(crate) const ONE: &str = "one";
/// Here every fence reaches.
const DATA: &[u8] = br#"{"lat": 5, "lon": 5}"#;

/// Has everybody join; answers what each call took, in seconds, with how many joined by it.
pub(crate) fn join(policy: &mut dyn Dispatcher, own_claims: bool) -> Vec<(f64, usize)> {
    let selectors = [ALL, ONE].map(|topic| Selector::trusted(Matcher::Exact, topic));
    let claims: Vec<String> = (0..CLIENTS).map(|n| claims(n, own_claims)).collect();
    let views: Vec<SubscriberView<'_>> = (0..CLIENTS)
        .zip(&claims)
        .map(|(client, claims)| SubscriberView {
            client: Client(client),
            selectors: if client == 0 {
                &selectors
            } else {
                &selectors[..1]
            },
            grants: &[],
            claims,
            attributes: &[],
            joined_ms: 0,
        })
        .collect();
    let slices = views.chunks(SLICE).map(|slice| {
        let (seconds, answers) = timed(|| policy.join(slice).expect("no fault"));
        assert!(answers.iter().all(Result::is_ok), "nobody is refused");
        (seconds, slice.len())
    });
    slices.collect()
}

/// Claims of somebody with a token, and with a fence, for policies that ask for one.
fn claims(client: u32, own: bool) -> String {
    let km = 1_000.0 + if own { f64::from(client) / 100.0 } else { 0.0 };
    format!(r#"{{"sub": "x", "fence": {{"circle": {{"lat": 5, "lon": 5, "km": {km}}}}}}}"#)
}

/// An event about `topic`.
pub(crate) fn event<'a>(topics: &'a [&'a str], offset: u64) -> EventView<'a> {
    EventView {
        offset: Offset(offset),
        id: "",
        topics,
        kind: None,
        private: false,
        accepted_ms: 1,
        size: u32::try_from(DATA.len()).expect("small"),
        data: Some(DATA),
        attributes: &[],
    }
}

/// What it took in seconds, and what came of it.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}

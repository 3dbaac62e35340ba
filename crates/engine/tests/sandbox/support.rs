//! What the tests share: one engine, short ways to an instance, and arguments to call it with.

use std::sync::LazyLock;

use umbel_engine::{Engine, FilterComponent, Limits, LoadError, PolicyComponent};
use umbel_engine::{WasmDispatcher, WasmFilter};
use umbel_event::Offset;
use umbel_routing::SubscriberView;
use umbel_routing::{Client, Dispatcher, EventView, Export, Fault, Filter, FullMailbox};
use umbel_routing::{PublicationView, Settings};
use umbel_selector::{Matcher, Selector};

use crate::hostile;

pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

pub(crate) static SELECTORS: LazyLock<[Selector; 2]> = LazyLock::new(|| {
    [
        Selector::trusted(Matcher::Exact, "a"),
        Selector::trusted(Matcher::UriTemplate, "b{c}"),
    ]
});

pub(crate) fn load(bytes: &[u8]) -> Result<PolicyComponent, LoadError> {
    PolicyComponent::load(&ENGINE, bytes, &Limits::default())
}

/// A configured instance of `tests/guests/NAME.wat`.
pub(crate) fn start(name: &str) -> WasmDispatcher {
    start_with(name, &Settings::default(), &Limits::default()).unwrap()
}

pub(crate) fn start_with(
    name: &str,
    settings: &Settings,
    limits: &Limits,
) -> Result<WasmDispatcher, Fault> {
    let component = PolicyComponent::load(&ENGINE, &hostile::guest(name), limits).unwrap();
    WasmDispatcher::new(&component, settings, limits)
}

pub(crate) fn event() -> EventView<'static> {
    EventView {
        offset: Offset(7),
        id: "id-7",
        topics: &["a", "b", "c"],
        kind: Some("kind"),
        private: true,
        accepted_ms: 1_000,
        size: 5,
        data: Some(b"hello"),
        attributes: &[("x", "y")],
    }
}

pub(crate) fn subscriber(client: u32) -> SubscriberView<'static> {
    SubscriberView {
        client: Client(client),
        selectors: &*SELECTORS,
        grants: &SELECTORS[..1],
        claims: "{}",
        attributes: &[],
        joined_ms: 1,
    }
}

pub(crate) fn full(client: u32) -> FullMailbox {
    FullMailbox {
        client: Client(client),
        offset: Offset(7),
        events: 1,
        bytes: 5,
        oldest_ms: 1,
    }
}

/// Calls `export` with one of whatever it is asked about.
pub(crate) fn call(policy: &mut WasmDispatcher, export: Export) -> Result<(), Fault> {
    match export {
        Export::Join => policy.join(&[subscriber(0)]).map(drop),
        Export::Leave => policy.leave(&[Client(0)]),
        Export::Route => policy.route(&[event()]).map(drop),
        Export::Select => policy.select(&[Client(0)], &[event()]).map(drop),
        Export::Overflow => policy.overflow(&[full(0)]).map(drop),
        Export::Instantiate | Export::Configure | Export::Admit | Export::Tailor => {
            unreachable!("not a call to an instance")
        }
    }
}

/// The fault of one call of `export` to a fresh instance of `name`.
pub(crate) fn fault_of(name: &str, export: Export) -> Fault {
    call(&mut start(name), export).expect_err(name)
}

/// A configured instance of `tests/guests/filters/NAME.wat`.
pub(crate) fn start_filter(name: &str) -> WasmFilter {
    start_filter_with(name, &Settings::default(), &Limits::default()).unwrap()
}

pub(crate) fn start_filter_with(
    name: &str,
    settings: &Settings,
    limits: &Limits,
) -> Result<WasmFilter, Fault> {
    let bytes = hostile::guest(&format!("filters/{name}"));
    let component = FilterComponent::load(&ENGINE, &bytes, limits).unwrap();
    WasmFilter::new(&component, settings, limits)
}

pub(crate) fn publication() -> PublicationView<'static> {
    PublicationView {
        event: event(),
        claims: "{}",
    }
}

/// Calls `export` of a filter with one of whatever it is asked about.
pub(crate) fn call_filter(filter: &mut WasmFilter, export: Export) -> Result<(), Fault> {
    match export {
        Export::Admit => filter.admit(&[publication()]).map(drop),
        Export::Join => filter.join(&[subscriber(0)]),
        Export::Leave => filter.leave(&[Client(0)]),
        Export::Tailor => filter.tailor(&[event()], &[vec![Client(0)]]).map(drop),
        other => unreachable!("not a call to a filter: {other}"),
    }
}

/// The fault of one call of `export` to a fresh instance of the filter `name`.
pub(crate) fn fault_of_filter(name: &str, export: Export) -> Fault {
    call_filter(&mut start_filter(name), export).expect_err(name)
}

/// Resident memory of this process, in bytes.
pub(crate) fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

//! What only filters are given and answer.

use wasmtime::component::{ComponentType, Lift, Lower};

use super::EventArg;

/// `admission.publication`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct PublicationArg<'a> {
    pub(crate) event: EventArg<'a>,
    pub(crate) claims: &'a str,
}

/// `admission.replacement`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ReplacementAnswer {
    pub(crate) topics: Vec<String>,
    pub(crate) kind: Option<String>,
    pub(crate) data: Vec<u8>,
}

/// `admission.decision`.
#[derive(ComponentType, Lift)]
#[component(variant)]
pub(crate) enum DecisionAnswer {
    #[component(name = "pass")]
    Pass,
    #[component(name = "refuse")]
    Refuse(String),
    #[component(name = "replace")]
    Replace(ReplacementAnswer),
}

/// `views.view`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ViewAnswer {
    pub(crate) clients: Vec<u32>,
    pub(crate) data: Option<Vec<u8>>,
}

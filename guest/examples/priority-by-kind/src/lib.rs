//! A policy as an example: chatter is shed before any alarm is.

mod config;
mod priority_by_kind;

umbel_guest::export_routing!(priority_by_kind::PriorityByKind);

#[cfg(test)]
mod tests;

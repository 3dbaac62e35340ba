//! A policy as an example: how far back a subscriber may go is a matter of its plan.

mod claims;
mod config;
mod replay_limits;

umbel_guest::export_routing!(replay_limits::ReplayLimits);

#[cfg(test)]
mod tests;

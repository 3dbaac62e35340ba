//! A layer as an example: mutes kinds of events in front of any policy, which is not asked about them.
//!
//! ```text
//! mute = typing
//! mute = presence
//! ```
//! Every other line of the configuration is the policy's behind it.

mod muted;

umbel_guest::export_policy!(muted::Muted<umbel_guest::Plugged>);

#[cfg(test)]
mod tests;

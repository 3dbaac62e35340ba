//! The default policy as a component: [`umbel_routing::Router`], the same code that the hub runs natively,
//! behind the exports of the contract. Nothing is decided here.

mod events;
mod policy;
mod records;
mod subscribers;

umbel_guest::export_policy!(policy::DefaultPolicy);

#[cfg(test)]
mod tests;

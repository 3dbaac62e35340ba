//! The operator's listener.

mod access;
mod admin_error;
mod answer;
mod audit;
mod changing;
mod drain;
mod openapi;
mod query;
mod recording;
mod route;
mod routes;
mod shadowing;
mod status;
mod subscribers;
mod tape;
mod tenants;
mod upload;
mod uploads;

#[cfg(test)]
mod tests;

pub(crate) use routes::{Admin, admin_routes};
pub(crate) use uploads::Uploads;

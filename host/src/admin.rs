//! The operator's listener.

mod access;
mod routes;
mod status;

#[cfg(test)]
mod tests;

pub(crate) use routes::{Admin, admin_routes};

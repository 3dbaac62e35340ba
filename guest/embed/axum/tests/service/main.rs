//! The service over real sockets, with policies that behave and policies that do not.

mod client;
#[path = "../../../../../tests/guests/hostile.rs"]
mod hostile;
mod rig;

mod failing_policies;
mod slow_clients;
mod who_gets_what;

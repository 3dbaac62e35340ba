//! Compiling what strangers have sent, and keeping what came of it.

mod cache;
mod children;
mod support;

#[path = "../../../../tests/guests/hostile.rs"]
mod hostile;

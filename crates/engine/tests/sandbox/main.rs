//! Components that misbehave, and what becomes of them: the sandbox checklist as tests.

mod answers;
mod calls;
mod faults;
mod filters;
mod inspecting;
mod isolation;
mod limits;
mod loading;
mod support;

#[path = "../../../../tests/guests/hostile.rs"]
mod hostile;

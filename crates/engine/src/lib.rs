//! Runs policy components: the only crate that knows wasmtime.
//!
//! An [`Engine`] is the compiler and the pool of one process; a [`PolicyComponent`] is a component
//! that was checked and compiled; a [`WasmFactory`] makes configured instances of it, each of which
//! answers as a [`umbel_routing::Dispatcher`]. Nothing that a component does is trusted: memory,
//! tables, stack, time and the size of answers are limited, answers are checked, and whatever goes
//! wrong ends that instance alone.

mod answers;
mod arguments;
mod bindings;
mod budget;
mod component;
mod config;
mod deadline;
mod dispatcher;
mod engine;
mod factory;
mod failure;
mod imports;
mod instance;
mod limits;
mod load_error;
mod ticker;

pub use component::PolicyComponent;
pub use dispatcher::WasmDispatcher;
pub use engine::{Allocation, Engine, EngineError};
pub use factory::WasmFactory;
pub use limits::{Limits, MEMORY_BYTES_MAX};
pub use load_error::{LoadError, Resource};

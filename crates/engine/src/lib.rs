//! Runs the components of policies and filters: the only crate that knows wasmtime.
//!
//! An [`Engine`] is the pool and the clock of one process; a [`PolicyComponent`] is a component
//! that was checked and compiled; a [`WasmFactory`] makes configured instances of it, each of which
//! answers as a [`umbel_routing::Dispatcher`]. [`FilterComponent`] and [`WasmFilterFactory`] are the
//! same for a [`umbel_routing::Filter`]. Who compiles is a [`Compiler`]: this process, or a child that can be
//! killed, or a [`CodeCache`] before either. Nothing that a component does is trusted: memory,
//! tables, stack, time and the size of answers are limited, answers are checked, and whatever goes
//! wrong ends that instance alone.

mod answers;
mod arguments;
mod bindings;
mod budget;
mod child_process;
mod code_cache;
mod code_hash;
mod compile_component;
mod compile_error;
mod compile_limits;
mod compiled;
mod compiler;
mod component;
mod component_kind;
mod config;
mod deadline;
mod dispatcher;
mod engine;
mod exports;
mod factory;
mod failure;
mod filter;
mod filter_component;
mod filter_factory;
mod guest;
mod hex;
mod in_process;
mod inspection;
mod instance;
mod limits;
mod load_error;
mod places;
mod policy_component;
mod pool;
mod suspicion;
mod ticker;
mod turns;

pub use child_process::ChildProcess;
pub use code_cache::CodeCache;
pub use compile_component::compile_component;
pub use compile_error::CompileError;
pub use compile_limits::CompileLimits;
pub use compiled::Compiled;
pub use compiler::Compiler;
pub use component::{Face, Interface};
pub use component_kind::ComponentKind;
pub use dispatcher::WasmDispatcher;
pub use engine::{Allocation, Engine, EngineError};
pub use factory::WasmFactory;
pub use filter::WasmFilter;
pub use filter_component::FilterComponent;
pub use filter_factory::WasmFilterFactory;
pub use in_process::InProcess;
pub use inspection::Inspection;
pub use limits::{Limits, MEMORY_BYTES_MAX};
pub use load_error::{LoadError, Resource};
pub use places::PoolUsage;
pub use policy_component::PolicyComponent;

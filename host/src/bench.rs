//! Measures a hub from outside, over the protocol alone: how fast it delivers, and whether it loses.
//!
//! Pure, without IO or clock: what is to be done (`plan`, `share`, `stamp`), what arrived (`arrivals`,
//! `flight`, `tally`), how long it took (`latency`, `timeline`), all of it together (`measure`), and what is
//! told of it (`outcome`, `table`, `report`). `head` and `dechunker` read HTTP/1.1 in whatever pieces it comes.
//! With IO: `clock`, `timer`, `opening`, `subscriber`, `publishing`, and `run`, which brings them together.
//!
//! Everything runs on one thread. The measure is shared by reference count (`shared`) and is never
//! borrowed over an await.

mod arrivals;
mod clock;
mod dechunker;
mod flight;
mod head;
mod latency;
mod measure;
mod opening;
mod outcome;
mod plan;
mod progress;
mod publishing;
mod report;
mod run;
mod share;
mod shared;
mod stamp;
mod subscriber;
mod table;
mod tally;
mod timeline;
mod timer;

pub use outcome::Outcome;
pub use plan::{Pace, Plan};
pub use progress::{Phase, Progress};
pub use report::page;
pub use run::run;
pub use share::Share;
pub use table::text;

//! The client against hubs that play a script.

mod publishing;
mod scripted;
mod tailing;

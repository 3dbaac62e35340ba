//! What the tests are made of.

mod carrier;
mod dechunk;
mod http;
mod impostor;
mod key;
mod lan;
mod memory;
mod operator;
mod quakes;
mod registry;
mod server;
mod subscriber;
mod workshop;

pub(crate) use carrier::Version;
pub(crate) use dechunk::Dechunker;
pub(crate) use http::{Answer, Publisher, form, get, get_on, path_of, raw};
pub(crate) use impostor::Impostor;
pub(crate) use key::{secret_file, signed, token, with_key};
pub(crate) use lan::Lan;
pub(crate) use memory::resident_bytes;
pub(crate) use operator::{Operator, builtin, operators_secret};
pub(crate) use quakes::{Quake, quakes};
pub(crate) use registry::Registry;
pub(crate) use server::{Policy, Server, umbel, value};
pub(crate) use subscriber::{Subscriber, wait_until};
pub(crate) use workshop::{Said, Workshop, committed};

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

/// How long a test may take, on a busy machine as well: a hub that hangs is to fail its test.
const TEST_MAX: Duration = Duration::from_mins(5);

/// Several tests measure how long the hub takes, so no two of them share the processors.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs a test on a runtime of its own, while no other one runs.
pub(crate) fn run<F: Future<Output = ()>>(test: F) {
    run_carried(Version::Http11, test);
}

/// Runs a test with streams over each of these versions in turn.
pub(crate) fn run_over(versions: &[Version], test: impl AsyncFn()) {
    for version in versions {
        eprintln!("streams over {version:?}");
        run_carried(*version, test());
    }
}

/// Runs a test with streams over every version, that is, over every path out of the hub.
pub(crate) fn run_over_all(test: impl AsyncFn()) {
    run_over(&[Version::Http11, Version::Http2, Version::Http10], test);
}

fn run_carried<F: Future<Output = ()>>(version: Version, test: F) {
    // A test that failed leaves nothing behind that the next one could meet.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    version.select();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let test = async { timeout(TEST_MAX, test).await };
    let ended = runtime.expect("a runtime").block_on(test);
    ended.expect("the test ends");
}

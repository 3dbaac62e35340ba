//! `umbel-embed-axum POLICY [ADDRESS]`: serves `/events` on this machine as the policy decides.

use std::{env, fs};

use anyhow::{Context, Result, anyhow};
use umbel_embed_axum::{Desk, service};
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::Settings;

/// Where it listens, unless told otherwise.
const ADDRESS: &str = "127.0.0.1:8080";

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().init();
    let mut args = env::args().skip(1);
    let policy = args.next().context("umbel-embed-axum POLICY [ADDRESS]")?;
    let address = args.next().unwrap_or_else(|| ADDRESS.to_owned());
    let bytes = fs::read(&policy).context(policy)?;
    let seed = getrandom::u64().map_err(|error| anyhow!("no randomness: {error}"))?;
    let settings = Settings {
        seed,
        ..Settings::default()
    };
    let (engine, limits) = (Engine::new()?, Limits::default());
    let component = PolicyComponent::load(&engine, &bytes, &limits)?;
    let desk = Desk::start(WasmFactory::new(component, settings, limits))?;
    let listener = tokio::net::TcpListener::bind(&address).await;
    let listener = listener.context(address)?;
    println!("http://{}/events", listener.local_addr()?);
    axum::serve(listener, service(desk)).await?;
    Ok(())
}

//! `umbel token`: make a token.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::{ArgGroup, Args};
use serde_json::{Map, Value, json};

use crate::auth::Signer;
use crate::config::{parse_duration, read_key};

/// What goes into the token.
#[derive(Args)]
#[command(group = ArgGroup::new("key").required(true))]
#[command(group = ArgGroup::new("grant").required(true).multiple(true))]
pub struct Token {
    /// The secret that the hub shares; signs with HS256.
    #[arg(long, value_name = "FILE", group = "key")]
    secret_file: Option<PathBuf>,
    /// A private key in PEM format; its kind decides the algorithm.
    #[arg(long, value_name = "FILE", group = "key")]
    key_file: Option<PathBuf>,
    /// Topics that may be published to; `*` for all.
    #[arg(long, value_name = "SELECTOR", num_args = 1.., group = "grant")]
    publish: Vec<String>,
    /// Topics whose private events may be received; `*` for all.
    #[arg(long, value_name = "SELECTOR", num_args = 1.., group = "grant")]
    subscribe: Vec<String>,
    /// How long it counts, as 90s, 15m, 1h or 30d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    ttl: Duration,
    /// JSON that goes along with the subscriptions of its bearer.
    #[arg(long, value_name = "JSON", value_parser = parse_json)]
    payload: Option<Value>,
    /// Who issues it: the id of an issuer in the hub's configuration.
    #[arg(long, value_name = "ID")]
    issuer: Option<String>,
    /// Whom it is for.
    #[arg(long, value_name = "ID")]
    audience: Option<String>,
    /// The draft of the protocol that it is written for.
    #[arg(long, value_name = "N", default_value = "7", value_parser = parse_draft)]
    draft: u8,
}

impl Token {
    /// Prints the token.
    pub fn run(self) -> anyhow::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        println!("{}", self.signer()?.sign(&self.claims(now))?);
        Ok(())
    }

    fn signer(&self) -> anyhow::Result<Signer> {
        let read = |file: &PathBuf| {
            read_key(file).with_context(|| format!("{} cannot be read", file.display()))
        };
        match (&self.secret_file, &self.key_file) {
            (Some(file), _) => Ok(Signer::from_secret(&read(file)?)),
            (None, Some(file)) => {
                Signer::from_pem(&read(file)?).with_context(|| file.display().to_string())
            }
            (None, None) => anyhow::bail!("--secret-file or --key-file is needed"),
        }
    }

    /// The claims of a token made at the Unix time `now` (Mercure draft 7, "Authorization").
    fn claims(&self, now: Duration) -> Value {
        let mut mercure = Map::new();
        for (name, selectors) in [("publish", &self.publish), ("subscribe", &self.subscribe)] {
            if !selectors.is_empty() {
                mercure.insert(name.to_owned(), json!(selectors));
            }
        }
        mercure.extend(
            self.payload
                .clone()
                .map(|payload| ("payload".to_owned(), payload)),
        );
        let mut claims = Map::new();
        claims.insert("mercure".to_owned(), Value::Object(mercure));
        claims.insert("iat".to_owned(), now.as_secs().into());
        claims.insert(
            "exp".to_owned(),
            now.saturating_add(self.ttl).as_secs().into(),
        );
        claims.extend(self.issuer.clone().map(|id| ("iss".to_owned(), id.into())));
        claims.extend(
            self.audience
                .clone()
                .map(|id| ("aud".to_owned(), id.into())),
        );
        Value::Object(claims)
    }
}

fn parse_json(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

fn parse_draft(text: &str) -> Result<u8, &'static str> {
    match text {
        "7" => Ok(7),
        "8" => Err("tokens of draft 8 are not supported by this build yet"),
        _ => Err("write 7"),
    }
}

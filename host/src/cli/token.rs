//! `umbel token`: make a token.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::{ArgGroup, Args};
use serde_json::{Map, Value, json};

use crate::auth::Signer;
use crate::config::{parse_duration, read_key};

/// What goes into the token.
#[derive(Debug, Args)]
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
        let token = self.signer()?.sign(&self.claims(now))?;
        Ok(writeln!(stdout(), "{token}")?)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use serde_json::json;

    use super::Token;
    use crate::auth::{Algorithm, Issuer, Keyring, Role, Roles};

    const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/keys");
    const NOW: Duration = Duration::from_secs(1_800_000_000);

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        token: Token,
    }

    fn token(arguments: &[&str]) -> Token {
        Line::try_parse_from([&["token"], arguments].concat())
            .unwrap()
            .token
    }

    #[test]
    fn the_claims_say_what_was_asked_for() {
        let asked = token(&[
            "--secret-file",
            "f",
            "--publish",
            "a",
            "b",
            "--subscribe",
            "*",
            "--ttl",
            "15m",
            "--payload",
            "{\"name\":\"Ada\"}",
            "--issuer",
            "me",
            "--audience",
            "you",
        ]);
        assert_eq!(
            asked.claims(NOW),
            json!({
                "mercure": {
                    "publish": ["a", "b"],
                    "subscribe": ["*"],
                    "payload": { "name": "Ada" },
                },
                "iat": 1_800_000_000,
                "exp": 1_800_000_900,
                "iss": "me",
                "aud": "you",
            })
        );
    }

    #[test]
    fn what_was_not_asked_for_is_not_there() {
        let asked = token(&["--secret-file", "f", "--publish", "a"]);
        assert_eq!(
            asked.claims(NOW),
            json!({
                "mercure": { "publish": ["a"] },
                "iat": 1_800_000_000,
                "exp": 1_800_003_600,
            })
        );
    }

    #[test]
    fn the_kind_of_the_key_decides_how_it_is_signed() {
        for (flag, private, algorithm, public) in [
            (
                "--secret-file",
                "hs256.secret",
                Algorithm::Hs256,
                "hs256.secret",
            ),
            (
                "--key-file",
                "rsa.private.pem",
                Algorithm::Rs256,
                "rsa.public.pem",
            ),
            (
                "--key-file",
                "ec.private.pem",
                Algorithm::Es256,
                "ec.public.pem",
            ),
            (
                "--key-file",
                "ed25519.private.pem",
                Algorithm::EdDsa,
                "ed25519.public.pem",
            ),
        ] {
            let asked = token(&[flag, &format!("{KEYS}/{private}"), "--subscribe", "x"]);
            let signed = asked.signer().unwrap().sign(&asked.claims(NOW)).unwrap();
            let key = crate::config::read_key(format!("{KEYS}/{public}").as_ref()).unwrap();
            let issuer = Issuer::new("me", algorithm, &key, Roles::ALL).unwrap();
            let grant =
                Keyring::new(&[issuer], 100).verify(&signed, Role::Subscribe, NOW.as_secs());
            assert_eq!(grant.unwrap().selectors[0].pattern(), "x", "{private}");
        }
    }

    #[test]
    fn wrong_usage_is_refused() {
        for arguments in [
            &["--publish", "a"][..],
            &["--secret-file", "f"],
            &["--secret-file", "f", "--key-file", "f", "--publish", "a"],
            &["--secret-file", "f", "--publish", "a", "--ttl", "15"],
            &["--secret-file", "f", "--publish", "a", "--payload", "{"],
            &["--secret-file", "f", "--publish", "a", "--draft", "8"],
        ] {
            let parsed = Line::try_parse_from([&["token"], arguments].concat());
            assert!(parsed.is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn a_key_that_cannot_sign_is_named() {
        let asked = token(&[
            "--key-file",
            &format!("{KEYS}/rsa.public.pem"),
            "--publish",
            "a",
        ]);
        let error = format!("{:#}", asked.signer().map(|_| ()).unwrap_err());
        assert!(
            error.contains("rsa.public.pem: not a private key"),
            "{error}"
        );
    }
}

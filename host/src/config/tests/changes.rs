//! What differs between two configurations.

use std::fs;

use super::super::changes::{Changes, Part};
use super::files::Folder;
use super::{Config, NO_VARIABLES, Sources, dev, parse};

const SECRETS: [&str; 2] = [
    "a secret of thirty-two bytes, yes",
    "another one of thirty-two bytes..",
];

fn between(before: &str, after: &str) -> Changes {
    let config = |text: &str| parse(text, NO_VARIABLES, &dev()).unwrap();
    Changes::between(&config(before), &config(after))
}

/// As a person would say it.
fn told(changes: &Changes) -> Vec<String> {
    let fixed = changes.fixed.iter().map(ToString::to_string);
    let proxies = changes
        .trusted_proxies
        .then(|| "trusted-proxies".to_owned());
    let removed = changes.removed.iter().map(|name| format!("-{name}"));
    let added = changes.added.iter().map(|name| format!("+{name}"));
    let changed = changes.changed.iter().flat_map(|change| {
        let name = &change.name;
        change
            .parts
            .iter()
            .map(move |part| format!("{name}: {}", part.key()))
    });
    fixed
        .chain(proxies)
        .chain(removed)
        .chain(added)
        .chain(changed)
        .collect()
}

const A: &str = "[[tenant]]\nname = \"a\"\n";
const B: &str = "[[tenant]]\nname = \"b\"\n";
/// Before, after, and what is told.
const ROWS: &[(&str, &str, &[&str])] = &[
    ("", "", &[]),
    ("", "# a comment\n\n[limits]\nselectors = 100", &[]),
    (
        "listen = \"127.0.0.1:1\"",
        "listen = \"127.0.0.1:2\"",
        &["listen"],
    ),
    (
        "shards = 1\n[limits]\nheader-bytes = 2048",
        "shards = 2\nstate-dir = \"x\"\n[admin]\nlisten = \"127.0.0.1:1\"\n[limits]\nconnections = 1\n\
         header-timeout = \"1s\"\nidle-timeout = \"1s\"",
        &[
            "shards",
            "state-dir",
            "admin.listen",
            "limits.connections",
            "limits.header-bytes",
            "limits.header-timeout",
            "limits.idle-timeout",
        ],
    ),
    ("", "trusted-proxies = [\"10.0.0.1\"]", &["trusted-proxies"]),
    ("", A, &["+a"]),
    (A, B, &["-a", "+b"]),
    (
        "[[tenant]]\nname = \"a\"\n[[tenant]]\nname = \"b\"",
        "[[tenant]]\nname = \"b\"\n\n[[tenant]]\nname = \"a\"",
        &[],
    ),
    (
        A,
        "[[tenant]]\nname = \"a\"\nhosts = [\"a.example\"]",
        &["a: hosts"],
    ),
    (
        "",
        "[limits]\nselectors = 1\n[stream]\nretry = \"1s\"\n[log]\nretain-events = 1\n[mercure]\n\
         cors-origins = [\"*\"]\n[filter]\ncomponent = \"x\"",
        &[
            "default: limits",
            "default: stream",
            "default: log",
            "default: mercure",
            "default: filter",
        ],
    ),
    // The built-in policy is told of it.
    (
        "",
        "[mailbox]\nevents = 1",
        &["default: mailbox", "default: policy"],
    ),
    (
        "[policy]\ncomponent = \"x\"",
        "[policy]\ncomponent = \"x\"\n[mailbox]\nevents = 1",
        &["default: mailbox"],
    ),
    (
        "",
        "[policy]\nattributes = [\"x\"]",
        &["default: policy.attributes"],
    ),
    ("", "[policy]\ncomponent = \"native\"", &["default: policy"]),
    (
        "",
        "[policy]\nconfig = \"events = 1\"",
        &["default: policy"],
    ),
    ("", "[policy]\ndeadline = \"1s\"", &["default: policy"]),
    ("", "[policy]\non-failure = \"open\"", &["default: policy"]),
    // What a tenant inherits changes with the top of the file.
    (
        "[[tenant]]\nname = \"a\"",
        "[stream]\nage = \"1m\"\n[[tenant]]\nname = \"a\"",
        &["a: stream", "default: stream"],
    ),
    (
        "[[tenant]]\nname = \"a\"\n[tenant.stream]\nage = \"1m\"",
        "[stream]\nage = \"1m\"\n[[tenant]]\nname = \"a\"",
        &["default: stream"],
    ),
];

#[test]
fn what_differs_is_told_by_who_it_concerns() {
    for (before, after, expected) in ROWS {
        let changes = between(before, after);
        assert_eq!(told(&changes), *expected, "{before}\n->\n{after}");
        assert_eq!(changes.is_empty(), expected.is_empty());
    }
}

fn load(folder: &Folder) -> Config {
    folder.load().unwrap()
}

#[test]
fn another_secret_in_the_same_file_is_a_change_and_the_same_one_is_none() {
    let folder = Folder::new("changes");
    folder.write("secret", SECRETS[0]);
    folder.write(
        "umbel.toml",
        "[[mercure.issuer]]\nid = \"a\"\nalgorithm = \"HS256\"\nsecret-file = \"secret\"\n",
    );
    let before = load(&folder);
    folder.write("secret", SECRETS[0]);
    assert!(Changes::between(&before, &load(&folder)).is_empty());
    folder.write("secret", SECRETS[1]);
    let changes = Changes::between(&before, &load(&folder));
    assert_eq!(told(&changes), ["default: mercure"]);
    assert_eq!(changes.changed[0].parts, [Part::Mercure]);
}

#[test]
fn another_component_in_the_same_file_is_a_change() {
    let folder = Folder::new("component");
    folder.write("policy.wasm", "one");
    folder.write("filter.wasm", "one");
    folder.write(
        "umbel.toml",
        "[policy]\ncomponent = \"policy.wasm\"\n[filter]\ncomponent = \"filter.wasm\"\n",
    );
    let sources = Sources {
        file: Some(folder.0.join("umbel.toml")),
        ..dev()
    };
    let load = || Config::load(&sources, &NO_VARIABLES).unwrap();
    let before = load();
    assert!(Changes::between(&before, &load()).is_empty());
    folder.write("policy.wasm", "another");
    assert_eq!(
        told(&Changes::between(&before, &load())),
        ["default: policy"]
    );
    fs::remove_file(folder.0.join("filter.wasm")).unwrap();
    let told = told(&Changes::between(&before, &load()));
    assert_eq!(told, ["default: policy", "default: filter"]);
}

#[test]
fn every_file_that_was_read_is_watched_also_where_it_is_not_there() {
    let folder = Folder::new("watched");
    folder.write("secret", SECRETS[0]);
    folder.write(
        "umbel.toml",
        "[admin]\ntoken-file = \"token\"\n[policy]\ncomponent = \"policy.wasm\"\n[[mercure.issuer]]\n\
         id = \"a\"\nalgorithm = \"HS256\"\nsecret-file = \"secret\"\n",
    );
    let sources = Sources {
        file: Some(folder.0.join("umbel.toml")),
        ..Sources::default()
    };
    let (config, faults) = Config::inspect(&sources, &NO_VARIABLES);
    assert_eq!(faults.len(), 1, "there is no token: {faults:?}");
    assert_eq!(config.files.now(), config.files, "nothing has changed");
    for name in ["umbel.toml", "secret", "token", "policy.wasm"] {
        let known = config.files.now();
        folder.write(
            name,
            "something else that is longer than whatever was there before it, surely",
        );
        assert_ne!(config.files.now(), known, "{name}");
    }
}

//! Tenants: what they inherit, what they may say, and what they may not share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use umbel_routing::{Verdict, WhenFull};

use super::{Config, NO_VARIABLES, PolicySource, Sources, dev, faults, lines, parse};
use umbel_hub::OnFailure;

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/keys");

const TEXT: &str = r#"
    [limits]
    selectors = 7
    event-bytes = "2MiB"
    publish-rate = "100/s"
    [stream]
    heartbeat = "1s"
    [mailbox]
    events = 10
    [log]
    retain-events = 5
    [mercure]
    cors-origins = ["https://top.example"]
    [policy]
    config = "overflow = 'disconnect'"
    attributes = ["user-agent"]
    share = "50%"
    on-failure = "open"
    [filter]
    component = "filter.wasm"
    config = "words"
    deadline = "20ms"

    [[tenant]]
    name = "same"

    [[tenant]]
    name = "other"
    hosts = ["News.example.com", "::1"]
    [tenant.limits]
    selectors = 3
    publish-rate = "10/s"
    subscribers = 9
    subscribers-per-address = 2
    [tenant.stream]
    retry = "5s"
    [tenant.mailbox]
    when-full = "drop-oldest"
    [tenant.log]
    retain-events = 50
    [tenant.mercure]
    path = "/hub"
    cors-origins = []
    [tenant.policy]
    attributes = []
    deadline = "5ms"
    [tenant.filter]
    component = "none"

    [[tenant]]
    name = "own"
    [tenant.policy]
    component = "own.wasm"
    [tenant.filter]
    component = "other.wasm"
    on-failure = "open"
"#;

fn tenants() -> Config {
    let file = Path::new("/etc/umbel/umbel.toml");
    let (config, faults) = Config::parse(Some((file, TEXT)), &dev(), &NO_VARIABLES);
    assert_eq!(faults, []);
    config
}

#[test]
fn the_top_of_the_file_is_the_tenant_default_and_comes_first() {
    let config = tenants();
    let names: Vec<&str> = config.tenants.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["default", "same", "other", "own"]);
    assert_eq!(config.default_tenant().name.as_str(), "default");
    assert!(config.default_tenant().hosts.is_empty());
}

#[test]
fn a_tenant_that_says_nothing_is_as_the_top_of_the_file_but_for_its_keys() {
    let config = tenants();
    let [top, same, ..] = &config.tenants[..] else {
        panic!("tenants")
    };
    assert_eq!(same.limits, top.limits);
    assert_eq!(
        (same.limits.selectors_max, same.limits.publish_rate_max),
        (7, 100)
    );
    assert_eq!(same.stream.heartbeat, Duration::from_secs(1));
    assert_eq!(same.mailbox, top.mailbox);
    assert_eq!(same.log.retain_events_max, 5);
    assert_eq!(same.policy, top.policy);
    let terms = &same.policy.allowance;
    assert_eq!(
        (terms.share_percent, terms.on_failure),
        (50, OnFailure::Open)
    );
    assert_eq!(same.filter, top.filter);
    assert_eq!(same.mercure.cors_origins, ["https://top.example"]);
    assert!(same.hosts.is_empty());
}

#[test]
fn what_a_tenant_says_goes_before_the_top_of_the_file() {
    let config = tenants();
    let other = &config.tenants[2];
    let hosts: Vec<String> = other.hosts.iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["news.example.com", "[::1]"]);
    let limits = &other.limits;
    assert_eq!((limits.selectors_max, limits.publish_rate_max), (3, 10));
    assert_eq!(
        (limits.subscribers_max, limits.subscribers_per_address_max),
        (9, 2)
    );
    assert_eq!(limits.event_bytes_max, 2 << 20);
    assert_eq!(other.stream.retry, Duration::from_secs(5));
    assert_eq!(other.stream.heartbeat, Duration::from_secs(1));
    let drop_oldest = WhenFull::Always(Verdict::DropOldest);
    assert_eq!(
        (other.mailbox.events_max, other.mailbox.when_full),
        (10, drop_oldest)
    );
    assert_eq!(
        other.log.retain_events_max, 50,
        "retention is no limit of the server"
    );
    assert_eq!(other.mercure.path, "/hub");
    assert!(other.mercure.cors_origins.is_empty());
    assert!(other.policy.attributes.is_empty());
    assert_eq!(other.policy.allowance.deadline, Duration::from_millis(5));
    assert_eq!(other.policy.allowance.share_percent, 50);
    assert_eq!(other.filter, None);
}

#[test]
fn the_built_in_policy_is_told_of_the_tenants_own_mailbox_and_the_words_of_the_top() {
    let config = tenants();
    let words = |when: &str| {
        format!("bytes = 1048576\nevents = 10\nwhen-full = \"{when}\"\noverflow = 'disconnect'")
    };
    let [top, same, other, _] = &config.tenants[..] else {
        panic!("tenants")
    };
    assert_eq!(top.policy.config, words("catch-up"));
    assert_eq!(same.policy.config, words("catch-up"));
    assert_eq!(other.policy.config, words("drop-oldest"));
}

#[test]
fn a_component_of_a_tenants_own_is_not_told_the_words_of_another() {
    let config = tenants();
    let own = &config.tenants[3];
    let file = |name: &str| PathBuf::from("/etc/umbel").join(name);
    assert_eq!(own.policy.source, PolicySource::File(file("own.wasm")));
    assert_eq!(own.policy.config, "");
    let filter = own.filter.as_ref().unwrap();
    assert_eq!(
        (&filter.component, filter.config.as_str()),
        (&file("other.wasm"), "")
    );
    assert_eq!(filter.allowance.deadline, Duration::from_millis(20));
    assert_eq!(filter.allowance.on_failure, OnFailure::Open);
}

#[test]
fn what_turns_out_wrong_with_a_component_is_placed_where_it_is_named() {
    let config = tenants();
    let found = |n: usize| config.tenants[n].policy_fault("bad").to_string();
    let hint = "name a policy component, or leave it out for the built-in one";
    assert_eq!(
        found(3),
        format!(
            "/etc/umbel/umbel.toml:53: tenant.policy.component: tenant \"own\": bad\n  hint: {hint}"
        )
    );
    let top = "/etc/umbel/umbel.toml:15: policy.component: ";
    assert!(found(0).starts_with(&format!("{top}bad")), "{}", found(0));
    assert!(
        found(1).starts_with(&format!("{top}tenant \"same\": bad")),
        "{}",
        found(1)
    );
}

const CASES: &[(&str, &[&str])] = &[
    (
        "[[tenant]]\nhosts = [\"a\"]\n[[tenant]]\nname = \"News\"\n[[tenant]]\nname = \"default\"\n\
         [[tenant]]\nname = \"a\"\n[[tenant]]\nname = \"a\"\n[[tenant]]\nname = 7",
        &[
            "umbel.toml:2: tenant.name: missing\n  hint: write 1 to 64 of a-z, 0-9, \".\", \"_\" and \
             \"-\", beginning with a letter or a digit",
            "umbel.toml:4: tenant.name: \"News\" is no name of a tenant\n  hint: write 1 to 64 of a-z, \
             0-9, \".\", \"_\" and \"-\", beginning with a letter or a digit",
            "umbel.toml:6: tenant.name: the tenant \"default\" is the one that the top of the file \
             describes\n  hint: write its settings there, or choose another name",
            "umbel.toml:10: tenant.name: there is a tenant \"a\" already\n  hint: give each its own name",
            "umbel.toml:12: tenant.name: a text is needed, not a number\n  hint: quote it",
        ],
    ),
    (
        "[[tenant]]\nname = \"a\"\nhosts = [\"one.example\", \"one.example:80\", 7]\n[[tenant]]\n\
         name = \"b\"\nhosts = [\"ONE.example.\"]",
        &[
            "umbel.toml:3: tenant.hosts: a text is needed, not a number\n  hint: write the name alone, \
             as \"news.example.com\", without scheme, port or path",
            "umbel.toml:3: tenant.hosts: not \"one.example:80\"\n  hint: write the name alone, as \
             \"news.example.com\", without scheme, port or path",
            "umbel.toml:6: tenant.hosts: \"one.example\" is a host of the tenant \"a\" already\n  hint: \
             a host belongs to one tenant",
        ],
    ),
    (
        "[limits]\nsubscribers = 5\npublish-rate = \"9/s\"\n[[tenant]]\nname = \"a\"\n[tenant.limits]\n\
         event-bytes = \"2MiB\"\npublishers-wait = \"6s\"\nsubscribers = 0\npublish-rate = 0\n\
         selectors = 101\ntopics = 0",
        &[
            "umbel.toml:7: tenant.limits.event-bytes: over the server's limit of 1048576, which a tenant \
             may lower, not raise\n  hint: lower it, or raise limits.event-bytes at the top of the file",
            "umbel.toml:8: tenant.limits.publishers-wait: over the server's limit of 5s, which a tenant \
             may lower, not raise\n  hint: lower it, or raise limits.publishers-wait at the top of the \
             file",
            "umbel.toml:9: tenant.limits.subscribers: over the server's limit of 5, which a tenant may \
             lower, not raise\n  hint: lower it, or raise limits.subscribers at the top of the file",
            "umbel.toml:10: tenant.limits.publish-rate: over the server's limit of 9, which a tenant may \
             lower, not raise\n  hint: lower it, or raise limits.publish-rate at the top of the file",
            "umbel.toml:11: tenant.limits.selectors: over the server's limit of 100, which a tenant may \
             lower, not raise\n  hint: lower it, or raise limits.selectors at the top of the file",
            "umbel.toml:12: tenant.limits.topics: outside of 1 to 100000000\n  hint: choose one within",
        ],
    ),
    (
        "[[tenant]]\nname = \"a\"\nlisten = \"127.0.0.1:1\"\nage = \"1h\"\nnam = \"b\"\n\
         [tenant.limits]\nconnections = 3\nidle-timeout = \"1s\"\nselektors = 1\n[tenant.admin]\n\
         listen = \"127.0.0.1:2\"\n[[tenant.tenant]]\nname = \"b\"",
        &[
            "umbel.toml:3: tenant.listen: no setting of a tenant\n  hint: it belongs at the top of the \
             file, before any [section], for all tenants",
            "umbel.toml:4: tenant.age: no such key\n  hint: \"age\" belongs in [tenant.stream]",
            "umbel.toml:5: tenant.nam: no such key\n  hint: the nearest known key is \"name\"",
            "umbel.toml:7: tenant.limits.connections: no setting of a tenant\n  hint: it belongs in \
             [limits], for all tenants",
            "umbel.toml:8: tenant.limits.idle-timeout: no setting of a tenant\n  hint: it belongs in \
             [limits], for all tenants",
            "umbel.toml:9: tenant.limits.selektors: no such key\n  hint: the nearest known key is \
             \"selectors\"",
            "umbel.toml:10: tenant.admin: no setting of a tenant\n  hint: it belongs at the top of the \
             file, before any [section], for all tenants",
            "umbel.toml:12: tenant.tenant: no setting of a tenant\n  hint: it belongs at the top of the \
             file, before any [section], for all tenants",
        ],
    ),
    (
        "hosts = [\"a\"]\n[filter]\nshare = \"25\"\n[[tenant]]\nname = \"a\"\n[tenant.filter]\n\
         on-failure = 1\n[tenant.policy]\nconfig = 7\n[tenant.log]\nkind = \"disk\"",
        &[
            "umbel.toml:1: hosts: no such key\n  hint: \"hosts\" belongs in [[tenant]]",
            "umbel.toml:2: filter.component: missing\n  hint: name the file of a component, or \"none\"",
            "umbel.toml:3: filter.share: \"25\" has no unit; write one of %\n  hint: write it as \"25%\"",
            "umbel.toml:6: tenant.filter.component: missing\n  hint: name the file of a component, or \
             \"none\"",
            "umbel.toml:7: tenant.filter.on-failure: a text is needed, not a number\n  hint: quote it",
            "umbel.toml:9: tenant.policy.config: a text or a table is needed, not a number\n  hint: \
             write it as [tenant.policy.config]",
            "umbel.toml:11: tenant.log.kind: not supported by this build yet\n  hint: use \"memory\" for \
             now",
        ],
    ),
];

#[test]
fn what_is_wrong_with_tenants_is_reported_at_once_with_its_line_and_a_hint() {
    for (text, expected) in CASES {
        assert_eq!(&faults(text), expected, "{text}");
    }
}

fn issuer(id: &str, key: &str) -> String {
    format!("id = \"{id}\"\nalgorithm = \"ES256\"\nkey-file = \"{KEYS}/{key}\"\n")
}

#[test]
fn issuers_are_never_inherited_and_a_tenant_without_one_does_not_start() {
    let top = format!("[[mercure.issuer]]\n{}", issuer("top", "ec.public.pem"));
    let text = format!("{top}[[tenant]]\nname = \"a\"\n[tenant.mercure]\nanonymous = true\n");
    let found = lines(parse(&text, NO_VARIABLES, &Sources::default()));
    assert_eq!(
        found,
        [
            "umbel.toml:7: tenant.mercure.issuer: the tenant has no key of its own, and those of others \
             do not count for it\n  hint: add [[tenant.mercure.issuer]] with id, algorithm and \
             secret-file or key-file"
        ]
    );
    let own = "[[tenant.mercure.issuer]]\nid = \"own\"\nalgorithm = \"EdDSA\"\nkey-file = ";
    let text = format!("{text}{own}\"{KEYS}/ed25519.public.pem\"\n");
    let config = parse(&text, NO_VARIABLES, &Sources::default()).unwrap();
    let ids = |n: usize| {
        let issuers = &config.tenants[n].mercure.issuers;
        issuers.iter().map(|i| i.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(0), ids(1)),
        (vec!["top".to_owned()], vec!["own".to_owned()])
    );
}

#[test]
fn two_tenants_may_not_share_a_key_whatever_they_call_it() {
    let top = format!("[[mercure.issuer]]\n{}", issuer("top", "ec.public.pem"));
    let own = format!(
        "[[tenant.mercure.issuer]]\n{}",
        issuer("own", "ec.public.pem")
    );
    let text = format!("{top}[[tenant]]\nname = \"a\"\n{own}");
    let found = lines(parse(&text, NO_VARIABLES, &Sources::default()));
    assert_eq!(found.len(), 1, "{found:#?}");
    let what = "umbel.toml:7: tenant.mercure.issuer: the key of \"own\" is one of the tenant \"default\" \
                already";
    assert!(found[0].starts_with(what), "{found:#?}");
}

#[test]
fn tenants_can_come_from_a_variable_which_replaces_those_of_the_file() {
    let file = "[[tenant]]\nname = \"a\"\n[[tenant]]\nname = \"b\"";
    let value = "[{ name = 'c', hosts = ['c.example'], limits = { selectors = 2 } }]";
    let config = parse(file, &[("UMBEL_TENANT", value)], &dev()).unwrap();
    let names: Vec<&str> = config.tenants.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["default", "c"]);
    assert_eq!(config.tenants[1].limits.selectors_max, 2);
    let value = "[{ name = 'c', limits = { selectors = 200 } }]";
    let found = lines(parse(file, &[("UMBEL_TENANT", value)], &dev()));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with("UMBEL_TENANT: tenant.limits.selectors: over"),
        "{found:#?}"
    );
}

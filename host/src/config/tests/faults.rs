//! What is wrong, where, and how to mend it.

use super::{Sources, dev, faults, flag, lines, parse};

const CASES: &[(&str, &[&str])] = &[
    (
        "[stream]\nheartbeet = \"1s\"",
        &[
            "umbel.toml:2: stream.heartbeet: no such key\n  hint: the nearest known key is \
           \"heartbeat\"",
        ],
    ),
    (
        "heartbeat = \"1s\"",
        &["umbel.toml:1: heartbeat: no such key\n  hint: \"heartbeat\" belongs in [stream]"],
    ),
    (
        "[limits]\nlisten = 1",
        &[
            "umbel.toml:2: limits.listen: no such key\n  hint: \"listen\" belongs at the top of the \
           file, before any [section]",
        ],
    ),
    (
        "[log]\ncompression = true",
        &[
            "umbel.toml:2: log.compression: no such key\n  hint: known here: kind, path, url, stream, \
           sync, retain-events, retain-bytes, retain-age",
        ],
    ),
    (
        "[strem]\nage = \"1h\"",
        &["umbel.toml:1: strem: no such key\n  hint: the nearest known key is \"stream\""],
    ),
    (
        "\n[tls]\ncert = \"a\"\n[mercure]\ncookie-name = \"x\"",
        &[
            "umbel.toml:2: tls: not supported by this build yet\n  hint: remove it for now",
            "umbel.toml:5: mercure.cookie-name: not supported by this build yet\n  hint: remove it for \
             now",
        ],
    ),
    (
        "[mercure]\ndrafts = [\n  7,\n  8,\n  9,\n]",
        &[
            "umbel.toml:4: mercure.drafts: draft 8 is not supported by this build yet\n  hint: write \
             [7] for now",
            "umbel.toml:5: mercure.drafts: no such draft\n  hint: write [7]",
        ],
    ),
    (
        "[limits]\nevent-bytes = \"1 mib\"\nselectors = \"7\"\ntopics = 0\nheader-timeout = 10\n\
         idle-timeout = \"2d\"\nsubscribers = -1",
        &[
            "umbel.toml:2: limits.event-bytes: \"mib\" is not a unit; write one of B, kB, KiB, MB, MiB, \
             GB, GiB\n  hint: write it as 4096 or \"1MiB\"",
            "umbel.toml:3: limits.selectors: a whole number is needed, not a text\n  hint: write it \
             without quotes or unit",
            "umbel.toml:4: limits.topics: outside of 1 to 100000000\n  hint: choose one within",
            "umbel.toml:5: limits.header-timeout: a duration is needed, not a number\n  hint: write it \
             as \"100ms\", \"10s\", \"5m\" or \"24h\"",
            "umbel.toml:6: limits.idle-timeout: outside of 10ms to 3600s\n  hint: choose one within",
            "umbel.toml:7: limits.subscribers: outside of 0 to 100000000\n  hint: choose one within",
        ],
    ),
    (
        "listen = \"localhost\"\nlimits = 3\n[stream]\ncheckpoint = \"yes\"\n[mailbox]\n\
         when-full = \"drop\"\n[admin]\nlisten = 3001",
        &[
            "umbel.toml:1: listen: \"localhost\" is no address to listen on\n  hint: write an IP address \
             and a port, as \"0.0.0.0:3000\" or \"[::1]:3000\"",
            "umbel.toml:2: limits: a section is needed\n  hint: write it as [limits]",
            "umbel.toml:4: stream.checkpoint: neither true nor false\n  hint: write true or false, \
             without quotes",
            "umbel.toml:6: mailbox.when-full: \"drop\" is no verdict\n  hint: one of drop-newest, \
             drop-oldest, conflate, catch-up, disconnect, ask",
            "umbel.toml:8: admin.listen: a text is needed, not a number\n  hint: quote it",
        ],
    ),
    (
        "listen = \"0.0.0.0:80\"\ntrusted-proxies = [\n  \"10.0.0.0/8\",\n  \"the proxy\",\n  7,\n]",
        &[
            "umbel.toml:1: listen: --dev listens on loopback only, and 0.0.0.0 is not\n  hint: use \
             127.0.0.1:80, or leave out --dev and configure a key",
            "umbel.toml:4: trusted-proxies: \"the proxy\" is no network\n  hint: write it as \
             \"10.0.0.0/8\" or \"10.1.2.3\"",
            "umbel.toml:5: trusted-proxies: a text is needed, not a number\n  hint: quote it",
        ],
    ),
    (
        "[log]\nkind = \"disk\"\npath = \"/var\"\nretain-events = 1.5",
        &[
            "umbel.toml:2: log.kind: not supported by this build yet\n  hint: use \"memory\" for now",
            "umbel.toml:3: log.path: not supported by this build yet\n  hint: remove it for now",
            "umbel.toml:4: log.retain-events: a whole number is needed, not a number with a \
             fraction\n  hint: write it without quotes or unit",
        ],
    ),
    (
        "[mercure]\npath = \"hub\"\nanonymous = 1\nissuer = \"me\"",
        &[
            "umbel.toml:2: mercure.path: a path below \"/\" is needed\n  hint: write it as \
             \"/.well-known/mercure\"",
            "umbel.toml:3: mercure.anonymous: neither true nor false\n  hint: write true or false, \
             without quotes",
            "umbel.toml:4: mercure.issuer: a list of sections is needed\n  hint: write it as \
             [[mercure.issuer]]",
        ],
    ),
    (
        "[mercure]\npath = \"/healthz/\"\n[[tenant]]\nname = \"a\"\n[tenant.mercure]\npath = \"/t/b\"",
        &[
            "umbel.toml:2: mercure.path: the hub has another use for this path\n  hint: write it as \
             \"/.well-known/mercure\"",
            "umbel.toml:6: tenant.mercure.path: the hub has another use for this path\n  hint: write it \
             as \"/.well-known/mercure\"",
        ],
    ),
    (
        "[policy]\nconfig = 7\ndeadline = \"1h\"\nmemory = \"1kB\"\nshare = \"0%\"\non-failure = \"shut\"",
        &[
            "umbel.toml:2: policy.config: a text or a table is needed, not a number\n  hint: write it \
             as [policy.config]",
            "umbel.toml:3: policy.deadline: outside of 1ms to 10s\n  hint: choose one within",
            "umbel.toml:4: policy.memory: outside of 1048576 to 1073741824\n  hint: choose one within",
            "umbel.toml:5: policy.share: outside of 1 to 100\n  hint: choose one within",
            "umbel.toml:6: policy.on-failure: neither \"closed\" nor \"open\", but \"shut\"\n  hint: write \
             \"closed\" or \"open\"",
        ],
    ),
];

#[test]
fn every_fault_is_reported_at_once_with_its_line_and_a_hint() {
    for (text, expected) in CASES {
        assert_eq!(&faults(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_toml_is_reported_with_its_line_along_with_the_other_faults() {
    let found = faults("shards = \n\n[stream]\nage == 3\nretry = 5\n");
    let starts = [
        "umbel.toml:1: not TOML: ",
        "umbel.toml:4: not TOML: ",
        "umbel.toml:5: stream.retry",
    ];
    for start in starts {
        assert!(
            found.iter().any(|fault| fault.starts_with(start)),
            "{start}: {found:#?}"
        );
    }
}

#[test]
fn a_key_given_twice_is_a_fault() {
    let found = faults("shards = 1\nshards = 2");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("umbel.toml:2: not TOML: "),
        "{found:?}"
    );
}

#[test]
fn faults_of_variables_and_flags_name_them() {
    let variables = [
        ("UMBEL_STREAM__HEARTBEET", "1s"),
        ("UMBEL_STREAM__AGE", "old"),
        ("UMBEL_TRUSTED_PROXIES", "[1"),
    ];
    let flags = vec![
        flag("--shards", "shards", "many"),
        flag("--log", "log.kind", "disk:/var"),
    ];
    let found = lines(parse("", &variables, &Sources { flags, ..dev() }));
    let expected = [
        "UMBEL_STREAM__AGE: stream.age: \"old\" does not start with a whole number",
        "UMBEL_STREAM__HEARTBEET: stream.heartbeet: no such key",
        "UMBEL_TRUSTED_PROXIES: trusted-proxies: not TOML: ",
        "--log: log.kind: not supported by this build yet",
        "--shards: shards: a whole number is needed, not a text",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (fault, start) in found.iter().zip(expected) {
        assert!(fault.starts_with(start), "{fault}");
    }
}

#[test]
fn without_a_key_and_without_dev_there_is_a_fault_that_says_what_to_do() {
    let found = lines(parse("shards = 1", &[], &Sources::default()));
    assert_eq!(
        found,
        [
            "umbel.toml: mercure.issuer: no key is configured, so nobody could publish\n  hint: add \
          [[mercure.issuer]] with id, algorithm and secret-file or key-file, or try the hub out with \
          --dev"
        ]
    );
}

#[test]
fn the_summary_counts_the_faults() {
    let faults = parse("a = 1\nb = 2", &[], &dev()).unwrap_err();
    assert!(
        faults
            .to_string()
            .ends_with("\n2 faults in the configuration"),
        "{faults}"
    );
}

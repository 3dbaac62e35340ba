//! Tests of the configuration of the default policy.

use super::*;

fn parsed(config: &str) -> (u32, u32, WhenFull, Verdict) {
    let RouterSettings { bounds, overflow } = RouterSettings::parse(config).expect(config);
    (
        bounds.events_max,
        bounds.bytes_max,
        bounds.when_full,
        overflow,
    )
}

#[test]
fn every_way_to_write_a_configuration_is_read() {
    let catch_up = WhenFull::Always(Verdict::CatchUp);
    let cases = [
        ("", (1024, 1 << 20, catch_up, Verdict::CatchUp)),
        (
            "# nothing\n\n  \n",
            (1024, 1 << 20, catch_up, Verdict::CatchUp),
        ),
        (
            "events = 5 # few\r\nbytes=\"64KiB\"",
            (5, 65536, catch_up, Verdict::CatchUp),
        ),
        (
            "bytes = '3 MiB'",
            (1024, 3 << 20, catch_up, Verdict::CatchUp),
        ),
        (
            "bytes = 4294967295",
            (1024, u32::MAX, catch_up, Verdict::CatchUp),
        ),
        (
            "when-full = ask",
            (1024, 1 << 20, WhenFull::Ask, Verdict::CatchUp),
        ),
        (
            "overflow = \"conflate\"\nwhen-full = \"ask\"",
            (1024, 1 << 20, WhenFull::Ask, Verdict::Conflate),
        ),
    ];
    for (config, expected) in cases {
        assert_eq!(parsed(config), expected, "{config:?}");
    }
    for verdict in Verdict::ALL {
        let config = format!("when-full = {}", verdict.name());
        assert_eq!(parsed(&config).2, WhenFull::Always(verdict));
    }
}

#[test]
fn an_error_names_the_line_the_key_and_what_is_allowed() {
    let cases = [
        (
            "\nqueue = 5",
            "line 2: unknown key \"queue\"; there are: events, bytes, when-full, overflow",
        ),
        ("events", "line 1: \"events\" is not `key = value`"),
        (
            "events = 0",
            "line 1: events: \"0\" is not a whole number from 1 to 4294967295",
        ),
        (
            "events = -1",
            "line 1: events: \"-1\" is not a whole number from 1 to 4294967295",
        ),
        (
            "bytes = 4GiB",
            "line 1: bytes: \"4GiB\" is not a number of bytes below 4GiB, such as 65536, 64KiB or 1MiB",
        ),
        (
            "bytes = 1MB",
            "line 1: bytes: \"1MB\" is not a number of bytes below 4GiB, such as 65536, 64KiB or 1MiB",
        ),
        (
            "when-full = wait",
            "line 1: when-full: \"wait\" is not one of drop-newest, drop-oldest, conflate, catch-up, \
             disconnect or ask",
        ),
        (
            "when-full = ask\noverflow = ask",
            "line 2: overflow: \"ask\" is not one of drop-newest, drop-oldest, conflate, catch-up, \
             disconnect",
        ),
        ("events = 1\nevents = 1", "line 2: events is given twice"),
        (
            "overflow = conflate",
            "overflow: only with when-full = ask, else nothing asks",
        ),
    ];
    for (config, error) in cases {
        assert_eq!(
            RouterSettings::parse(config),
            Err(error.to_owned()),
            "{config:?}"
        );
    }
}

#[test]
fn an_error_quotes_no_more_than_a_line_of_what_was_written() {
    let error =
        RouterSettings::parse(&format!("events = {}", "9".repeat(5000))).expect_err("wrong");
    assert!(error.len() < 200, "{error}");
}

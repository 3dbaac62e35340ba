//! Whatever is written, it is either sound or told what is wrong.

use proptest::prelude::*;

use super::super::keys::KEYS;
use super::{Config, Sources, dev, parse};

/// A value of any kind, more often one that could be right.
fn value() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "99999999999999999999",
        "0x10",
        "1.5",
        "nan",
        "true",
        "[]",
        "{}",
        "1979-05-27",
        "\"1s\"",
        "\"1MiB\"",
        "\"ask\"",
        "\"\"",
        "[1, \"a\", {}]",
        "{ a = 1 }",
        "[[1]]",
        "\"99999999999999999999s\"",
        "\"127.0.0.1:0\"",
        "\"memory\"",
        "\"é\"",
        "''",
        "[{ id = 1 }]",
    ]);
    prop_oneof![
        plain.prop_map(str::to_owned),
        "\"[a-z0-9./:]{0,9}\"",
        "[ -~]{0,9}"
    ]
}

fn line() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        prop::sample::select(KEYS).prop_map(|key| key.path.to_owned()),
        "[a-z-]{1,8}(\\.[a-z-]{1,8}){0,3}",
    ];
    let header = prop::sample::select(vec![
        "[[tenant]]\n",
        "[tenant.limits]\n",
        "[[tenant]]\nname = \"a\"\n[tenant.mercure]\n",
        "[[tenant.mercure.issuer]]\n",
        "[filter]\n",
    ]);
    prop_oneof![
        4 => (key, value()).prop_map(|(key, value)| format!("{key} = {value}\n")),
        1 => header.prop_map(str::to_owned),
    ]
}

fn check(text: &str, sources: &Sources) -> Result<(), TestCaseError> {
    match parse(text, &[], sources) {
        Ok(Config { shards, .. }) => prop_assert!(shards >= 1),
        Err(faults) => {
            for fault in faults.iter() {
                prop_assert!(!fault.what.is_empty(), "{fault:?}");
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn settings_of_any_kind_are_read_or_refused(lines in prop::collection::vec(line(), 0..8)) {
        check(&lines.concat(), &dev())?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        check(&text, &dev())?;
    }

    #[test]
    fn any_variable_is_read_or_refused(
        key in prop::sample::select(KEYS),
        text in prop_oneof![value(), "\\PC{0,20}"],
    ) {
        let name = format!("UMBEL_{}", key.path.replace('.', "__").replace('-', "_"));
        if let Err(faults) = parse("", &[(&name.to_uppercase(), &text)], &dev()) {
            for fault in faults.iter() {
                prop_assert!(!fault.what.is_empty(), "{fault:?}");
            }
        }
    }
}

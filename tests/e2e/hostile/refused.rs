//! Guests that a hub does not take in the first place.

use std::time::Duration;

use super::tenants::Tenants;
use super::witness::Witness;
use crate::rig::{Publisher, Server, Subscriber, run, umbel, wait_until};

/// Each, its world, and what it is refused for.
const REFUSED: [(&str, &str, &str); 11] = [
    ("bad_text", "dispatcher", "configure"),
    ("loop_in_configure", "dispatcher", "deadline"),
    ("loop_in_realloc", "dispatcher", "deadline"),
    ("loop_in_start", "dispatcher", "start"),
    ("memory_at_start", "dispatcher", "memory"),
    ("realloc_outside_memory", "dispatcher", "configure"),
    ("refuses_settings", "dispatcher", "no\\nlevel=error"),
    ("table_at_start", "dispatcher", "table"),
    ("filters/loop_in_admission_configure", "filter", "deadline"),
    ("filters/loop_in_views_configure", "filter", "deadline"),
    ("filters/refuses_settings_of_views", "filter", "no"),
];

#[test]
fn a_check_finds_all_that_are_not_taken_at_once_and_says_why() {
    let tenants = Tenants::new();
    let config: String = REFUSED
        .iter()
        .map(|(guest, world, _)| tenants.tenant(&guest.replace('/', "-"), guest, world))
        .collect();
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), config).expect("written");
    let mut check = umbel();
    let output = check.args(["check", "--config"]).arg(file.path()).output();
    let output = output.expect("it runs");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert_eq!(output.status.code(), Some(64), "{said}");
    for (guest, _, why) in REFUSED {
        let tenant = format!("tenant \"{}\":", guest.replace('/', "-"));
        let line = said.lines().find(|line| line.contains(&tenant));
        let line = line.unwrap_or_else(|| panic!("{guest} is taken: {said}"));
        assert!(line.contains(why), "{guest}: {line}");
    }
}

#[test]
fn a_hub_that_runs_takes_none_of_them_and_goes_on() {
    run(async {
        let tenants = Tenants::new();
        let sound = tenants.config(&[]);
        let server = Server::logged(&["--dev"], &sound);
        let witness = Subscriber::of(server.hub, "neighbour", &["t"], &[]).await;
        let witness = Witness::new(witness);
        let mut publisher = Publisher::connect(server.hub).await.of("neighbour");
        for (n, (guest, world, _)) in REFUSED.iter().enumerate() {
            server.reconfigure(&format!("{sound}{}", tenants.tenant("new", guest, world)));
            server.hang_up();
            let refused = async || server.log().matches("was not taken").count() > n;
            wait_until(Duration::from_secs(30), guest, refused).await;
            publisher.publish("t", guest).await;
        }
        let all = REFUSED.map(|(guest, ..)| guest.to_owned());
        let got = async || witness.events().len() == all.len();
        wait_until(super::PATIENCE, "it is served", got).await;
        assert_eq!(witness.events(), all);
    });
}

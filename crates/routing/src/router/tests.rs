//! Tests of the default policy.

use umbel_event::Offset;
use umbel_selector::{Matcher, Selector};

use crate::{Client, Dispatcher, EventView, Router, Settings, SubscriberView};

fn router() -> Router {
    Router::configure(&Settings {
        seed: 7,
        ..Settings::default()
    })
    .expect("the default is right")
}

fn template(pattern: &str) -> Selector {
    Selector::trusted(Matcher::UriTemplate, pattern)
}

fn join(router: &mut Router, client: u32, patterns: &[&str]) -> bool {
    let selectors: Vec<_> = patterns.iter().map(|p| template(p)).collect();
    join_as(router, client, &selectors)
}

fn join_as(router: &mut Router, client: u32, selectors: &[Selector]) -> bool {
    let view = SubscriberView {
        client: Client(client),
        selectors,
        grants: &[],
        claims: "",
        attributes: &[],
        joined_ms: 0,
    };
    router.join(&[view]).expect("the router does not fail")[0].is_ok()
}

fn event<'a>(topics: &'a [&'a str]) -> EventView<'a> {
    EventView {
        offset: Offset::default(),
        id: "",
        topics,
        kind: None,
        private: false,
        accepted_ms: 0,
        size: 0,
        data: None,
        attributes: &[],
    }
}

/// The audience, sorted but with duplicates left in.
fn route(router: &mut Router, topics: &[&str]) -> Vec<u32> {
    let audiences = router
        .route(&[event(topics)])
        .expect("the router does not fail");
    let mut audience: Vec<_> = audiences[0].iter().map(|c| c.0).collect();
    audience.sort_unstable();
    audience
}

#[test]
fn an_event_goes_once_to_everyone_who_asked_for_one_of_its_topics() {
    let mut router = router();
    join(&mut router, 0, &["a"]);
    join(&mut router, 1, &["*", "a", "b"]);
    join(&mut router, 2, &["b", "b"]);
    join(&mut router, 3, &["c"]);
    assert_eq!(route(&mut router, &["a"]), [0, 1]);
    assert_eq!(route(&mut router, &["b", "a"]), [0, 1, 2]);
    assert_eq!(route(&mut router, &["a", "a"]), [0, 1]);
    assert_eq!(route(&mut router, &["d"]), [1]);
}

#[test]
fn who_left_is_in_no_audience_and_who_stays_is_in_all_of_his() {
    let mut router = router();
    for client in 0..10 {
        join(&mut router, client, &["a", "*"]);
    }
    router
        .leave(&[Client(0), Client(9), Client(4), Client(4), Client(77)])
        .expect("left");
    assert_eq!(route(&mut router, &["a"]), [1, 2, 3, 5, 6, 7, 8]);
}

#[test]
fn a_handle_joined_again_has_its_new_selectors_alone() {
    let mut router = router();
    join(&mut router, 5, &["a", "b"]);
    join(&mut router, 5, &["b", "c"]);
    assert_eq!(route(&mut router, &["a"]), [] as [u32; 0]);
    assert_eq!(route(&mut router, &["b", "c"]), [5]);
}

#[test]
fn select_answers_ascending_indexes_and_nothing_for_strangers() {
    let mut router = router();
    join(&mut router, 0, &["a", "b"]);
    join(&mut router, 1, &["*"]);
    let topics: Vec<[&str; 1]> = (0..300).map(|i| [["a"], ["b"], ["c"]][i % 3]).collect();
    let events: Vec<_> = topics.iter().map(|t| event(t)).collect();
    let clients = [Client(0), Client(9), Client(1), Client(u32::MAX)];
    let answer = router
        .select(&clients, &events)
        .expect("the router does not fail");
    assert_eq!(
        answer[0],
        (0..300).filter(|i| i % 3 != 2).collect::<Vec<_>>()
    );
    assert_eq!(answer[2], (0..300).collect::<Vec<_>>());
    assert!(answer[1].is_empty() && answer[3].is_empty());
}

#[test]
fn an_absurd_handle_is_refused_and_costs_nothing() {
    let mut router = router();
    assert!(!join(&mut router, u32::MAX, &["a"]));
    assert!(!join(&mut router, Router::CLIENTS_MAX, &["a"]));
    assert!(join(&mut router, Router::CLIENTS_MAX - 1, &["a"]));
    assert_eq!(route(&mut router, &["a"]), [Router::CLIENTS_MAX - 1]);
}

#[test]
fn a_topic_is_matched_anew_when_patterns_come_and_go() {
    let mut router = router();
    join(&mut router, 0, &["u/{x}"]);
    assert_eq!(route(&mut router, &["u/1"]), [0]);
    join(&mut router, 1, &["{+x}"]);
    join(&mut router, 2, &["v/{x}"]);
    assert_eq!(route(&mut router, &["u/1"]), [0, 1]);
    router.leave(&[Client(0)]).expect("left");
    join(&mut router, 3, &["w/{x}"]);
    assert_eq!(route(&mut router, &["u/1"]), [1]);
    assert_eq!(route(&mut router, &["w/1", "v/1"]), [1, 2, 3]);
}

#[test]
fn more_patterns_than_the_journal_holds_come_between_two_events() {
    let mut router = router();
    join(&mut router, 0, &["u/{x}"]);
    assert_eq!(route(&mut router, &["u/1"]), [0]);
    for client in 1..3000 {
        join(&mut router, client, &[&format!("{{+x}}/{client}")]);
        if client % 2 == 0 {
            router.leave(&[Client(client)]).expect("left");
        }
    }
    assert_eq!(route(&mut router, &["u/1"]), [0, 1]);
    assert_eq!(route(&mut router, &["u/2", "u/2999"]), [0, 2999]);
}

#[test]
fn ten_thousand_patterns_cost_a_new_topic_only_those_that_begin_as_it_does() {
    let mut router = router();
    for client in 0..10_000 {
        join(
            &mut router,
            client,
            &[&format!("https://{client}.example/{{x}}")],
        );
    }
    let topic = "https://77.example/1";
    assert_eq!(router.index.candidates(topic), 1);
    assert_eq!(route(&mut router, &[topic]), [77]);
    assert_eq!(
        route(&mut router, &["https://77777.example/1"]),
        [] as [u32; 0]
    );
}

#[test]
fn one_selector_of_many_subscribers_is_one_pattern() {
    let mut router = router();
    for client in 0..1000 {
        join(&mut router, client, &["u/{x}", "u/{x}", "a", "*"]);
    }
    assert_eq!(router.index.sizes(), [3, 1]);
    assert_eq!(router.index.candidates("u/1"), 1);
}

#[test]
fn when_all_have_left_nothing_is_left_of_them() {
    let mut router = router();
    let selectors = ["a", "*", "u/{x}", "u/{x}/{y}", "v/{x}", "b", "a{x}"];
    for round in 0..50 {
        for client in 0..100 {
            let from = ((client + round) % 6) as usize;
            join(&mut router, client, &selectors[from..]);
            route(&mut router, &["u/1", "a"]);
        }
        let all: Vec<_> = (0..100).map(|c| Client((c * 37) % 100)).collect();
        router.leave(&all).expect("left");
        assert_eq!(router.index.sizes(), [0, 0]);
    }
}

#[test]
fn one_text_in_two_languages_means_what_each_of_them_says() {
    let mut router = router();
    let texts = ["a", "u/{x}", "*"];
    for (client, (matcher, text)) in (0..).zip(
        [
            Matcher::Exact,
            Matcher::UriTemplate,
            Matcher::Exact,
            Matcher::Custom("a".into()),
        ]
        .iter()
        .flat_map(|matcher| texts.map(|text| (matcher, text))),
    ) {
        join_as(
            &mut router,
            client,
            &[Selector::trusted(matcher.clone(), text)],
        );
    }
    assert_eq!(route(&mut router, &["a"]), [0, 2, 3, 5, 6, 8]);
    assert_eq!(route(&mut router, &["u/{x}"]), [1, 2, 4, 5, 7, 8]);
    assert_eq!(route(&mut router, &["u/1"]), [2, 4, 5, 8]);
}

//! What is taken in, and who sees what of it.

use umbel_guest::{
    Decision, Event, Publication, PublishFilter, Settings, Subscriber, View, ViewFilter,
};

use crate::earthquakes::EarthquakesAlone;
use crate::seismologists::SeismologistsSeeAll;

const QUAKES: &str = include_str!("../../../../tests/data/quakes.jsonl");

fn settings(config: &str) -> Settings {
    Settings {
        config: config.into(),
        seed: 1,
        facts: vec![],
    }
}

fn event(data: &str) -> Event {
    Event {
        offset: 1,
        id: String::new(),
        topics: vec!["https://quakes.example/ci".into()],
        kind: None,
        private: false,
        accepted_ms: 1,
        size: 1,
        data: Some(data.into()),
        attributes: vec![],
    }
}

fn subscriber(client: u32, claims: &str) -> Subscriber {
    Subscriber {
        client,
        selectors: vec![],
        grants: vec![],
        claims: claims.into(),
        attributes: vec![],
        joined_ms: 1,
    }
}

fn decide(data: &str) -> Decision {
    let mut filter = EarthquakesAlone::configure(settings("")).unwrap().0;
    let event = event(data);
    let publication = Publication {
        event,
        claims: String::new(),
    };
    let decisions = filter.admit(&[publication]);
    assert_eq!(decisions.len(), 1);
    decisions.into_iter().next().unwrap()
}

fn views(config: &str) -> SeismologistsSeeAll {
    SeismologistsSeeAll::configure(settings(config)).unwrap().0
}

/// What the clients 0 to 4 see of an event, of whom 1 is a seismologist.
fn seen(config: &str, data: &str) -> [Option<String>; 5] {
    let mut filter = views(config);
    filter.join(vec![
        subscriber(0, ""),
        subscriber(1, r#"{"role":"seismologist","sub":"eva"}"#),
        subscriber(2, r#"{"role":"seismologists"}"#),
        subscriber(3, r#"{"role":["seismologist"]}"#),
        subscriber(4, "no JSON"),
    ]);
    let views = filter.tailor(&[event(data)], &[vec![0, 1, 2, 3, 4]]);
    assert_eq!(views.len(), 1);
    let of = |client| {
        let view: &View = views[0].iter().find(|v| v.clients.contains(&client))?;
        let rewritten = view
            .data
            .clone()
            .map(|d| String::from_utf8(d).expect("text"));
        Some(rewritten.unwrap_or_else(|| data.into()))
    };
    [of(0), of(1), of(2), of(3), of(4)]
}

#[test]
fn of_a_week_the_earthquakes_are_taken_in_and_nothing_else() {
    let passed = |line: &&str| decide(line) == Decision::Pass;
    let (passed, refused): (Vec<_>, Vec<_>) = QUAKES.lines().partition(passed);
    assert_eq!((passed.len(), refused.len()), (1_679, 28));
    assert!(passed.iter().all(|l| l.contains(r#""kind":"earthquake""#)));
}

#[test]
fn a_refusal_says_why() {
    let line = QUAKES.lines().find(|l| l.contains("quarry blast")).unwrap();
    let why = "`quarry blast` is not an earthquake".to_owned();
    assert_eq!(decide(line), Decision::Refuse(why));
    let twice = QUAKES.lines().next().unwrap().replace(
        r#""kind":"earthquake""#,
        r#""kind":"explosion","kind":"earthquake""#,
    );
    for unreadable in ["", "{}", "[1]", &twice] {
        let refused =
            matches!(decide(unreadable), Decision::Refuse(why) if why.contains("not a seismic"));
        assert!(refused, "{unreadable}");
    }
}

#[test]
fn seismologists_see_the_event_as_published_and_everybody_else_a_rounded_one() {
    let line = QUAKES.lines().next().unwrap();
    let public = r#"{"id":"uw61345682","time":1517363399650,"mag":0.31,"place":"37km NNE of Amboy, Washington","net":"uw","kind":"earthquake","lon":-122.2,"lat":46.2,"depth_km":3.28}"#;
    let (public, whole) = (Some(public.to_owned()), Some(line.to_owned()));
    assert_eq!(
        seen("", line),
        [&public, &whole, &public, &public, &public].map(Clone::clone)
    );
}

#[test]
fn the_operator_says_how_much_is_rounded() {
    let line = QUAKES.lines().next().unwrap();
    assert!(seen("3", line)[0].as_ref().unwrap().contains("46.204"));
    assert!(seen(" 0 ", line)[0].as_ref().unwrap().contains("46.0"));
    let west = line.replace("-122.197", "-0.04");
    assert!(
        seen("", &west)[0]
            .as_ref()
            .unwrap()
            .contains(r#""lon":0.0"#)
    );
    for wrong in ["8", "-1", "many"] {
        let refused = SeismologistsSeeAll::configure(settings(wrong)).err();
        assert!(refused.unwrap().contains("0 to 7"), "{wrong}");
    }
}

#[test]
fn what_cannot_be_read_is_for_seismologists_alone() {
    let data = r#"{"status":"secret"}"#;
    assert_eq!(seen("", data), [None, Some(data.into()), None, None, None]);
}

#[test]
fn a_handle_that_is_used_again_has_no_rights_of_its_former_holder() {
    let mut filter = views("");
    filter.join(vec![subscriber(7, r#"{"role":"seismologist"}"#)]);
    filter.leave(&[7]);
    filter.join(vec![subscriber(7, "")]);
    let line = QUAKES.lines().next().unwrap();
    let views = filter.view(&event(line), &[7]);
    let whole = views.iter().find(|v| v.data.is_none()).unwrap();
    assert!(whole.clients.is_empty(), "{views:?}");
}

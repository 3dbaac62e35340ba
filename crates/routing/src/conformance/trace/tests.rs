//! Traces as they are read and written.

use super::{TRACE_LINE_BYTES_MAX, TraceHeader, TraceReader, TraceStep, TraceWriter};
use crate::conformance::{Answer, Event, Joiner, Spelling, Step, generate};

const HEADER: &str = "{\"umbel-trace\": 1}\n";

fn read(text: &str) -> Result<Vec<TraceStep>, String> {
    let reader = TraceReader::new(text.as_bytes()).map_err(|e| e.to_string())?;
    reader.collect::<Result<_, _>>().map_err(|e| e.to_string())
}

fn written(steps: &[(Step, Option<Answer>)]) -> String {
    let header = TraceHeader {
        tenant: "news".into(),
        component: "sha256:ab".into(),
        whole: true,
        ..TraceHeader::default()
    };
    let mut writer = TraceWriter::new(Vec::new(), &header).unwrap();
    for (step, answer) in steps {
        writer.step(step, answer.as_ref()).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn everything() -> Vec<(Step, Option<Answer>)> {
    let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let event = |data: &[u8]| Event {
        offset: 7,
        id: "urn:x:é".into(),
        topics: vec!["a".into()],
        data: Some(data.to_vec()),
        attributes: pair("net", "ci"),
        ..Event::default()
    };
    let joiner = Joiner {
        client: 0,
        selectors: vec![Spelling::new("exact", "a")],
        grants: vec![Spelling::new("uri-template", "{+x}")],
        claims: "{\"sub\":\"a\"}".into(),
        attributes: pair("user-agent", "x"),
        joined_ms: 1_700_000_000_000,
    };
    let configure = Step::Configure {
        config: "a = 1\n".into(),
        seed: (1 << 53) - 1,
        facts: pair("tenant", "news"),
    };
    let join = Step::Join {
        subscribers: vec![joiner],
    };
    let route = Step::Route {
        events: vec![event("text\u{2028}\n".as_bytes()), event(b"\xff\x00")],
    };
    vec![
        (configure.clone(), Some(Answer::Configured(true))),
        (join, None),
        (route, Some(Answer::Audiences(vec![vec![0], vec![]]))),
        (configure, Some(Answer::Configured(false))),
    ]
}

#[test]
fn what_is_written_is_read_as_the_same() {
    let mut steps = everything();
    steps.extend(generate(1, 200).into_iter().map(|step| (step, None)));
    let text = written(&steps);
    let read: Vec<_> = read(&text).unwrap();
    let lines: Vec<u64> = read.iter().map(|s| s.line).collect();
    let last = u64::try_from(steps.len()).unwrap() + 1;
    assert_eq!(lines, (2..=last).collect::<Vec<_>>());
    let read: Vec<_> = read.into_iter().map(|s| (s.step, s.answer)).collect();
    assert_eq!(read, steps);
}

#[test]
fn a_trace_is_a_line_for_the_header_and_one_for_each_call() {
    assert_eq!(
        written(&everything()),
        r#"{"umbel-trace":1,"tenant":"news","component":"sha256:ab","whole":true}
{"call":"configure","config":"a = 1\n","seed":9007199254740991,"facts":[["tenant","news"]],"answer":{"configured":true}}
{"call":"join","subscribers":[{"client":0,"selectors":[{"matcher":"exact","pattern":"a"}],"grants":[{"matcher":"uri-template","pattern":"{+x}"}],"claims":"{\"sub\":\"a\"}","attributes":[["user-agent","x"]],"joined-ms":1700000000000}]}
{"call":"route","events":[{"offset":7,"id":"urn:x:é","topics":["a"],"private":false,"accepted-ms":0,"size":0,"data":"text LS\n","attributes":[["net","ci"]]},{"offset":7,"id":"urn:x:é","topics":["a"],"private":false,"accepted-ms":0,"size":0,"data-base64":"/wA=","attributes":[["net","ci"]]}],"answer":{"audiences":[[0],[]]}}
{"call":"configure","config":"a = 1\n","seed":9007199254740991,"facts":[["tenant","news"]],"answer":{"configured":false}}
"#
        .replace(" LS", "\u{2028}")
    );
}

#[test]
fn keys_of_the_header_that_are_not_known_are_left_out() {
    let text = "{\"colour\": \"blue\", \"umbel-trace\": 1}";
    let reader = TraceReader::new(text.as_bytes()).unwrap();
    assert_eq!(*reader.header(), TraceHeader::default());
    assert_eq!(reader.count(), 0);
}

#[test]
fn each_fault_is_told_with_its_line_and_what_to_mend() {
    let configure = "{\"call\": \"configure\"}\n";
    let cases = [
        ("", "line 1: the file is empty"),
        ("\n", "line 1: this is no header of a trace"),
        (
            "{}\n",
            "line 1: this is no header of a trace (missing field `umbel-trace`",
        ),
        (
            "{\"umbel-trace\": 2}\n",
            "line 1: the trace is of version 2",
        ),
        ("HC\n", "line 3: this is no call (EOF"),
        (
            "HC{\"call\": \"rout\"}\n",
            "line 3: this is no call (unknown variant `rout`, expected one of",
        ),
        (
            "HC{\"call\": \"route\"}\n",
            "line 3: this is no call (missing field `events`",
        ),
        (
            "HC{\"call\": \"leave\", \"clients\": [], \"x\": 1}\n",
            "line 3: this is no call (unknown field `x`",
        ),
        (
            "HC{\"call\": \"leave\", \"clients\": [-1]}\n",
            "line 3: this is no call (invalid value: integer `-1`",
        ),
        (
            "HC{\"call\": \"leave\", \"cli",
            "line 3: the line ends in the middle",
        ),
        (
            "H{\"call\": \"leave\", \"clients\": []}\n",
            "line 2: a call before the first `configure`",
        ),
        (
            "HC{\"call\": \"route\", \"events\": [{\"topics\": [], \"data\": \"\", \"data-base64\": \"\"}]}\n",
            "line 3: this is no call (`data` and `data-base64`: an event has one of them",
        ),
        (
            "HC{\"call\": \"route\", \"events\": [{\"topics\": [], \"data-base64\": \"/w\"}]}\n",
            "line 3: this is no call (no base64",
        ),
    ];
    for (text, expected) in cases {
        let text = text.replacen('H', HEADER, 1).replacen('C', configure, 1);
        let found = read(&text).unwrap_err();
        assert!(found.starts_with(expected), "{text:?}: {found}");
        assert!(!found.contains("at line"), "{found}");
    }
}

#[test]
fn no_line_is_read_past_its_limit_and_none_is_written() {
    let long = "x".repeat(TRACE_LINE_BYTES_MAX);
    let found = read(&format!("{HEADER}{long}x\n")).unwrap_err();
    assert!(
        found.starts_with("line 2: the line has more than"),
        "{found}"
    );
    let found = read(&format!("{HEADER}{long}\n")).unwrap_err();
    assert!(found.starts_with("line 2: this is no call"), "{found}");
    let step = Step::Configure {
        config: long,
        seed: 0,
        facts: vec![],
    };
    let mut writer = TraceWriter::new(Vec::new(), &TraceHeader::default()).unwrap();
    assert!(writer.step(&step, None).is_err());
    writer.step(&Step::Leave { clients: vec![] }, None).unwrap();
    assert_eq!(
        writer
            .finish()
            .unwrap()
            .iter()
            .filter(|b| **b == b'\n')
            .count(),
        2
    );
}

#[test]
fn there_is_nothing_more_after_an_error() {
    let text = format!("{HEADER}x\n{{\"call\": \"configure\"}}\n");
    let mut reader = TraceReader::new(text.as_bytes()).unwrap();
    assert!(reader.next().unwrap().is_err());
    assert!(reader.next().is_none());
}

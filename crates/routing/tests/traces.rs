//! The committed trace against the native router, and what an examination finds.

use std::fs;
use std::path::{Path, PathBuf};

use umbel_routing::conformance::{
    Digest, Plain, Plan, Replay, Rule, Step, TraceHeader, TraceReader, TraceWriter, examine,
    generate,
};
use umbel_routing::{
    Admission, Client, Dispatcher, EventView, Export, Fault, FaultClass, FullMailbox, Profile,
    Router, Settings, SubscriberView, Verdict,
};

/// Writes the committed files anew instead of comparing with them.
const BLESS: &str = "UMBEL_BLESS";
/// Calls of either half of the committed trace, their `configure` included.
const HALF: usize = 100;
/// Any will do.
const SEED: u64 = 20_261_125;

type Made = Result<Box<dyn Dispatcher>, Fault>;

fn refused(detail: String) -> Fault {
    Fault {
        export: Export::Configure,
        class: FaultClass::Refused,
        detail,
    }
}

fn router(settings: &Settings) -> Made {
    let router = Router::configure(settings).map_err(refused)?;
    Ok(Box::new(router))
}

fn plain(settings: &Settings) -> Made {
    let plain = Plain::configure(settings).map_err(refused)?;
    Ok(Box::new(plain))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/traces")
}

/// Two instances: one that is asked hostile questions, and one whose subscribers and events have all that
/// they can have.
fn steps() -> Vec<Step> {
    let mut steps = generate(SEED, HALF - 1);
    let plan = Plan {
        settings: Settings {
            config: "when-full = ask\n".into(),
            seed: SEED,
            facts: vec![("tenant".into(), "default".into())],
        },
        seed: SEED,
        steps: HALF,
        joiners: 6,
        batch: 5,
        rejoin: false,
    };
    let polite = examine(router, &plan);
    assert_eq!(polite.breaches, []);
    steps.extend(polite.steps.into_iter().take(HALF));
    steps
}

fn written() -> (String, Digest) {
    let header = TraceHeader {
        tenant: "default".into(),
        component: "native".into(),
        whole: true,
        ..TraceHeader::default()
    };
    let mut trace = TraceWriter::new(Vec::new(), &header).expect("it takes everything");
    let (mut replay, mut digest) = (Replay::new(router), Digest::default());
    for step in steps() {
        let answer = replay.ask(&step).expect("the router never fails").answer;
        digest.add(&answer);
        let written = trace.step(&step, Some(&answer));
        written.expect("it takes everything");
    }
    let bytes = trace.finish().expect("it takes everything");
    (String::from_utf8(bytes).expect("it is UTF-8"), digest)
}

#[test]
fn the_committed_trace_is_that_of_its_seed() {
    let (trace, digest) = written();
    for (name, text) in [
        ("default-200.umbel", trace),
        ("default-200.digest", format!("{digest}\n")),
    ] {
        let path = folder().join(name);
        if std::env::var_os(BLESS).is_some() {
            fs::write(&path, &text).expect("it can be written");
        }
        let committed = fs::read_to_string(&path).expect("it is committed");
        assert!(
            committed == text,
            "{name} differs; with {BLESS}=1 this test writes it"
        );
    }
}

#[test]
fn the_router_and_the_plain_rules_give_the_digest_beside_each_trace() {
    let files = fs::read_dir(folder()).expect("it is there");
    let files = files.map(|file| file.expect("a file").path());
    let traces: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|end| end == "umbel"))
        .collect();
    assert!(traces.len() >= 2, "{traces:?}");
    for trace in traces {
        decided_as_committed(&trace);
    }
}

fn decided_as_committed(trace: &Path) {
    let digest = trace.with_extension("digest");
    let expected = fs::read_to_string(&digest).unwrap_or_else(|error| {
        panic!("a trace without its digest: {}: {error}", digest.display())
    });
    let text = fs::read(trace).expect("it is committed");
    let lines = text.split(|byte| *byte == b'\n').count();
    for make in [router, plain] {
        let (mut replay, mut digest) = (Replay::new(make), Digest::default());
        let mut calls = 0;
        for step in TraceReader::new(&text[..]).expect("it is a trace") {
            let step = step.expect("it is a step");
            let answer = replay.ask(&step.step).expect("there is an instance").answer;
            // Who was there when a recording began was let in before anyone listened.
            if let Some(known) = &step.answer {
                assert_eq!(&answer, known, "{}:{}", trace.display(), step.line);
            }
            digest.add(&answer);
            calls += 1;
        }
        // The header, and the end of the last line.
        assert_eq!(calls, lines - 2);
        assert_eq!(
            digest.to_string(),
            expected.trim_end(),
            "{}",
            trace.display()
        );
    }
}

#[test]
fn after_a_refusal_or_a_fault_nothing_is_asked_until_the_next_configure() {
    let configure = |config: &str| Step::Configure {
        config: config.into(),
        seed: 0,
        facts: vec![],
    };
    let leave = Step::Leave { clients: vec![] };
    let mut replay = Replay::new(router);
    assert!(replay.ask(&leave).is_none());
    let asked = replay
        .ask(&configure("colour = blue"))
        .expect("it is asked");
    assert_eq!(asked.fault.expect("a refusal").class, FaultClass::Refused);
    assert!(replay.ask(&leave).is_none());
    assert!(
        replay
            .ask(&configure(""))
            .is_some_and(|a| a.fault.is_none())
    );
    assert!(replay.ask(&leave).is_some());
}

#[test]
fn every_rule_has_its_words_in_one_line_of_the_contract() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/dispatcher.wit");
    let wit = fs::read_to_string(wit).expect("it is there");
    let calls = [
        Export::Instantiate,
        Export::Configure,
        Export::Join,
        Export::Leave,
        Export::Route,
        Export::Select,
        Export::Overflow,
    ];
    let of_calls = calls
        .into_iter()
        .flat_map(|e| [Rule::Answers(e), Rule::Form(e)]);
    for rule in of_calls.chain([Rule::Connected, Rule::SelectAgrees, Rule::Rejoins]) {
        let lines = wit.lines().filter(|line| line.contains(rule.phrase()));
        assert_eq!(lines.count(), 1, "{rule:?}: {:?}", rule.phrase());
    }
}

/// A router that is wrong in one way.
struct Wrong {
    router: Router,
    way: Rule,
    /// Whether anybody has left.
    left: bool,
}

impl Dispatcher for Wrong {
    fn profile(&self) -> &Profile {
        self.router.profile()
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        let mut admissions = self.router.join(subscribers)?;
        if self.way == Rule::Form(Export::Join) {
            admissions.pop();
        }
        Ok(admissions)
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        self.left = true;
        match self.way {
            Rule::Answers(Export::Leave) => Err(Fault {
                export: Export::Leave,
                class: FaultClass::Trap,
                detail: "unreachable".into(),
            }),
            Rule::Connected => Ok(()),
            _ => self.router.leave(clients),
        }
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        match self.way {
            Rule::Rejoins if self.left => Ok(vec![Vec::new(); events.len()]),
            _ => self.router.route(events),
        }
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        let mut selections = self.router.select(clients, events)?;
        for selection in &mut selections {
            match self.way {
                Rule::SelectAgrees => selection.truncate(1),
                Rule::Form(Export::Select) => selection.reverse(),
                _ => {}
            }
        }
        Ok(selections)
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        let mut verdicts = self.router.overflow(full)?;
        if self.way == Rule::Form(Export::Overflow) {
            verdicts.clear();
        }
        Ok(verdicts)
    }
}

fn plan(rejoin: bool) -> Plan {
    Plan {
        settings: Settings::default(),
        seed: SEED,
        steps: 200,
        joiners: 8,
        batch: 8,
        rejoin,
    }
}

#[test]
fn an_examination_finds_nothing_against_the_default_policy() {
    for rejoin in [true, false] {
        let examined = examine(router, &plan(rejoin));
        assert_eq!(examined.breaches, []);
        assert!(examined.steps.len() >= 200 && examined.steps.len() == examined.answers.len());
    }
}

#[test]
fn an_examination_names_the_rule_that_is_broken() {
    let cases = [
        (Rule::Answers(Export::Leave), false),
        (Rule::Form(Export::Join), false),
        (Rule::Form(Export::Select), false),
        (Rule::Form(Export::Overflow), false),
        (Rule::Connected, false),
        (Rule::SelectAgrees, false),
        (Rule::Rejoins, true),
    ];
    for (way, rejoin) in cases {
        let make = |settings: &Settings| -> Made {
            let router = Router::configure(settings).map_err(refused)?;
            Ok(Box::new(Wrong {
                router,
                way,
                left: false,
            }))
        };
        let examined = examine(make, &plan(rejoin));
        let found: Vec<Rule> = examined.breaches.iter().map(|b| b.rule).collect();
        assert!(found.contains(&way), "{way:?}: {:?}", examined.breaches);
    }
}

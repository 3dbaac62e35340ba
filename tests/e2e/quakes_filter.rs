//! A real filter over real input: earthquakes alone are taken in, and what is for seismologists reaches them
//! alone, live and replayed.

use serde_json::{Value, json};

use crate::rig::{Publisher, Quake, Server, Subscriber, form, quakes, run, secret_file, signed};
use crate::rig::{token, with_key};

const FILTER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../guest/dist/quakes-filter.wasm"
);

/// How an event has to look to someone.
type Look = fn(&str) -> String;

fn whole(line: &str) -> String {
    line.to_owned()
}

/// Without its status, its place to a tenth of a degree.
fn public(line: &str) -> String {
    let mut fields = parsed(line);
    let fields = fields.as_object_mut().expect("an object");
    fields.remove("status").expect("it has one");
    for name in ["lon", "lat"] {
        let degrees = fields[name].as_f64().expect("a number");
        fields.insert(name.to_owned(), json!((degrees * 10.0).round() / 10.0));
    }
    json!(fields).to_string()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Reads these earthquakes as they are to look, and nothing else.
async fn reads(mut subscriber: Subscriber, quakes: &[Quake], look: Look, who: &str) {
    for quake in quakes {
        let message = subscriber.next().await.expect("the stream goes on");
        assert_eq!(message.id.as_deref(), Some(&*quake.id), "{who}");
        assert_eq!(
            parsed(&message.data),
            parsed(&look(&quake.line)),
            "{who} sees {}",
            message.data
        );
    }
    let more = subscriber
        .until_quiet(std::time::Duration::from_millis(300))
        .await;
    assert!(more.is_empty(), "{who} sees what it may not: {more:?}");
}

/// Publishes all, and sees the earthquakes accepted and everything else refused.
async fn publish(server: &Server, token: &str, quakes: &[Quake]) {
    let mut publisher = Publisher::connect(server.hub).await.with_token(token);
    for quake in quakes {
        let topic = format!("https://quakes.example/{}", quake.net);
        let fields = [
            ("topic", &*topic),
            ("data", &*quake.line),
            ("id", &*quake.id),
        ];
        let answer = publisher.post(&form(&fields)).await;
        match kind(quake).as_str() {
            "earthquake" => assert_eq!((answer.status, &answer.body), (200, &quake.id)),
            kind => {
                assert_eq!(answer.status, 403, "{answer:?}");
                let why = format!("`{kind}` is not an earthquake");
                assert!(answer.body.contains(&why), "{answer:?}");
            }
        }
    }
}

fn kind(quake: &Quake) -> String {
    parsed(&quake.line)["kind"]
        .as_str()
        .expect("a text")
        .to_owned()
}

#[test]
fn earthquakes_alone_are_taken_in_and_each_subscriber_sees_what_is_its_own() {
    run(async {
        let secret = secret_file();
        let config = with_key(&secret, true);
        let server = Server::run(
            &[],
            &format!("{config}[filter]\ncomponent = \"{FILTER}\"\n"),
        );
        let with_role = |role: Value| {
            let mercure = json!({"subscribe": ["*"]});
            let claims = json!({"exp": 4_000_000_000_u64, "mercure": mercure, "role": role});
            format!("Authorization: Bearer {}", signed(&secret, &claims))
        };
        let who: [(&str, Look, Vec<String>); 4] = [
            (
                "a seismologist",
                whole,
                vec![with_role(json!("seismologist"))],
            ),
            ("a journalist", public, vec![with_role(json!("journalist"))]),
            (
                "one of many roles",
                public,
                vec![with_role(json!(["seismologist"]))],
            ),
            ("an anonymous one", public, vec![]),
        ];
        let quakes = quakes();
        let taken: Vec<Quake> = quakes
            .iter()
            .filter(|q| kind(q) == "earthquake")
            .cloned()
            .collect();
        let mut readers = Vec::new();
        for (who, look, headers) in who.clone() {
            let subscriber = Subscriber::with(server.hub, &["*"], &headers).await;
            let taken = taken.clone();
            readers.push(tokio::spawn(async move {
                reads(subscriber, &taken, look, who).await;
            }));
        }
        publish(&server, &token(&secret, &["--publish", "*"]), &quakes).await;
        for reader in readers {
            reader.await.expect("it sees what is its own");
        }
        for (who, look, mut headers) in who {
            let half = taken.len() / 2;
            headers.push(format!("Last-Event-ID: {}", taken[half].id));
            let late = Subscriber::with(server.hub, &["*"], &headers).await;
            reads(late, &taken[half + 1..], look, &format!("{who}, later")).await;
            headers.pop();
            headers.push("Last-Event-ID: earliest".to_owned());
            let latest = Subscriber::with(server.hub, &["*"], &headers).await;
            reads(latest, &taken, look, &format!("{who}, at last")).await;
        }
        let counted =
            |result| format!(r#"umbel_events_total{{tenant="default",result="{result}"}}"#);
        assert_eq!(server.metric(&counted("accepted")).await, 1_679.0);
    });
}

//! A week of real events, a thousand subscribers, thirteen selectors: each gets what is its own.

use crate::rig::{Policy, Publisher, Quake, Server, Subscriber, Version, form, quakes, run_over};

/// What a subscriber asks for, and which earthquakes that is.
type Interest = (Vec<String>, fn(&Quake) -> bool);

fn selectors() -> Vec<Interest> {
    let exact = |net: &str| vec![format!("https://quakes.example/{net}")];
    vec![
        (vec!["*".into()], |_| true),
        (vec!["https://quakes.example/{net}".into()], |_| true),
        (vec!["https://quakes.example/c{rest}".into()], |q| {
            q.net.starts_with('c')
        }),
        (vec!["https://quakes.example/{net:1}".into()], |q| {
            q.net.len() == 1
        }),
        (exact("ci"), |q| q.net == "ci"),
        (exact("ak"), |q| q.net == "ak"),
        (exact("us"), |q| q.net == "us"),
        (exact("nc"), |q| q.net == "nc"),
        (exact("uw"), |q| q.net == "uw"),
        (exact("no such network"), |_| false),
        ([exact("ci"), exact("ak")].concat(), |q| {
            q.net == "ci" || q.net == "ak"
        }),
        (
            [exact("us"), vec!["https://quakes.example/{net}".into()]].concat(),
            |_| true,
        ),
        (vec!["https://quakes.example{/net}".into()], |_| true),
    ]
}

/// Subscribers in all.
const SUBSCRIBERS: usize = 1_000;

async fn everyone_gets_what_is_their_own(policy: Policy) {
    let server = Server::with(policy, "[mailbox]\nevents = 64\n");
    let quakes = quakes();
    let selectors = selectors();
    let mut readers = Vec::new();
    for n in 0..SUBSCRIBERS {
        let (topics, wanted) = &selectors[n % selectors.len()];
        let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
        let mut subscriber = Subscriber::open(server.hub, &topics).await;
        let expected: Vec<Quake> = quakes.iter().filter(|q| wanted(q)).cloned().collect();
        readers.push(tokio::spawn(async move {
            for quake in &expected {
                let message = subscriber.next().await.expect("the stream goes on");
                assert_eq!(message.data, quake.line, "subscriber {n}");
                assert_eq!(message.id.as_deref(), Some(&*quake.id), "subscriber {n}");
            }
            let more = subscriber
                .until_quiet(std::time::Duration::from_millis(200))
                .await;
            assert!(
                more.is_empty(),
                "subscriber {n} got what is not its own: {more:?}"
            );
        }));
    }
    let mut publisher = Publisher::connect(server.hub).await;
    for quake in &quakes {
        let topic = format!("https://quakes.example/{}", quake.net);
        let fields = [
            ("topic", &*topic),
            ("data", &*quake.line),
            ("id", &*quake.id),
        ];
        let answer = publisher.post(&form(&fields)).await;
        assert_eq!((answer.status, &answer.body), (200, &quake.id));
    }
    for reader in readers {
        reader.await.expect("it got what is its own");
    }
    let faults = server
        .metric(r#"umbel_policy_faults_total{tenant="default",class="trap"}"#)
        .await;
    assert_eq!(faults, 0.0);
}

#[test]
fn everyone_gets_what_is_their_own_under_the_wasm_policy() {
    run_over(&[Version::Http11, Version::Http2], async || {
        everyone_gets_what_is_their_own(Policy::Wasm).await;
    });
}

#[test]
fn everyone_gets_what_is_their_own_under_the_native_policy() {
    run_over(&[Version::Http11, Version::Http10], async || {
        everyone_gets_what_is_their_own(Policy::Native).await;
    });
}

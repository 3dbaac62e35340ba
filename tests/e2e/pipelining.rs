//! Publishers that do not wait for an answer before they send the next publication.

use crate::rig::{Publisher, Server, Subscriber, form, run};

/// With these a form may have some 12 kB.
const SMALL: &str = "[limits]\nevent-bytes = \"1KiB\"\ntopics = 10\ntopic-bytes = 64\n";

/// The form of event `n`.
fn event(n: usize) -> String {
    form(&[
        ("topic", "t"),
        ("data", &n.to_string()),
        ("id", &format!("id-{n}")),
    ])
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}

/// Has `requests` sent at once, and answers what came back until the connection ended or `count`
/// answers were there: status and body.
async fn answers(publisher: &mut Publisher, requests: &str, count: usize) -> Vec<(u16, String)> {
    publisher.send(requests).await;
    let mut all = Vec::new();
    while all.len() < count {
        let Some(answer) = publisher.answer().await else {
            break;
        };
        all.push((answer.status, answer.body));
    }
    all
}

/// Publishes one more over a connection of its own: what came before it is all there was.
async fn publish_last(server: &Server) {
    let mut publisher = Publisher::connect(server.hub).await;
    publisher.publish("t", "last").await;
}

#[test]
fn publications_sent_at_once_are_logged_and_answered_in_their_order() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        // More than the hub answers in one turn, and more than it holds back.
        let requests: String = (0..500).map(|n| publisher.request(&event(n))).collect();
        let answers = answers(&mut publisher, &requests, 500).await;
        let expected: Vec<_> = (0..500).map(|n| (200, format!("id-{n}"))).collect();
        assert_eq!(answers, expected);
        assert_eq!(stream.data(500).await, numbers(0..500));
    });
}

#[test]
fn what_is_cut_anywhere_is_answered_all_the_same() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let requests: String = (0..3).map(|n| publisher.request(&event(n))).collect();
        let cuts = (1..requests.len()).step_by(7);
        let rounds = cuts.clone().count();
        for cut in cuts {
            let (early, late) = requests.split_at(cut);
            publisher.send(early).await;
            // Long enough for the hub to answer what is whole, and to meet the rest alone.
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            let whole = (0..3)
                .filter(|n| early.len() >= requests.len() / 3 * (n + 1))
                .count();
            for n in 0..whole {
                let answer = publisher
                    .answer()
                    .await
                    .expect("answered before the rest comes");
                assert_eq!((answer.status, answer.body), (200, format!("id-{n}")));
            }
            let expected: Vec<_> = (whole..3).map(|n| (200, format!("id-{n}"))).collect();
            assert_eq!(
                answers(&mut publisher, late, 3 - whole).await,
                expected,
                "{cut}"
            );
        }
        let all = stream.data(3 * rounds).await;
        assert!(all.chunks(3).all(|three| three == numbers(0..3)), "{all:?}");
    });
}

#[test]
fn bad_ones_among_them_are_refused_alone() {
    run(async {
        let server = Server::start(SMALL);
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let of = |bytes| form(&[("topic", "t"), ("data", &"x".repeat(bytes))]);
        let forms = [
            &event(0),
            "data=no+topic",
            &event(1),
            &of(1025),
            &event(2),
            &of(100_000),
            &event(3),
        ];
        let requests: String = forms.iter().map(|form| publisher.request(form)).collect();
        let answers = answers(&mut publisher, &requests, forms.len()).await;
        let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [200, 400, 200, 413, 200, 413, 200]);
        let ids: Vec<&str> = answers.iter().step_by(2).map(|(_, id)| &**id).collect();
        assert_eq!(ids, ["id-0", "id-1", "id-2", "id-3"]);
        assert_eq!(stream.data(4).await, numbers(0..4));
    });
}

#[test]
fn behind_a_body_too_large_to_be_read_to_its_end_nothing_is_published() {
    run(async {
        let server = Server::start(SMALL);
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        // Whatever in it looks like a publication is none.
        let inside = publisher.request(&event(8));
        let inside = inside.repeat((2 << 20) / inside.len());
        let requests = [&event(0), &inside, &event(9)].map(|body| publisher.request(body));
        let answers = answers(&mut publisher, &requests.concat(), 3).await;
        let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [200, 413]);
        publish_last(&server).await;
        assert_eq!(stream.data(2).await, ["0", "last"]);
    });
}

#[test]
fn what_follows_the_one_that_closes_the_connection_is_neither_published_nor_answered() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let closing = publisher
            .request(&event(1))
            .replacen("\r\n", "\r\nConnection: close\r\n", 1);
        let requests = [
            publisher.request(&event(0)),
            closing,
            publisher.request(&event(2)),
        ];
        let answers = answers(&mut publisher, &requests.concat(), 3).await;
        assert_eq!(
            answers,
            [(200, "id-0".to_owned()), (200, "id-1".to_owned())]
        );
        publish_last(&server).await;
        assert_eq!(stream.data(3).await, ["0", "1", "last"]);
    });
}

#[test]
fn what_is_no_request_ends_the_connection_behind_the_answers_to_what_was_one() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let garbage = "\u{1}\u{2}\r\n\r\n".to_owned();
        let requests = [
            publisher.request(&event(0)),
            garbage,
            publisher.request(&event(2)),
        ];
        let answers = answers(&mut publisher, &requests.concat(), 3).await;
        let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [200, 400]);
        publish_last(&server).await;
        assert_eq!(stream.data(2).await, ["0", "last"]);
    });
}

#[test]
fn a_subscription_behind_publications_is_answered_behind_them_and_nothing_after_it() {
    run(async {
        let server = Server::start("");
        let mut publisher = Publisher::connect(server.hub).await;
        let subscription = format!(
            "GET /.well-known/mercure?topic=t&lastEventID=earliest HTTP/1.1\r\nHost: {}\r\n\r\n",
            server.hub
        );
        let requests = [
            publisher.request(&event(0)),
            publisher.request(&event(1)),
            subscription,
            publisher.request(&event(2)),
        ];
        publisher.send(&requests.concat()).await;
        for n in 0..2 {
            let answer = publisher.answer().await.expect("an answer");
            assert_eq!((answer.status, answer.body), (200, format!("id-{n}")));
        }
        let mut stream = publisher.into_stream().await;
        assert_eq!(stream.data(2).await, numbers(0..2));
        publish_last(&server).await;
        assert_eq!(stream.data(1).await, ["last"]);
    });
}

#[test]
fn many_publishers_at_once_are_each_answered_in_order_and_all_is_delivered_once() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let publishing: Vec<_> = (0..64)
            .map(|publisher| {
                let hub = server.hub;
                tokio::spawn(async move {
                    let events = publisher * 20..(publisher + 1) * 20;
                    let mut publisher = Publisher::connect(hub).await;
                    let requests: String = events
                        .clone()
                        .map(|n| publisher.request(&event(n)))
                        .collect();
                    let expected: Vec<_> = events.map(|n| (200, format!("id-{n}"))).collect();
                    assert_eq!(answers(&mut publisher, &requests, 20).await, expected);
                })
            })
            .collect();
        for publisher in publishing {
            publisher.await.expect("all its events are accepted");
        }
        let mut got: Vec<usize> = Vec::new();
        for data in stream.data(64 * 20).await {
            got.push(data.parse().expect("a number"));
        }
        for publisher in 0..64 {
            let own = got.iter().filter(|n| **n / 20 == publisher);
            assert!(own.is_sorted(), "the order of publisher {publisher}");
        }
        got.sort_unstable();
        assert_eq!(got, (0..64 * 20).collect::<Vec<_>>());
    });
}

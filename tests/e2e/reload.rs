//! A configuration that changes under a hub that runs.

use std::path::Path;
use std::time::Duration;

use crate::rig::{
    Publisher, Server, Subscriber, form, raw, run, secret_file, token, wait_until, with_key,
};

/// Longer than the hub takes to look at its files, and to see that they have come to rest.
const NOTICED: Duration = Duration::from_secs(15);

const OTHER_SECRET: &str = "another secret of the tests, and long enough as well";

/// What a publisher with this token is answered.
async fn publish(server: &Server, token: &str, data: &str) -> u16 {
    let mut publisher = Publisher::connect(server.hub).await.with_token(token);
    publisher
        .post(&form(&[("topic", "t"), ("data", data)]))
        .await
        .status
}

fn publisher_token(secret: &Path) -> String {
    token(secret, &["--publish", "*"])
}

#[test]
fn another_secret_counts_after_sighup_and_open_streams_go_on() {
    run(async {
        let secret = secret_file();
        let server = Server::logged(&[], &with_key(&secret, true));
        let before = publisher_token(&secret);
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        assert_eq!(publish(&server, &before, "one").await, 200);
        std::fs::write(&secret, OTHER_SECRET).expect("written");
        let after = publisher_token(&secret);
        server.hang_up();
        let counts = async || publish(&server, &after, "two").await == 200;
        wait_until(NOTICED, "the other secret counts", counts).await;
        assert_eq!(publish(&server, &before, "late").await, 401);
        assert_eq!(stream.data(2).await, ["one", "two"]);
        assert!(server.log().contains("told to read the configuration anew"));
    });
}

#[test]
fn a_faulty_configuration_changes_nothing_and_is_reported_as_a_whole() {
    run(async {
        let secret = secret_file();
        let sound = with_key(&secret, true);
        let server = Server::logged(&[], &sound);
        let token = publisher_token(&secret);
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let faulty = with_key(&secret, false).replace("HS256", "HS512");
        server.reconfigure(&format!("{faulty}[limits]\ntopics = 0\n"));
        server.hang_up();
        let reported = async || server.log().contains("was not taken");
        wait_until(NOTICED, "the faults are reported", reported).await;
        let log = server.log();
        assert!(
            log.contains("HS512") && log.contains("limits.topics"),
            "{log}"
        );
        assert_eq!(publish(&server, &token, "still").await, 200);
        assert_eq!(stream.data(1).await, ["still"]);
        let mut anonymous = Subscriber::open(server.hub, &["t"]).await;
        server.reconfigure(&with_key(&secret, false));
        server.hang_up();
        // Not by asking for a stream: while anyone may have one, that would not be answered to the end.
        let taken = async || server.log().contains("the configuration has changed");
        wait_until(NOTICED, "a sound one is taken", taken).await;
        let path = "/.well-known/mercure?topic=t";
        assert_eq!(crate::rig::get(server.hub, path, &[]).await.status, 401);
        assert_eq!(publish(&server, &token, "on").await, 200);
        assert_eq!(
            (stream.data(1).await, anonymous.data(1).await),
            (vec!["on".into()], vec!["on".into()])
        );
    });
}

#[test]
fn a_changed_file_is_noticed_and_what_has_to_wait_is_said() {
    run(async {
        let server = Server::logged(&["--dev"], "");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        server.reconfigure(
            "[limits]\ntopics = 1\nidle-timeout = \"9s\"\n[stream]\nheartbeat = \"100ms\"\n\
             [log]\nretain-events = 7\n",
        );
        let waits = |line: &str| line.contains("needs a restart") && line.contains("log");
        let taken = async || server.log().lines().any(waits);
        wait_until(NOTICED, "the file is read", taken).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let two_topics = form(&[("topic", "t"), ("topic", "u")]);
        assert_eq!(publisher.post(&two_topics).await.status, 413);
        let log = server.log();
        let of = |message: &str| {
            let lines = log.lines().filter(|line| line.contains(message));
            lines.collect::<Vec<_>>().join("\n")
        };
        assert!(
            of("needs a restart").contains("limits.idle-timeout"),
            "{log}"
        );
        let done = of("the configuration has changed");
        assert!(done.contains("limits") && done.contains("stream"), "{log}");
        let beats = stream.comments();
        while stream.comments() < beats + 2 {
            stream.read_on().await;
        }
    });
}

/// A request to the tenant `news`, after which the connection is closed.
fn to_news(method: &str, query: &str, body: &str) -> String {
    format!(
        "{method} /.well-known/mercure{query} HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn tenants_come_and_go_while_the_streams_of_others_stay_open() {
    run(async {
        let server = Server::logged(&["--dev"], "");
        let mut others = Subscriber::open(server.hub, &["t"]).await;
        let path = "/t/news/.well-known/mercure?topic=t";
        assert_eq!(crate::rig::get(server.hub, path, &[]).await.status, 404);
        server.reconfigure("[[tenant]]\nname = \"news\"\nhosts = [\"news.example\"]\n");
        server.hang_up();
        let added = async || server.log().contains("a tenant was added");
        wait_until(NOTICED, "the tenant is there", added).await;
        let stream = tokio::spawn(raw(server.hub, to_news("GET", "?topic=t", "")));
        let joined = r#"umbel_subscribers{tenant="news"}"#;
        let there = async || server.metric(joined).await == 1.0;
        wait_until(NOTICED, "its subscriber is there", there).await;
        let publish = to_news(
            "POST",
            "",
            &form(&[("topic", "t"), ("data", "for its own")]),
        );
        assert_eq!(raw(server.hub, publish).await.status, 200);
        server.reconfigure("");
        server.hang_up();
        let ended = stream.await.expect("its stream ends");
        assert!(ended.body.contains("data: for its own\n"), "{ended:?}");
        let last = ended.body.trim_end().rsplit("\n\n").next();
        let farewell = last.is_some_and(|block| block.starts_with("retry: "));
        assert!(farewell, "it is told when to come back: {ended:?}");
        let mut publisher = Publisher::connect(server.hub).await;
        publisher.publish("t", "for the others").await;
        assert_eq!(others.data(1).await, ["for the others"]);
    });
}

//! Who may publish and who may see what is private.

use std::time::Duration;

use crate::rig::{Publisher, Server, Subscriber, form, get, run, secret_file, token, with_key};

#[test]
fn publishing_needs_a_token_that_covers_every_topic() {
    run(async {
        let secret = secret_file();
        let server = Server::run(&[], &with_key(&secret, true));
        let form = form(&[("topic", "https://example.com/1"), ("data", "x")]);
        let without = Publisher::connect(server.hub).await.post(&form).await;
        assert_eq!(without.status, 401);
        assert_eq!(without.header("www-authenticate"), Some("Bearer"));
        let post = async |token: &str| {
            Publisher::connect(server.hub)
                .await
                .with_token(token)
                .post(&form)
                .await
        };
        let bad = post("not.a.token").await;
        assert_eq!(bad.status, 401);
        assert!(
            bad.header("www-authenticate")
                .expect("it says")
                .contains("invalid_token")
        );
        let other = token(&secret, &["--publish", "https://example.com/2"]);
        assert_eq!(post(&other).await.status, 403);
        let none = token(&secret, &["--subscribe", "*"]);
        assert_eq!(post(&none).await.status, 403);
        let good = token(&secret, &["--publish", "https://example.com/{id}"]);
        assert_eq!(post(&good).await.status, 200);
        assert_eq!(
            server
                .metric(r#"umbel_events_total{tenant="default",result="accepted"}"#)
                .await,
            1.0
        );
    });
}

#[test]
fn private_events_reach_only_those_whose_tokens_cover_them_live_and_replayed() {
    run(async {
        let secret = secret_file();
        let server = Server::run(&[], &with_key(&secret, true));
        let all = token(&secret, &["--publish", "*"]);
        let bearer = |token: String| format!("Authorization: Bearer {token}");
        let granted = bearer(token(&secret, &["--subscribe", "secret/{x}"]));
        let other = bearer(token(&secret, &["--subscribe", "elsewhere"]));
        let mut has = Subscriber::with(server.hub, &["*"], std::slice::from_ref(&granted)).await;
        let mut lacks = Subscriber::with(server.hub, &["*"], std::slice::from_ref(&other)).await;
        let mut anonymous = Subscriber::open(server.hub, &["*"]).await;
        let mut publisher = Publisher::connect(server.hub).await.with_token(&all);
        let private = form(&[
            ("topic", "secret/1"),
            ("data", "private"),
            ("private", "off"),
        ]);
        assert_eq!(publisher.post(&private).await.status, 200);
        publisher.publish("secret/1", "public").await;
        assert_eq!(has.data(2).await, ["private", "public"]);
        assert_eq!(lacks.data(1).await, ["public"]);
        assert_eq!(anonymous.data(1).await, ["public"]);
        let earliest = "Last-Event-ID: earliest".to_owned();
        let mut has = Subscriber::with(server.hub, &["*"], &[granted, earliest.clone()]).await;
        let mut lacks = Subscriber::with(server.hub, &["*"], &[earliest]).await;
        assert_eq!(has.data(2).await, ["private", "public"]);
        assert_eq!(lacks.data(1).await, ["public"]);
    });
}

#[test]
fn where_nobody_may_be_anonymous_a_subscriber_needs_a_token() {
    run(async {
        let secret = secret_file();
        let server = Server::run(&[], &with_key(&secret, false));
        let answer = get(server.hub, "/.well-known/mercure?topic=t", &[]).await;
        assert_eq!(answer.status, 401);
        let bearer = format!(
            "Authorization: Bearer {}",
            token(&secret, &["--subscribe", "t"])
        );
        Subscriber::with(server.hub, &["t"], &[bearer]).await;
    });
}

#[test]
fn a_stream_ends_with_its_token() {
    run(async {
        let secret = secret_file();
        let server = Server::run(&[], &with_key(&secret, false));
        let short = token(&secret, &["--subscribe", "t", "--ttl", "2s"]);
        let header = [format!("Authorization: Bearer {short}")];
        let mut stream = Subscriber::with(server.hub, &["t"], &header).await;
        let ended = tokio::time::timeout(Duration::from_secs(4), stream.next()).await;
        assert_eq!(ended.expect("it ends in time"), None);
        assert!(stream.ended_cleanly());
        let left = server
            .metric(r#"umbel_leaves_total{tenant="default",reason="expired"}"#)
            .await;
        assert_eq!(left, 1.0);
    });
}

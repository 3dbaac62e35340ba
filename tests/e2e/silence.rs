//! A peer that dies without a word: no FIN, no RST, no error, on a network of the test's own.

use std::time::{Duration, Instant};

use crate::rig::{
    Lan, Publisher, Server, Subscriber, Version, run, run_over, secret_file, token, wait_until,
    with_key,
};

const HEARTBEAT: Duration = Duration::from_secs(1);
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

#[test]
fn a_peer_that_died_in_silence_leaves_within_heartbeat_and_write_timeout_and_a_second() {
    run(async {
        let lan = Lan::new();
        let stream = "[stream]\nheartbeat = \"1s\"\nwrite-timeout = \"2s\"\n";
        let config = format!("{stream}{}", with_key(&secret_file(), true));
        let server = Server::on(&lan, &config);
        let socket = lan.connect_from_client(server.hub);
        let mut client = Subscriber::on(socket, &["t"], &[]).await;
        while client.comments() < 2 {
            client.read_on().await;
        }
        let left = async |reason: &str| {
            let sample = format!(r#"umbel_leaves_total{{tenant="default",reason="{reason}"}}"#);
            server
                .metric_on(lan.connect_from_hub(server.admin), &sample)
                .await
        };
        assert_eq!(
            left("client").await + left("stalled").await,
            0.0,
            "it is there"
        );
        lan.silence_client();
        let silent = Instant::now();
        let limit = HEARTBEAT + WRITE_TIMEOUT + Duration::from_secs(1);
        let gone = async || left("client").await + left("stalled").await == 1.0;
        wait_until(limit, "it has left", gone).await;
        println!("left {:?} after the silence began", silent.elapsed());
    });
}

#[test]
fn a_peer_that_stopped_reading_http_2_and_died_in_silence_leaves_with_its_connection() {
    run_over(&[Version::Http2], async || {
        let lan = Lan::new();
        let secret = secret_file();
        let stream = "[stream]\nheartbeat = \"1s\"\nwrite-timeout = \"2s\"\n";
        let server = Server::on(&lan, &format!("{stream}{}", with_key(&secret, true)));
        let client = Subscriber::usual_on(lan.connect_from_client(server.hub), &["t"]).await;
        let mut publisher = Publisher::over(lan.connect_from_hub(server.hub), server.hub)
            .with_token(&token(&secret, &["--publish", "*"]));
        let large = "x".repeat(16 * 1024);
        // Its window is shut, the socket takes everything, and something waits behind what was handed out.
        for _ in 0..10 {
            publisher.publish("t", &large).await;
        }
        drop(publisher);
        let connections = async || {
            let admin = lan.connect_from_hub(server.admin);
            server.metric_on(admin, "umbel_connections").await
        };
        let alone = async || connections().await == 1.0;
        wait_until(HEARTBEAT, "it is there, alone", alone).await;
        lan.silence_client();
        let limit = HEARTBEAT + WRITE_TIMEOUT + Duration::from_secs(1);
        let gone = async || connections().await == 0.0;
        let took = wait_until(limit, "its connection is gone", gone).await;
        println!("gone {took:?} after the silence began");
        drop(client);
    });
}

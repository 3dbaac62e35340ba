//! Components in a real registry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::deploying::{Folder, silent};
use crate::oci::sha256;
use crate::rig::{
    Impostor, Operator, Registry, Said, Server, Workshop, builtin, committed, run, umbel,
};

const TENANT: &str = "/v1/tenants/default";

/// The user `somebody` with this password, as `htpasswd -B` writes it.
const USERS: &str = "somebody:$2b$04$ofYlbAnniyG6ii07oCpAneES1HC8W8aKjs9q4c.T9IdSnXn0/1jCC\n";
const PASSWORD: &str = "a password";

/// `umbel policy` without whatever the user of this machine has logged in to.
fn policy(shop: &Workshop, args: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = umbel();
    command.arg("policy").args(args);
    command.env("DOCKER_CONFIG", shop.path(""));
    command.envs(environment.iter().copied());
    Said::by(&command.output().expect("it runs"))
}

fn deploy(shop: &Workshop, server: &Server, reference: &str) -> Said {
    let admin = format!("http://{}", server.admin);
    policy(shop, &["deploy", "--admin", &admin, reference], &[])
}

fn push(shop: &Workshop, component: &[u8], reference: &str) -> String {
    shop.write("pushed.wasm", component);
    let file = shop.path("pushed.wasm").display().to_string();
    let said = policy(shop, &["push", &file, reference], &[]);
    said.good().trim().to_owned()
}

async fn digest(server: &Server) -> String {
    let tenant = Operator::of(server).get(TENANT).await;
    tenant["policy"]["digest"]
        .as_str()
        .expect("a digest")
        .to_owned()
}

#[test]
fn what_a_tag_stood_for_when_it_was_deployed_decides_whatever_becomes_of_the_tag() {
    run(async {
        let (shop, registry, folder) = (Workshop::new(), Registry::start(), Folder::new());
        let dispatcher = std::fs::read(builtin()).expect("the built-in policy");
        let tag = registry.reference("team/policy:1.0");
        let pinned = push(&shop, &silent(), &tag);
        assert!(
            pinned.starts_with(&registry.reference("team/policy@sha256:")),
            "{pinned}"
        );
        assert_eq!(
            push(&shop, &silent(), &tag),
            pinned,
            "the same component, the same digest"
        );
        let first = {
            let mut server = Server::start(&folder.setting());
            let said = deploy(&shop, &server, &tag);
            let first = digest(&server).await;
            assert!(
                said.good()
                    .contains(&format!("{tag} is {pinned}\ncomponent {first}"))
            );
            let status = ["status", "--admin", &format!("http://{}", server.admin)];
            let status = policy(&shop, &status, &[]);
            let told = format!("{first} from {pinned} (by");
            assert!(status.good().contains(&told), "{}", status.out);
            server.terminate();
            server.ended_within(std::time::Duration::from_secs(6));
            first
        };
        let moved = push(&shop, &dispatcher, &tag);
        assert_ne!(moved, pinned);
        let server = Server::start(&folder.setting());
        assert_eq!(
            digest(&server).await,
            first,
            "the tag was moved, the hub started anew"
        );
        let tenant = Operator::of(&server).get(TENANT).await;
        assert_eq!(tenant["policy"]["deployed"]["origin"], *pinned);
        deploy(&shop, &server, &tag).good();
        let second = digest(&server).await;
        assert_ne!(second, first);
        deploy(&shop, &server, &pinned).good();
        assert_eq!(
            digest(&server).await,
            first,
            "by the digest that was printed"
        );
        for (name, part) in [
            ("team/policy:2.0".to_owned(), "no such component"),
            ("nobody/policy".to_owned(), "no such component"),
            (
                format!("team/policy@sha256:{}", "0".repeat(64)),
                "no such component",
            ),
        ] {
            let text = deploy(&shop, &server, &registry.reference(&name)).failed();
            assert!(text.contains(part), "{name}: {text}");
            assert_eq!(digest(&server).await, first);
        }
    });
}

#[test]
fn what_is_pushed_has_a_tag_and_is_a_component() {
    run(async {
        let (shop, registry) = (Workshop::new(), Registry::start());
        shop.write("text", "(component)");
        shop.write("component", silent());
        let by_digest = format!("a@sha256:{}", "0".repeat(64));
        for (file, name, part) in [
            ("text", "a:1", "is no component"),
            ("component", &*by_digest, "under a tag"),
        ] {
            let file = shop.path(file).display().to_string();
            let text = policy(&shop, &["push", &file, &registry.reference(name)], &[]).failed();
            assert!(text.contains(part), "{text}");
        }
    });
}

#[test]
fn a_registry_that_asks_for_a_password_is_told_the_one_for_it() {
    run(async {
        let (shop, registry) = (Workshop::new(), Registry::guarded(USERS));
        shop.write("policy.wasm", silent());
        let file = shop.path("policy.wasm").display().to_string();
        let reference = registry.reference("a:1");
        let push = ["push", &*file, &*reference];
        let user = ("UMBEL_OCI_USER", "somebody");
        let text = policy(&shop, &push, &[]).failed();
        assert!(text.contains("UMBEL_OCI_USER"), "{text}");
        let text = policy(&shop, &push, &[user, ("UMBEL_OCI_PASSWORD", "no")]).failed();
        assert!(text.contains("401") && text.contains("password"), "{text}");
        policy(&shop, &push, &[user, ("UMBEL_OCI_PASSWORD", PASSWORD)]).good();
        let auth = STANDARD.encode(format!("somebody:{PASSWORD}"));
        let logged_in = serde_json::json!({
            "auths": { (registry.address().to_string()): { "auth": auth } }
        });
        shop.write("config.json", logged_in.to_string());
        policy(&shop, &push, &[]).good();
        let server = Server::start("");
        deploy(&shop, &server, &reference).good();
    });
}

/// A registry on this machine is spoken to without TLS, but may lead to one with it.
#[test]
fn over_tls_a_registry_needs_a_certificate_that_this_machine_trusts() {
    run(async {
        let (shop, registry) = (Workshop::new(), Registry::start());
        let pinned = push(&shop, &silent(), &registry.reference("a:1"));
        let (secure, leading) = (registry.over_tls(), Impostor::start());
        let port = secure.address().port();
        let (_, manifest) = pinned.split_once('@').expect("pinned");
        let component = sha256(&silent());
        for path in [
            format!("/v2/a/manifests/{manifest}"),
            format!("/v2/a/blobs/{component}"),
        ] {
            let to = format!("Location: https://localhost:{port}{path}\r\n");
            leading.say(&path, 307, &to, b"");
        }
        let server = Server::start("");
        let reference = format!("oci://{}/a@{manifest}", leading.address);
        let admin = format!("http://{}", server.admin);
        let deploy = ["deploy", "--admin", &*admin, &*reference];
        let text = policy(&shop, &deploy, &[]).failed();
        assert!(text.contains("certificate"), "{text}");
        let trusted = committed("tests/data/tls/cert.pem");
        let trusting = [("SSL_CERT_FILE", &*trusted)];
        policy(&shop, &deploy, &trusting).good();
    });
}

//! Two hosts on a cable that can be cut: network namespaces of the test's own.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::process::Command;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Address of the host that the hub runs on.
pub(crate) const HUB_HOST: &str = "10.77.0.1";
const CLIENT_HOST: &str = "10.77.0.2";

/// Two hosts on a cable. Needs root, as every test of a network of one's own does.
pub(crate) struct Lan {
    hub: String,
    client: String,
}

impl Lan {
    /// Lays the cable.
    pub(crate) fn new() -> Self {
        let id = std::process::id();
        let lan = Self {
            hub: format!("uh{id}"),
            client: format!("uc{id}"),
        };
        let Self { hub, client } = &lan;
        ip(&format!("netns add {hub}"));
        ip(&format!("netns add {client}"));
        ip(&format!("-n {hub} link set lo up"));
        ip(&format!(
            "link add {hub} netns {hub} type veth peer name {client} netns {client}"
        ));
        for (host, address) in [(hub, HUB_HOST), (client, CLIENT_HOST)] {
            ip(&format!("-n {host} addr add {address}/24 dev {host}"));
            ip(&format!("-n {host} link set {host} up"));
        }
        lan
    }

    /// A command that runs on the hub's host.
    pub(crate) fn on_hub_host(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.hub, program]);
        command
    }

    /// A connection from the client's host.
    pub(crate) fn connect_from_client(&self, to: SocketAddr) -> tokio::net::TcpStream {
        connect_from(&self.client, to)
    }

    /// A connection from the hub's host to itself.
    pub(crate) fn connect_from_hub(&self, to: SocketAddr) -> tokio::net::TcpStream {
        connect_from(&self.hub, to)
    }

    /// From now on nothing that the client sends reaches the hub, and no error tells anybody.
    pub(crate) fn silence_client(&self) {
        ip(&format!(
            "-n {} route add blackhole {HUB_HOST}/32",
            self.client
        ));
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for host in [&self.hub, &self.client] {
            let _ = Command::new("ip").args(["netns", "del", host]).status();
        }
    }
}

/// A socket keeps the network that it was made in, so only its maker has to be there.
fn connect_from(host: &str, to: SocketAddr) -> tokio::net::TcpStream {
    let path = format!("/run/netns/{host}");
    let made = std::thread::spawn(move || {
        let network = File::open(path).expect("the namespace");
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).expect("root");
        TcpStream::connect(to).expect("connected")
    });
    let stream = made.join().expect("a socket");
    stream.set_nonblocking(true).expect("set");
    tokio::net::TcpStream::from_std(stream).expect("registered")
}

fn ip(arguments: &str) {
    let status = Command::new("ip")
        .args(arguments.split(' '))
        .status()
        .expect("iproute2 is there");
    assert!(
        status.success(),
        "ip {arguments}: root is needed for networks of one's own"
    );
}

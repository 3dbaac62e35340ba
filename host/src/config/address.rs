//! Addresses to listen on and networks to trust.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::reader::Reader;
use super::setting::Value;

/// The address at `path`. With `dev` only loopback will do: anyone may publish there.
pub fn listen(reader: &mut Reader<'_>, path: &str, default: &str, dev: bool) -> SocketAddr {
    let default = default
        .parse()
        .unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)));
    let hint = "write an IP address and a port, as \"0.0.0.0:3000\" or \"[::1]:3000\"";
    let address = reader
        .parsed(path, hint, |text| {
            text.parse::<SocketAddr>()
                .map_err(|_| format!("\"{text}\" is no address to listen on"))
        })
        .unwrap_or(default);
    if dev && !address.ip().is_loopback() {
        reader.fault(
            path,
            format!(
                "--dev listens on loopback only, and {} is not",
                address.ip()
            ),
            format!(
                "use 127.0.0.1:{}, or leave out --dev and configure a key",
                address.port()
            ),
        );
    }
    address
}

/// The networks listed at `path`: each an address, or an address and a prefix length.
pub fn networks(reader: &mut Reader<'_>, path: &str) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for setting in reader.list(path).unwrap_or_default() {
        let Value::Text(text) = &setting.value else {
            let what = format!("a text is needed, not {}", setting.value.kind());
            reader.fault_at(setting.place.clone(), path, what, "quote it");
            continue;
        };
        match text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        {
            Ok(network) => networks.push(network),
            Err(_) => reader.fault_at(
                setting.place.clone(),
                path,
                format!("\"{text}\" is no network"),
                "write it as \"10.0.0.0/8\" or \"10.1.2.3\"",
            ),
        }
    }
    networks
}

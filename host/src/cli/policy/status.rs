//! `umbel policy status`: what decides.

use std::io::{Write, stdout};

use clap::Args;
use http::Method;
use serde_json::Value;

use super::hub::{Hub, Tenant};
use super::words::printable;

/// Whose components are told of.
#[derive(Args)]
pub(super) struct Status {
    #[command(flatten)]
    tenant: Tenant,
    /// All that the hub answers, as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: Hub,
}

impl Status {
    /// Prints it.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let target = self.tenant.path("");
        let answer = self.hub.client()?.ask(Method::GET, &target, None).await?;
        let text = match self.json {
            true => serde_json::to_string_pretty(&answer)?,
            false => text(&answer),
        };
        Ok(writeln!(stdout(), "{text}")?)
    }
}

/// One line for each part, and one for what a rollback brings back.
fn text(tenant: &Value) -> String {
    let mut lines = vec![format!(
        "tenant {}: {} subscribers, next event {}",
        word(&tenant["name"]),
        tenant["subscribers"],
        tenant["log"]["offset"]
    )];
    for part in ["policy", "filter"] {
        lines.push(format!("{part}: {}", component(&tenant[part])));
        let previous = &tenant[format!("previous-{part}")];
        if !previous.is_null() {
            lines.push(format!("  rollback: {}", component(previous)));
        }
    }
    lines.join("\n")
}

fn component(component: &Value) -> String {
    if component.is_null() {
        return "none".to_owned();
    }
    let mut text = word(&component["source"]);
    for field in ["name", "version", "digest"] {
        let said = word(&component[field]);
        if !said.is_empty() {
            text += &format!(" {said}");
        }
    }
    let origin = word(&component["deployed"]["origin"]);
    if !origin.is_empty() {
        text += &format!(" from {origin}");
    }
    if let Some(at_ms) = component["deployed"]["at-ms"].as_u64() {
        let by = word(&component["deployed"]["by"]);
        text += &format!(" (by {by} at Unix time {})", at_ms / 1000);
    }
    text
}

fn word(value: &Value) -> String {
    printable(value.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::text;

    #[test]
    fn what_decides_is_told_in_lines() {
        let tenant = json!({
            "name": "news", "subscribers": 3, "log": { "offset": 7 },
            "policy": {
                "source": "deployed", "digest": "ab", "name": "mine\u{1b}[2J", "version": "1",
                "deployed": { "at-ms": 5999, "by": "127.0.0.1, no token", "origin": "oci://r/a" }
            },
            "previous-policy": { "source": "configured" },
            "filter": null, "previous-filter": null,
        });
        assert_eq!(
            text(&tenant),
            "tenant news: 3 subscribers, next event 7\n\
             policy: deployed mine[2J 1 ab from oci://r/a (by 127.0.0.1, no token at Unix time 5)\n  \
             rollback: configured\nfilter: none"
        );
    }
}

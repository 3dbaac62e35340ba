//! Reports are whole, and nothing in them is markup that came from outside.

use super::page;
use crate::bench::outcome::sample::outcome;

/// Elements without an end tag.
const VOID: [&str; 2] = ["!DOCTYPE", "meta"];

/// Panics where a tag is not closed by its own.
fn assert_well_formed(html: &str) {
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "a bare > in {text}");
        let name = tag.split([' ', '/']).find(|part| !part.is_empty());
        let name = name.expect("a tag has a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn a_report_is_well_formed_and_escaped() {
    let html = page(&outcome("10"), "umbel bench --hub 'http://<script>\"&x'");
    assert_well_formed(&html);
    assert!(html.contains("&lt;script&gt;&quot;&amp;x"), "{html}");
    assert!(html.contains("<title>umbel bench: http://&lt;hub&gt;/"));
    assert_eq!(html.matches("<svg").count(), 3);
    assert_eq!(html.matches("<table>").count(), 3);
}

#[test]
fn a_report_needs_nothing_else() {
    let html = page(&outcome("0"), "umbel bench");
    for word in [
        "<script", "<link", "<img", "src=", "href=", "url(", "@import",
    ] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.contains("prefers-color-scheme: dark"));
}

#[test]
fn a_report_says_what_went_wrong_and_how_it_was_measured() {
    let mut outcome = outcome("0");
    assert!(!page(&outcome, "").contains("Failed"));
    assert!(page(&outcome, "").contains("Open loop"));
    outcome.fast.lost = 1;
    outcome.settings.window = Some(1);
    outcome.timeline.clear();
    outcome.percentiles.clear();
    let html = page(&outcome, "");
    assert_well_formed(&html);
    assert!(html.contains("<strong>Failed</strong>: of 0 deliveries to fast subscribers: 1 lost"));
    assert!(html.contains("Closed loop"));
}

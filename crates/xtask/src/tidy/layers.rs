//! Which package may depend on which.

use super::finding::Finding;
use super::package::{Dependency, Package};

/// Every package of the workspace with its level; an arrow points to a lower level.
const LEVELS: [(&str, u8); 11] = [
    ("umbel-event", 0),
    ("umbel-selector", 0),
    ("umbel-routing", 0),
    ("umbel-sse", 0),
    ("umbel-guest-build", 0),
    ("xtask", 0),
    ("umbel-eventlog", 1),
    ("umbel-engine", 1),
    ("umbel-hub", 2),
    ("umbel-embed-axum", 2),
    ("umbel", 3),
];

/// Packages that only test the others stand above all of them.
const TESTS_DIR: &str = "tests";
const TESTS_LEVEL: u8 = 4;

/// Arrows within a level.
const WITHIN_LEVEL: [(&str, &str); 5] = [
    ("umbel-selector", "umbel-event"),
    ("umbel-routing", "umbel-event"),
    ("umbel-routing", "umbel-selector"),
    ("umbel-sse", "umbel-event"),
    ("xtask", "umbel-guest-build"),
];

/// Two that meet in `umbel-routing` alone.
const STRANGERS: [(&str, &str); 1] = [("umbel-hub", "umbel-engine")];

/// Libraries that one package alone may name, so that they can be changed in one place.
const OWNED: [(&str, &str); 2] = [("wasmtime", "umbel-engine"), ("warp", "umbel")];

/// Libraries that do IO, read a clock or draw lots: nothing for the pure level.
const IMPURE: [&str; 14] = [
    "axum",
    "chrono",
    "fastrand",
    "futures",
    "getrandom",
    "http",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "socket2",
    "tokio",
    "tracing",
    "uuid",
];

/// Every arrow that may not be.
pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let Some(level) = level(package) else {
        let mend = format!("give `{}` a level in xtask's layers.rs", package.name);
        return vec![Finding::new(
            &package.manifest,
            1,
            "every package has a level",
            mend,
        )];
    };
    let broken = |dependency: &Dependency| {
        let (rule, mend) = arrow(package, level, dependency)
            .or_else(|| owner(package, dependency))
            .or_else(|| impurity(level, dependency))?;
        Some(Finding::new(&package.manifest, dependency.line, rule, mend))
    };
    package.dependencies.iter().filter_map(broken).collect()
}

fn level(package: &Package) -> Option<u8> {
    if package.manifest.starts_with(TESTS_DIR) {
        return Some(TESTS_LEVEL);
    }
    level_of(&package.name)
}

fn level_of(name: &str) -> Option<u8> {
    LEVELS
        .iter()
        .find(|(package, _)| *package == name)
        .map(|(_, level)| *level)
}

/// A rule and how to mend its breach.
type Breach = (&'static str, String);

fn arrow(package: &Package, level: u8, to: &Dependency) -> Option<Breach> {
    let arrow = (package.name.as_str(), to.name.as_str());
    // A package may name itself to switch on its own features for its tests.
    let lower = level_of(&to.name)? < level || arrow.0 == arrow.1;
    if STRANGERS.contains(&arrow) {
        return Some((
            "the hub and the engine do not know each other",
            "let them meet in `umbel_routing::Dispatcher`".into(),
        ));
    }
    (!lower && !WITHIN_LEVEL.contains(&arrow)).then(|| {
        let mend = format!(
            "move what `{}` needs of `{}` to a lower level",
            arrow.0, arrow.1
        );
        ("a package depends on lower levels alone", mend)
    })
}

fn owner(package: &Package, to: &Dependency) -> Option<Breach> {
    let (library, owner) = OWNED
        .iter()
        .find(|(library, _)| is_or_extends(&to.name, library))?;
    (package.name != *owner).then(|| {
        (
            "one package alone names this library",
            format!("reach `{library}` through `{owner}`"),
        )
    })
}

fn impurity(level: u8, to: &Dependency) -> Option<Breach> {
    let impure = level == 0 && !to.for_tests && IMPURE.iter().any(|l| is_or_extends(&to.name, l));
    impure.then(|| {
        let mend = format!(
            "pass in what `{}` would find out, or move up a level",
            to.name
        );
        ("level 0 is pure: no IO, no clock, no randomness", mend)
    })
}

/// `tokio` and `tokio-util`, but not `httparse`.
fn is_or_extends(name: &str, library: &str) -> bool {
    name.strip_prefix(library)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::package::{Dependency, Package};

    fn package(name: &str, manifest: &str, dependencies: &[&str]) -> Package {
        let dependency = |(line, name): (usize, &&str)| Dependency {
            name: (*name).into(),
            for_tests: false,
            line: line + 1,
        };
        Package {
            name: name.into(),
            manifest: manifest.into(),
            dependencies: dependencies.iter().enumerate().map(dependency).collect(),
        }
    }

    fn broken(name: &str, dependencies: &[&str]) -> Vec<usize> {
        let findings = check(&[package(name, "crates/it/Cargo.toml", dependencies)]);
        findings.iter().map(|finding| finding.place().1).collect()
    }

    #[test]
    fn an_arrow_points_to_a_lower_level() {
        assert_eq!(
            broken("umbel", &["umbel-hub", "umbel-engine", "umbel-event"]),
            [0; 0]
        );
        assert_eq!(
            broken(
                "umbel-eventlog",
                &["umbel-event", "umbel-hub", "umbel-engine"]
            ),
            [2, 3]
        );
        assert_eq!(broken("xtask", &["anyhow", "umbel-event"]), [2]);
    }

    #[test]
    fn within_the_lowest_level_only_the_named_arrows_stand() {
        assert_eq!(
            broken("umbel-routing", &["umbel-event", "umbel-selector"]),
            [0; 0]
        );
        assert_eq!(
            broken("umbel-selector", &["umbel-routing", "umbel-sse"]),
            [1, 2]
        );
    }

    #[test]
    fn the_hub_does_not_know_the_engine() {
        assert_eq!(broken("umbel-hub", &["umbel-engine"]), [1]);
        assert_eq!(broken("umbel-engine", &["umbel-hub"]), [1]);
    }

    #[test]
    fn an_owned_library_is_named_by_its_owner_alone() {
        assert_eq!(broken("umbel-engine", &["wasmtime", "warp"]), [2]);
        assert_eq!(
            broken("umbel", &["warp", "wasmtime", "wasmtime-wasi"]),
            [2, 3]
        );
    }

    #[test]
    fn the_lowest_level_is_pure_but_its_tests_need_not_be() {
        assert_eq!(
            broken("umbel-sse", &["bytes", "tokio-util", "rand", "httparse"]),
            [2, 3]
        );
        let mut sse = package("umbel-sse", "crates/sse/Cargo.toml", &["rand"]);
        sse.dependencies[0].for_tests = true;
        assert_eq!(check(&[sse]), []);
    }

    #[test]
    fn a_package_without_a_level_is_found_unless_it_only_tests() {
        assert_eq!(broken("umbel-extra", &[]), [1]);
        assert_eq!(
            check(&[package("umbel-e2e", "tests/e2e/Cargo.toml", &["umbel"])]),
            []
        );
    }
}

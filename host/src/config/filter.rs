//! `[filter]`: who looks at what is published, and at what each subscriber sees.

use std::path::PathBuf;

use super::files::FileStamp;
use super::reader::Reader;
use super::{Allowance, words};

/// What stands for no filter, so that a tenant can do without that of the top of the file.
const NONE: &str = "none";

/// The filter of a tenant, and what it may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterConfig {
    /// The component's file.
    pub component: PathBuf,
    /// The state that it was in: another one holds another component.
    stamp: FileStamp,
    /// What it is told when it is configured.
    pub config: String,
    /// What it may use. What it fails on goes by `on_failure` for admission; views always fail closed.
    pub allowance: Allowance,
}

impl FilterConfig {
    /// Whether both name the same component with the same words, whatever it may use.
    pub fn names_same(&self, other: &Self) -> bool {
        let allowance = other.allowance.clone();
        *other
            == Self {
                allowance,
                ..self.clone()
            }
    }

    /// Reads the section; what it does not say is as in `base`. The words of a filter belong to it:
    /// where another one is named, those of `base` do not go with it. None where there is no filter.
    pub(super) fn read(reader: &mut Reader<'_>, base: Option<&Self>) -> Option<Self> {
        let words = words::read(reader, "filter");
        let allowance = base.map(|base| base.allowance.clone()).unwrap_or_default();
        let allowance = Allowance::read(reader, "filter", &allowance);
        let named = match reader.text("filter.component") {
            Some(NONE) => return None,
            Some(_) => reader.file("filter.component"),
            None => None,
        };
        let Some((component, stamp)) = named else {
            let Some(base) = base else {
                missing(reader);
                return None;
            };
            return Some(Self {
                component: base.component.clone(),
                stamp: base.stamp,
                config: words.unwrap_or_else(|| base.config.clone()),
                allowance,
            });
        };
        Some(Self {
            component,
            stamp,
            config: words.unwrap_or_default(),
            allowance,
        })
    }
}

/// Whatever else is said of a filter is of no use without one.
fn missing(reader: &mut Reader<'_>) {
    let said = reader.get("filter").is_some() && reader.get("filter.component").is_none();
    if said {
        reader.fault(
            "filter.component",
            "missing",
            "name the file of a component, or \"none\"",
        );
    }
}

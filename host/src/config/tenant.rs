//! `[[tenant]]`: a closed world, and what is decided about it.

use umbel_hub::{ComponentsConfig, OnFailure, StreamConfig, TenantConfig};

use super::reader::Reader;
use super::taken::Taken;
use super::{
    Fault, FilterConfig, HostName, LimitsConfig, LogConfig, MailboxConfig, MercureConfig, Place,
    PolicyConfig, PolicySource, TenantName, stream,
};

/// Everything that is decided about one tenant; nothing of it is left to look up elsewhere.
#[derive(Clone, Debug)]
pub struct TenantSettings {
    /// What it is called.
    pub name: TenantName,
    /// Hosts whose requests are its own, whatever their path.
    pub hosts: Vec<HostName>,
    /// Bounds on what its clients may do.
    pub limits: LimitsConfig,
    /// How its streams live.
    pub stream: StreamConfig,
    /// Ceilings and defaults of its mailboxes.
    pub mailbox: MailboxConfig,
    /// What is retained.
    pub log: LogConfig,
    /// The protocol, and who may speak it.
    pub mercure: MercureConfig,
    /// Who decides.
    pub policy: PolicyConfig,
    /// Who looks at what is published and what is seen.
    pub filter: Option<FilterConfig>,
    policy_origin: Origin,
    filter_origin: Origin,
}

/// Where a setting was written, for what turns out to be wrong with it only when it is used.
#[derive(Clone, Debug)]
struct Origin {
    place: Place,
    key: String,
}

const DEPLOYED_HINT: &str =
    "choose limits that it keeps to, or take the deployed one back: it is not the configuration's";

impl TenantSettings {
    /// What turned out to be wrong with the policy when it was loaded or given its configuration.
    pub fn policy_fault(&self, what: &str) -> Fault {
        let hint = match self.policy.source {
            PolicySource::File(_) => {
                "name a policy component, or leave it out for the built-in one"
            }
            PolicySource::Builtin | PolicySource::Native => {
                "the built-in policy is configured with [mailbox] and policy.config"
            }
        };
        self.fault(&self.policy_origin, what, hint)
    }

    /// What turned out to be wrong with the filter when it was loaded or given its configuration.
    pub fn filter_fault(&self, what: &str) -> Fault {
        self.fault(
            &self.filter_origin,
            what,
            "name a filter component, or \"none\"",
        )
    }

    /// Why what was deployed cannot come under the limits that are configured.
    pub fn deployed_policy_fault(&self, what: &str) -> Fault {
        self.fault(&self.policy_origin, what, DEPLOYED_HINT)
    }

    /// The same of a filter.
    pub fn deployed_filter_fault(&self, what: &str) -> Fault {
        self.fault(&self.filter_origin, what, DEPLOYED_HINT)
    }

    /// What the hub needs of it.
    pub fn hub(&self) -> TenantConfig {
        let policy = &self.policy.allowance;
        let filter = self.filter.as_ref().map(|filter| &filter.allowance);
        TenantConfig {
            stream: self.stream.clone(),
            mailbox: self.mailbox.hub(),
            limits: self.limits.hub(),
            components: ComponentsConfig {
                deadline: policy.deadline,
                share_percent: policy.share_percent.into(),
                policy_on_failure: policy.on_failure,
                filter_on_failure: filter.map_or(OnFailure::Closed, |filter| filter.on_failure),
            },
        }
    }

    fn fault(&self, origin: &Origin, what: &str, hint: &str) -> Fault {
        let what = match self.name.is_default() {
            true => what.to_owned(),
            false => format!("tenant \"{}\": {what}", self.name),
        };
        Fault {
            place: origin.place.clone(),
            key: origin.key.clone(),
            what,
            hint: hint.to_owned(),
        }
    }

    /// Reads all tenants; the first is the one that the top of the file describes.
    pub(super) fn read_all(reader: &mut Reader<'_>, dev: bool) -> Vec<Self> {
        let mut taken = Taken::default();
        let top = Self::read_top(reader, dev);
        taken.keys(reader, &top.name, &top.mercure.issuers);
        let below = reader.each("tenant", |reader| {
            Self::read_below(reader, &top, &mut taken, dev)
        });
        std::iter::once(top).chain(below).collect()
    }

    fn read_top(reader: &mut Reader<'_>, dev: bool) -> Self {
        let (name, mailbox) = (TenantName::default_tenant(), MailboxConfig::default());
        let mailbox = MailboxConfig::read(reader, &mailbox);
        Self {
            hosts: Vec::new(),
            limits: LimitsConfig::read(reader),
            stream: stream::read(reader, &StreamConfig::default()),
            mailbox,
            log: LogConfig::read(reader, &LogConfig::default()),
            mercure: MercureConfig::read(reader, dev),
            policy: PolicyConfig::read(reader, &PolicyConfig::default(), &mailbox),
            filter: FilterConfig::read(reader, None),
            policy_origin: Origin::of(reader, "policy", None),
            filter_origin: Origin::of(reader, "filter", None),
            name,
        }
    }

    /// One below the top: what it does not say is as there, its keys aside.
    fn read_below(
        reader: &mut Reader<'_>,
        top: &Self,
        taken: &mut Taken,
        dev: bool,
    ) -> Option<Self> {
        // Also without a name: what else is wrong is to be found in the same go.
        let known = name(reader);
        let name = known.clone().unwrap_or_else(TenantName::default_tenant);
        let mailbox = MailboxConfig::read(reader, &top.mailbox);
        let settings = Self {
            hosts: hosts(reader),
            limits: LimitsConfig::read_below(reader, &top.limits),
            stream: stream::read(reader, &top.stream),
            mailbox,
            log: LogConfig::read(reader, &top.log),
            mercure: MercureConfig::read_below(reader, &top.mercure, dev),
            policy: PolicyConfig::read(reader, &top.policy, &mailbox),
            filter: FilterConfig::read(reader, top.filter.as_ref()),
            policy_origin: Origin::of(reader, "policy", Some(&top.policy_origin)),
            filter_origin: Origin::of(reader, "filter", Some(&top.filter_origin)),
            name,
        };
        let name = known?;
        taken.hosts(reader, &name, &settings.hosts);
        taken.keys(reader, &name, &settings.mercure.issuers);
        taken.name(reader, &name).then_some(settings)
    }
}

fn name(reader: &mut Reader<'_>) -> Option<TenantName> {
    let hint =
        "write 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\", beginning with a letter or a digit";
    if reader.get("name").is_none() {
        reader.fault("name", "missing", hint);
    }
    let name = reader.parsed("name", hint, TenantName::parse)?;
    if name.is_default() {
        reader.fault(
            "name",
            "the tenant \"default\" is the one that the top of the file describes",
            "write its settings there, or choose another name",
        );
        return None;
    }
    Some(name)
}

fn hosts(reader: &mut Reader<'_>) -> Vec<HostName> {
    let hint = "write the name alone, as \"news.example.com\", without scheme, port or path";
    let is_host = |text: &str| HostName::parse(text).is_ok();
    let texts = reader.texts("hosts", hint, is_host).unwrap_or_default();
    texts
        .iter()
        .filter_map(|text| HostName::parse(text).ok())
        .collect()
}

impl Origin {
    /// Where the component of `section` is named, or given its words; where neither is, as `base`.
    fn of(reader: &Reader<'_>, section: &str, base: Option<&Self>) -> Self {
        let keys = ["component", "config"].map(|name| format!("{section}.{name}"));
        match (keys.iter().find(|key| reader.get(key).is_some()), base) {
            (None, Some(base)) => base.clone(),
            (said, _) => Self {
                place: reader.place(said.unwrap_or(&keys[0])),
                key: reader.key(&keys[0]),
            },
        }
    }
}

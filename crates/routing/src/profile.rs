//! What a policy says of itself.

/// What a policy says of itself when it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it wants to be given.
    pub wants: Wants,
    /// Matching languages of its own, offered to subscribers as `match_<name>`.
    pub matchers: Vec<String>,
}

/// What a policy wants to be given beyond what every policy gets; the rest is not copied to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Event ids.
    pub id: bool,
    /// Payloads.
    pub payload: bool,
    /// The claims of subscribers.
    pub claims: bool,
    /// Attributes of events and subscribers.
    pub attributes: bool,
}

impl Wants {
    /// Their names in the contract, in the order of the fields.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let Self {
            id,
            payload,
            claims,
            attributes,
        } = self;
        let all = [
            (id, "id"),
            (payload, "payload"),
            (claims, "claims"),
            (attributes, "attributes"),
        ];
        all.into_iter()
            .filter_map(|(wanted, name)| wanted.then_some(name))
    }
}

//! What a token may be used for.

/// What a token is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Publishing events.
    Publish,
    /// Receiving private events.
    Subscribe,
}

/// What an issuer's tokens may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    publish: bool,
    subscribe: bool,
}

impl Role {
    /// The name in configuration and claims.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Subscribe => "subscribe",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Publish, Self::Subscribe]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

impl Roles {
    /// Nothing.
    pub const NONE: Self = Self {
        publish: false,
        subscribe: false,
    };

    /// Both.
    pub const ALL: Self = Self {
        publish: true,
        subscribe: true,
    };

    /// These and `role`.
    pub const fn with(mut self, role: Role) -> Self {
        match role {
            Role::Publish => self.publish = true,
            Role::Subscribe => self.subscribe = true,
        }
        self
    }

    /// Whether `role` is among them.
    pub const fn include(self, role: Role) -> bool {
        match role {
            Role::Publish => self.publish,
            Role::Subscribe => self.subscribe,
        }
    }
}

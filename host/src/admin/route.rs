//! Which request asks for what.

use http::Method;
use umbel_engine::ComponentKind::{self, Filter, Policy};

use super::admin_error::AdminError;

/// What an operator can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Metrics,
    Status,
    OpenApi,
    Tenants,
    Tenant,
    Deploy(ComponentKind),
    TakeBack(ComponentKind),
    RollBack(ComponentKind),
    BeginShadow,
    Shadow,
    EndShadow,
    Record,
    Subscribers,
    EndSubscriber,
    Drain,
}

/// One method at one path; `{t}` stands for a tenant, `{id}` for a subscriber.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) action: Action,
}

/// What a request asks for, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) action: Action,
    /// The tenant; empty where none is in the path.
    pub(super) tenant: &'a str,
    /// The subscriber; likewise.
    pub(super) id: &'a str,
}

const fn route(method: Method, path: &'static str, action: Action) -> Route {
    Route {
        method,
        path,
        action,
    }
}

/// All that there is, `/healthz` and `/readyz` aside, which clients reach as well.
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/metrics", Action::Metrics),
    route(Method::GET, "/v1/status", Action::Status),
    route(Method::GET, "/v1/openapi.json", Action::OpenApi),
    route(Method::GET, "/v1/tenants", Action::Tenants),
    route(Method::GET, "/v1/tenants/{t}", Action::Tenant),
    route(
        Method::PUT,
        "/v1/tenants/{t}/policy",
        Action::Deploy(Policy),
    ),
    route(
        Method::DELETE,
        "/v1/tenants/{t}/policy",
        Action::TakeBack(Policy),
    ),
    route(
        Method::POST,
        "/v1/tenants/{t}/policy/rollback",
        Action::RollBack(Policy),
    ),
    route(
        Method::PUT,
        "/v1/tenants/{t}/filter",
        Action::Deploy(Filter),
    ),
    route(
        Method::DELETE,
        "/v1/tenants/{t}/filter",
        Action::TakeBack(Filter),
    ),
    route(
        Method::POST,
        "/v1/tenants/{t}/filter/rollback",
        Action::RollBack(Filter),
    ),
    route(Method::PUT, "/v1/tenants/{t}/shadow", Action::BeginShadow),
    route(Method::GET, "/v1/tenants/{t}/shadow", Action::Shadow),
    route(Method::DELETE, "/v1/tenants/{t}/shadow", Action::EndShadow),
    route(Method::GET, "/v1/tenants/{t}/trace", Action::Record),
    route(
        Method::GET,
        "/v1/tenants/{t}/subscribers",
        Action::Subscribers,
    ),
    route(
        Method::DELETE,
        "/v1/tenants/{t}/subscribers/{id}",
        Action::EndSubscriber,
    ),
    route(Method::POST, "/v1/drain", Action::Drain),
];

impl Action {
    /// Whether only who has the token may ask.
    pub(super) const fn needs_token(self) -> bool {
        !matches!(self, Self::Metrics)
    }

    /// What it changes or gives away, as the audit log calls it; none where it does neither.
    pub(super) const fn deed(self) -> Option<&'static str> {
        Some(match self {
            Self::Deploy(Policy) => "deploy policy",
            Self::Deploy(Filter) => "deploy filter",
            Self::TakeBack(Policy) => "take policy back",
            Self::TakeBack(Filter) => "take filter back",
            Self::RollBack(Policy) => "roll policy back",
            Self::RollBack(Filter) => "roll filter back",
            Self::BeginShadow => "begin shadow",
            Self::EndShadow => "end shadow",
            Self::Record => "record trace",
            Self::EndSubscriber => "end subscriber",
            Self::Drain => "drain",
            Self::Metrics
            | Self::Status
            | Self::OpenApi
            | Self::Tenants
            | Self::Tenant
            | Self::Shadow
            | Self::Subscribers => return None,
        })
    }
}

impl<'a> Found<'a> {
    /// What `method` at `path` asks for.
    ///
    /// # Errors
    /// Where there is nothing at `path`, or it takes other methods.
    pub(super) fn of(method: &Method, path: &'a str) -> Result<Self, AdminError> {
        let mut allow = Vec::new();
        for route in ROUTES {
            let Some((tenant, id)) = captured(route.path, path) else {
                continue;
            };
            if route.method == *method {
                return Ok(Self {
                    action: route.action,
                    tenant,
                    id,
                });
            }
            allow.push(route.method.as_str());
        }
        match allow.is_empty() {
            true => Err(AdminError::NotFound),
            false => Err(AdminError::Method {
                allow: allow.join(", "),
            }),
        }
    }
}

/// The tenant and the subscriber that `path` names, where it is of the form `pattern`.
fn captured<'a>(pattern: &str, path: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut tenant, mut id) = ("", "");
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        match wanted {
            "{t}" => tenant = part,
            "{id}" => id = part,
            _ if wanted == part => continue,
            _ => return None,
        }
        if part.is_empty() {
            return None;
        }
    }
    parts.next().is_none().then_some((tenant, id))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use umbel_engine::ComponentKind::Policy;

    use super::{Action, AdminError, Found};

    #[test]
    fn a_path_has_as_many_parts_as_its_route() {
        let found = |path| Found::of(&Method::PUT, path).map(|f| (f.action, f.tenant));
        assert_eq!(
            found("/v1/tenants/news/policy").unwrap(),
            (Action::Deploy(Policy), "news")
        );
        for path in [
            "",
            "/",
            "/v1/tenants//policy",
            "/v1/tenants/news/policy/",
            "/v1/tenants/news/policy/x",
            "/v1/tenants/a/b/policy",
            "//v1/tenants/news/policy",
        ] {
            assert!(matches!(found(path), Err(AdminError::NotFound)), "{path}");
        }
    }

    #[test]
    fn a_path_says_which_methods_it_takes() {
        let error = Found::of(&Method::GET, "/v1/tenants/news/policy").unwrap_err();
        assert!(matches!(error, AdminError::Method { allow } if allow == "PUT, DELETE"));
    }
}

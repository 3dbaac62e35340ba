//! The process environment, as far as the configuration looks at it.

/// Where environment variables come from, so that reading them is tested without setting any.
pub trait Environment {
    /// Every variable, in no particular order.
    fn variables(&self) -> Vec<(String, String)>;
}

/// The environment of this process. What is not UTF-8 is read with replacement characters.
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn variables(&self) -> Vec<(String, String)> {
        std::env::vars_os()
            .map(|(name, value)| {
                (
                    name.to_string_lossy().into_owned(),
                    value.to_string_lossy().into_owned(),
                )
            })
            .collect()
    }
}

impl Environment for &[(&str, &str)] {
    fn variables(&self) -> Vec<(String, String)> {
        self.iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

//! From a core module to a component.

use wit_component::ComponentEncoder;

/// The module is none that can be wrapped.
#[derive(Debug, thiserror::Error)]
#[error("the module cannot be wrapped as a component: {0}. Does it export a policy or a filter?")]
pub struct WrapError(String);

/// Wraps `core`, a module that carries its contract in a custom section, as a component.
///
/// # Errors
/// Where it is no such module, or does not export what its contract says.
pub fn wrap(core: &[u8]) -> Result<Vec<u8>, WrapError> {
    ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|why| WrapError(format!("{why:#}")))
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn what_is_no_module_is_not_wrapped() {
        let error = wrap(b"not wasm at all").unwrap_err().to_string();
        assert!(error.starts_with("the module cannot be wrapped"), "{error}");
    }
}

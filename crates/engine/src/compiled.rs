//! Machine code, and the one place that takes it for what it says it is.

use wasmtime::component::Component;

/// Machine code of one component. Only this crate makes any.
pub struct Compiled(Vec<u8>);

impl Compiled {
    /// Takes `code` for what a [`crate::Compiler`] answered. The caller vouches for it: see
    /// [`Compiled::load`].
    pub(crate) const fn trusted(code: Vec<u8>) -> Self {
        Self(code)
    }

    /// The code, to be kept.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The component that it is the code of.
    ///
    /// # Errors
    /// Where an engine made it that is set up otherwise, or of another version, and where the pool of
    /// this one has no room for such a component.
    #[expect(
        unsafe_code,
        reason = "machine code is taken for what it is; who may make it is said here"
    )]
    pub(crate) fn load(&self, engine: &wasmtime::Engine) -> wasmtime::Result<Component> {
        // SAFETY: `deserialize` needs bytes that `precompile_component` of the same wasmtime made, since it
        // checks no more than that version and settings fit. A `Compiled` is made in three places:
        // - `InProcess` takes what `precompile_component` of this process answers.
        // - `ChildProcess` takes what a program answers that its caller vouches for: this program itself, run
        //   with other arguments, or one of the same build. It answers with `precompile_component` of the same
        //   code. The component that is compiled there is hostile; that wasmtime's compiler makes code of
        //   wasmtime's kind from any component is assumed here as it is for compiling in this process.
        // - `CodeCache` takes files alone whose HMAC says that they were written by someone who knows a key
        //   that only this user can read: by a process of this hub, from one of the other two.
        // No operator, request or component can hand in bytes: `LoadError::Precompiled` is the answer to those.
        unsafe { Component::deserialize(engine, &self.0) }
    }
}

//! Keeps compiled code on the disk, and takes back nothing but what this hub has written.

mod entry;
mod folder;
mod key;
mod private_file;

use std::path::Path;

use entry::Entry;
use folder::Folder;
use key::Key;

use crate::{CompileError, Compiled, Compiler, Engine};

/// A compiler that remembers, across restarts. Code is kept in `compiled` in the hub's state folder, one
/// file for each component and way to compile it, and is authenticated with the key in `compiled.key`
/// beside it: whoever can write to the folder but not read the key can make the hub compile once more, no
/// worse.
///
/// What cannot be kept is compiled each time, and told in the log.
pub struct CodeCache<C> {
    compiler: C,
    /// Stands for all that decides what code looks like.
    engine: [u8; 32],
    store: Option<Store>,
}

struct Store {
    folder: Folder,
    key: Key,
}

impl<C> CodeCache<C> {
    /// What `compiler` compiles for `engine` is kept under `state`, a folder that the hub has to itself.
    /// What is missing there is made.
    pub fn open(state: &Path, engine: &Engine, compiler: C) -> Self {
        let store = Store::open(state)
            .inspect_err(|error| {
                let state = state.display();
                tracing::warn!(%state, %error, "compiled code cannot be kept");
            })
            .ok();
        Self {
            compiler,
            engine: engine.code_hash(),
            store,
        }
    }
}

impl Store {
    fn open(state: &Path) -> std::io::Result<Self> {
        let folder = Folder::open(&state.join("compiled"))?;
        let key = Key::open(&state.join("compiled.key"))?;
        Ok(Self { folder, key })
    }

    /// The code that was kept as `entry`.
    fn take(&self, entry: &Entry) -> Option<Compiled> {
        let kept = self.folder.read(&entry.name())?;
        let code = entry.open(&self.key, kept);
        if code.is_none() {
            let file = entry.name();
            tracing::warn!(
                file,
                "compiled code was not written by this hub: compiling anew"
            );
        }
        code.map(Compiled::trusted)
    }

    fn keep(&self, entry: &Entry, code: &Compiled) {
        self.folder
            .write(&entry.name(), &entry.seal(&self.key, code.bytes()));
    }
}

impl<C: Compiler> Compiler for CodeCache<C> {
    fn compile(&self, component: &[u8]) -> Result<Compiled, CompileError> {
        let Some(store) = &self.store else {
            return self.compiler.compile(component);
        };
        let entry = Entry::new(component, self.engine);
        if let Some(code) = store.take(&entry) {
            return Ok(code);
        }
        let code = self.compiler.compile(component)?;
        store.keep(&entry, &code);
        Ok(code)
    }
}

//! A compiler for `wasm32-unknown-unknown`, wherever it comes from.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What guests are built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// One page of 64 KiB is plenty for a policy; the default of 1 MiB would be paid by every instance.
const STACK_BYTES: u32 = 64 << 10;

/// Where a compiler keeps the source of the standard library, below its sysroot.
const STD_SOURCE: &str = "lib/rustlib/src/rust";

/// A compiler, and how it comes by a standard library for the target.
pub struct Toolchain {
    rustc: PathBuf,
    sysroot: PathBuf,
    std: Std,
    linker: Option<PathBuf>,
}

/// There is no compiler for the target.
#[derive(Debug, thiserror::Error)]
#[error("no compiler for {TARGET}: {}", Toolchain::hint())]
pub struct ToolchainError;

enum Std {
    Prebuilt,
    /// Built along with the guest, from the source that came with the compiler.
    FromSource,
}

impl Toolchain {
    /// The active compiler or else the system's: first one that has the target, then one that has the
    /// source of the standard library.
    ///
    /// # Errors
    /// Where there is neither.
    pub fn find() -> Result<Self, ToolchainError> {
        let active = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let compilers: Vec<_> = [PathBuf::from(active), PathBuf::from("/usr/bin/rustc")]
            .into_iter()
            .filter_map(|rustc| sysroot(&rustc).map(|sysroot| (rustc, sysroot)))
            .collect();
        let linker = compilers
            .iter()
            .find_map(|(_, sysroot)| bundled_linker(sysroot));
        let (std, (rustc, sysroot)) = match compilers.iter().find(|(_, s)| has_target(s)) {
            Some(found) => (Std::Prebuilt, found),
            None => match compilers.iter().find(|(_, s)| s.join(STD_SOURCE).is_dir()) {
                Some(found) => (Std::FromSource, found),
                None => return Err(ToolchainError),
            },
        };
        Ok(Self {
            rustc: rustc.clone(),
            sysroot: sysroot.clone(),
            std,
            linker,
        })
    }

    /// How to come by one.
    #[must_use]
    pub fn hint() -> String {
        format!(
            "install it with `rustup target add {TARGET}`, or on Debian with \
             `apt-get install --no-install-recommends rustc-web rust-web-src`"
        )
    }

    /// `cargo build` for the target, with this compiler. What a panic says of its place names the folder
    /// `root` as `name`.
    #[must_use]
    pub fn cargo_build(&self, root: &Path, name: &str) -> Command {
        // The cargo that runs this program, where one does.
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut cargo = Command::new(cargo);
        cargo.args(["build", "--target", TARGET]);
        cargo
            .env("RUSTC", &self.rustc)
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags(root, name));
        if let Some(linker) = &self.linker {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        if matches!(self.std, Std::FromSource) {
            // Building std is unstable, but the compiler and the source are of one release.
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC_BOOTSTRAP", "1");
        }
        cargo
    }

    /// The stack, and names for the folders of this machine, which panics would otherwise carry.
    fn flags(&self, root: &Path, name: &str) -> OsString {
        let mut flags = OsString::from(format!("-Clink-arg=-zstack-size={STACK_BYTES}"));
        let mut rename = |folder: &Path, name: &str| {
            flags.push("\u{1f}--remap-path-prefix=");
            flags.push(folder);
            flags.push(format!("={name}"));
        };
        rename(&self.sysroot.join(STD_SOURCE), "/rust");
        registries()
            .iter()
            .for_each(|registry| rename(registry, "/crates"));
        rename(root, name);
        flags
    }
}

/// Where cargo unpacks the packages of each registry.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut folders: Vec<_> = sources
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    folders.sort();
    folders
}

/// Where `rustc` lives, if it runs and is no older than this project needs.
fn sysroot(rustc: &Path) -> Option<PathBuf> {
    let asked = |arg: &[&str]| Command::new(rustc).args(arg).output().ok();
    let version = String::from_utf8(asked(&["--version"])?.stdout).ok()?;
    let sysroot = String::from_utf8(asked(&["--print", "sysroot"])?.stdout).ok()?;
    let new_enough =
        release(&version)? >= release(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION")))?;
    new_enough.then(|| PathBuf::from(sysroot.trim_end()))
}

/// Major and minor number in what `rustc --version` prints.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix("rustc ")?.split(['.', '-', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn has_target(sysroot: &Path) -> bool {
    let libraries = fs::read_dir(sysroot.join("lib/rustlib").join(TARGET).join("lib"));
    libraries.is_ok_and(|mut files| {
        files.any(|file| file.is_ok_and(|f| f.file_name().to_string_lossy().starts_with("libstd-")))
    })
}

/// `rust-lld` stands in the folder of the host's triple, the only one with a `bin`.
fn bundled_linker(sysroot: &Path) -> Option<PathBuf> {
    let triples = fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    let mut linkers = triples.filter_map(|triple| Some(triple.ok()?.path().join("bin/rust-lld")));
    linkers.find(|linker| linker.is_file())
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn a_release_is_read_from_what_rustc_prints() {
        assert_eq!(
            release("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some((1, 95))
        );
        assert_eq!(
            release("rustc 1.97.0-nightly (abc 2026-04-14)"),
            Some((1, 97))
        );
        assert_eq!(release("rustc 1.95"), Some((1, 95)));
        assert_eq!(release("clang 1.95"), None);
    }
}

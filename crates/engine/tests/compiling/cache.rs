//! Compiled code that is kept, and what somebody else might have made of it.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use umbel_engine::{CodeCache, CompileError, Compiled, Compiler, InProcess, Limits};
use umbel_engine::{LoadError, PolicyComponent};

use crate::hostile;
use crate::support::ENGINE;

/// A hub's state folder, and how often something was compiled for it.
struct State {
    folder: TempDir,
    compiled: Arc<AtomicUsize>,
}

struct Counting(Arc<AtomicUsize>);

impl Compiler for Counting {
    fn compile(&self, component: &[u8]) -> Result<Compiled, CompileError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        InProcess::new(&ENGINE).compile(component)
    }
}

impl State {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            compiled: Arc::default(),
        }
    }

    /// Loads `component` as a hub does that has just been started, and answers whether it was
    /// compiled for that.
    fn start(&self, component: &[u8]) -> bool {
        let before = self.compiled.load(Ordering::SeqCst);
        let compiler = Counting(Arc::clone(&self.compiled));
        let cache = CodeCache::open(self.folder.path(), &ENGINE, compiler);
        PolicyComponent::load_with(&ENGINE, &cache, component, &Limits::default()).unwrap();
        self.compiled.load(Ordering::SeqCst) > before
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("compiled.key")
    }

    fn code(&self) -> PathBuf {
        self.folder.path().join("compiled")
    }

    /// The files of compiled code.
    fn entries(&self) -> Vec<PathBuf> {
        fs::read_dir(self.code())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }

    fn only_entry(&self) -> PathBuf {
        let entries = self.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries[0].clone()
    }
}

fn mode(file: &PathBuf) -> u32 {
    fs::symlink_metadata(file).unwrap().mode() & 0o7777
}

fn set_mode(file: &PathBuf, mode: u32) {
    fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_component_is_compiled_once_for_all_starts() {
    let state = State::new();
    let (one, other) = (hostile::guest("polite"), hostile::guest("unknown_handles"));
    assert!(state.start(&one));
    assert!(!state.start(&one));
    assert!(state.start(&other));
    assert!(!state.start(&one));
    assert!(!state.start(&other));
    assert_eq!(state.entries().len(), 2);
}

#[test]
fn what_is_kept_is_for_this_user_alone() {
    let state = State::new();
    state.start(&hostile::guest("polite"));
    assert_eq!(mode(&state.code()), 0o700);
    assert_eq!(mode(&state.key()), 0o600);
    assert_eq!(mode(&state.only_entry()), 0o600);
    assert_eq!(fs::read(state.key()).unwrap().len(), 32);
}

#[test]
fn two_hubs_have_two_keys() {
    let (one, other) = (State::new(), State::new());
    let component = hostile::guest("polite");
    one.start(&component);
    other.start(&component);
    assert_ne!(fs::read(one.key()).unwrap(), fs::read(other.key()).unwrap());
    // What one has kept is nothing to the other.
    fs::copy(one.only_entry(), other.only_entry()).unwrap();
    assert!(other.start(&component));
}

#[test]
fn a_touched_byte_anywhere_has_it_compiled_anew() {
    let state = State::new();
    let component = hostile::guest("polite");
    state.start(&component);
    let entry = state.only_entry();
    let whole = fs::read(&entry).unwrap();
    for at in [0, 31, 32, 40, whole.len() / 2, whole.len() - 1] {
        let mut touched = whole.clone();
        touched[at] ^= 1;
        OpenOptions::new()
            .write(true)
            .open(&entry)
            .unwrap()
            .write_all(&touched)
            .unwrap();
        assert!(state.start(&component), "byte {at}");
        // And it was mended.
        assert!(!state.start(&component), "byte {at}");
    }
}

#[test]
fn a_file_cut_off_or_continued_has_it_compiled_anew() {
    let state = State::new();
    let component = hostile::guest("polite");
    state.start(&component);
    let entry = state.only_entry();
    let len = fs::metadata(&entry).unwrap().len();
    for new in [0, 1, 31, 32, 33, len - 1, len + 1] {
        let file = OpenOptions::new().write(true).open(&entry).unwrap();
        file.set_len(new).unwrap();
        assert!(state.start(&component), "{new} bytes");
    }
}

#[test]
fn the_code_of_one_component_is_not_taken_for_that_of_another() {
    let state = State::new();
    let (one, other) = (hostile::guest("polite"), hostile::guest("unknown_handles"));
    state.start(&one);
    let code_of_one = state.only_entry();
    state.start(&other);
    let entries = state.entries();
    let code_of_other = entries.iter().find(|e| **e != code_of_one).unwrap();
    fs::copy(&code_of_one, code_of_other).unwrap();
    assert!(state.start(&other));
    assert!(!state.start(&one));
}

#[test]
fn code_that_others_may_have_written_is_refused() {
    let state = State::new();
    let component = hostile::guest("polite");
    state.start(&component);
    for bad in [0o620, 0o602, 0o666] {
        set_mode(&state.only_entry(), bad);
        assert!(state.start(&component), "{bad:o}");
        assert_eq!(mode(&state.only_entry()), 0o600);
        assert!(!state.start(&component));
    }
}

#[test]
fn a_link_where_code_should_be_is_not_followed() {
    let state = State::new();
    let component = hostile::guest("polite");
    state.start(&component);
    let (entry, elsewhere) = (state.only_entry(), state.folder.path().join("elsewhere"));
    fs::rename(&entry, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &entry).unwrap();
    assert!(state.start(&component));
    assert!(fs::symlink_metadata(&entry).unwrap().is_file());
    assert!(!state.start(&component));
}

#[test]
fn a_key_that_others_may_know_or_that_is_damaged_is_replaced_and_all_is_compiled_anew() {
    let state = State::new();
    let component = hostile::guest("polite");
    state.start(&component);
    let spoil: [(&str, &dyn Fn()); 5] = [
        ("readable", &|| set_mode(&state.key(), 0o640)),
        ("writable", &|| set_mode(&state.key(), 0o622)),
        ("cut off", &|| fs::write(state.key(), [0; 31]).unwrap()),
        ("longer", &|| fs::write(state.key(), [0; 33]).unwrap()),
        ("gone", &|| fs::remove_file(state.key()).unwrap()),
    ];
    for (what, spoil) in spoil {
        let before = fs::read(state.key()).unwrap();
        spoil();
        assert!(state.start(&component), "{what}");
        assert_ne!(fs::read(state.key()).unwrap(), before, "{what}");
        assert_eq!(mode(&state.key()), 0o600, "{what}");
        assert!(!state.start(&component), "{what}");
    }
}

#[test]
fn another_key_makes_what_is_kept_worthless() {
    let state = State::new();
    let component = hostile::guest("polite");
    state.start(&component);
    fs::write(state.key(), [7; 32]).unwrap();
    assert!(state.start(&component));
    assert!(!state.start(&component));
}

#[test]
fn a_folder_that_others_could_reach_is_closed_to_them() {
    let state = State::new();
    let component = hostile::guest("polite");
    fs::create_dir(state.code()).unwrap();
    set_mode(&state.code(), 0o777);
    assert!(state.start(&component));
    assert_eq!(mode(&state.code()), 0o700);
}

#[test]
fn where_nothing_can_be_kept_everything_is_compiled_and_served() {
    let component = hostile::guest("polite");
    // A file where the folder should be.
    let state = State::new();
    fs::write(state.code(), "").unwrap();
    assert!(state.start(&component) && state.start(&component));
    // A folder where the key should be.
    let state = State::new();
    fs::create_dir(state.key()).unwrap();
    assert!(state.start(&component) && state.start(&component));
}

#[test]
fn at_most_64_files_are_kept() {
    let state = State::new();
    for n in 0..70 {
        let text = format!("(component (core module (func (result i32) (i32.const {n}))))");
        let component = wat::parse_str(text).unwrap();
        let compiler = Counting(Arc::clone(&state.compiled));
        let cache = CodeCache::open(state.folder.path(), &ENGINE, compiler);
        cache.compile(&component).unwrap();
    }
    assert_eq!(state.entries().len(), 64);
    assert_eq!(state.compiled.load(Ordering::SeqCst), 70);
}

#[test]
fn what_is_no_component_is_not_kept() {
    let state = State::new();
    let cache = CodeCache::open(state.folder.path(), &ENGINE, InProcess::new(&ENGINE));
    let error = PolicyComponent::load_with(&ENGINE, &cache, b"\0asm garbage", &Limits::default())
        .map(drop)
        .unwrap_err();
    assert!(matches!(error, LoadError::Invalid(_)), "{error}");
    assert_eq!(state.entries(), [] as [PathBuf; 0]);
}

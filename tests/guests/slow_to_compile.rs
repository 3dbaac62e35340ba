//! A component that takes its time before it has been asked anything.

use std::fmt::Write;

/// A sound component of 550 kB that takes some 20 s and 800 MB to compile: a loop in which 20,000
/// branches each change one of 1,000 locals.
pub(crate) fn slow_to_compile() -> Vec<u8> {
    const LOCALS: usize = 1_000;
    const BRANCHES: usize = 20_000;
    let mut text = String::from("(component (core module (func (param i32) (local");
    text.push_str(&" i32".repeat(LOCALS));
    text.push_str(") (loop $l");
    for n in 0..BRANCHES {
        let (a, b) = (n % LOCALS + 1, (n * 7 + 3) % LOCALS + 1);
        write!(
            text,
            "(if (i32.and (local.get {b}) (i32.const {n}))
               (then (local.set {a} (i32.add (local.get {b}) (local.get {a}))))
               (else (local.set {b} (i32.const {n}))))"
        )
        .unwrap();
    }
    text.push_str("(br_if $l (local.get 1))))))");
    wat::parse_str(text).unwrap()
}

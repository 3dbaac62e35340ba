;; `route` gives up, as a Rust panic does.
(func $panic unreachable)
(func (export "route") (param i32 i32) (result i32) (call $panic) (i32.const 2048))

;; `overflow` gives up.
(func (export "overflow") (param i32 i32) (result i32) unreachable)

;; The host never gets room for its arguments.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (loop $l (br $l)) (i32.const 0))

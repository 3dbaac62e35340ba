;; `select` reads where there is no memory.
(func (export "select") (param i32 i32 i32 i32) (result i32) (i32.load (i32.const 0x7ffffff0)))

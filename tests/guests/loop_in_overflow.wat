;; `overflow` never returns.
(func (export "overflow") (param i32 i32) (result i32) (loop $l (br $l)) (i32.const 2048))

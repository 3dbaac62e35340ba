;; The `configure` of `views` never returns, after that of `admission` did.
(func (export "views-configure") (param i32 i32 i64 i32 i32) (result i32) (loop $l (br $l)) (i32.const 1024))

;; `admission` takes its settings, `views` does not.
(data (i32.const 3000) "no")
(func (export "views-configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store (i32.const 1028) (i32.const 3000))
  (i32.store (i32.const 1032) (i32.const 2))
  (i32.const 1024))

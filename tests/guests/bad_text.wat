;; The policy's name is not UTF-8.
(data (i32.const 3000) "\ff\fe\fd")
(func (export "configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.store (i32.const 1028) (i32.const 3000))
  (i32.store (i32.const 1032) (i32.const 3))
  (i32.const 1024))

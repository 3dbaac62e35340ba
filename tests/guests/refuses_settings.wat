;; No settings are good enough, and the reason tries to forge a line of the log.
(data (i32.const 3000) "no\0alevel=error")
(func (export "configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store (i32.const 1028) (i32.const 3000))
  (i32.store (i32.const 1032) (i32.const 14))
  (i32.const 1024))

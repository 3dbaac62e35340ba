;; The policy's name has twelve million bytes.
(func (export "configure") (param i32 i32 i64 i32 i32) (result i32)
  (drop (memory.grow (i32.const 200)))
  (i32.store (i32.const 1028) (i32.const 65536))
  (i32.store (i32.const 1032) (i32.const 12000000))
  (i32.const 1024))

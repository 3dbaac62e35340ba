;; Answers with one audience of one: the bits of a NaN that depend on the machine where nobody takes care.
(func (export "route") (param i32 i32) (result i32)
  (local $zero f32)
  (i32.store (i32.const 3000)
    (i32.reinterpret_f32 (f32.div (local.get $zero) (local.get $zero))))
  (i32.store (i32.const 3008) (i32.const 3000))
  (i32.store (i32.const 3012) (i32.const 1))
  (call $list (i32.const 3008) (i32.const 1)))

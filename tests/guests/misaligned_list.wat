;; The answer is at an odd address.
(func (export "route") (param i32 i32) (result i32)
  (call $list (i32.const 3001) (i32.const 1)))

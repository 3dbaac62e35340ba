;; The answer is said to be where there is no memory.
(func (export "route") (param i32 i32) (result i32)
  (call $list (i32.const 0x7fff0000) (i32.const 1)))

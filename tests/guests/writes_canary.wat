;; Leaves a mark in memory that was not its own before.
(func (export "route") (param i32) (param $count i32) (result i32)
  (drop (memory.grow (i32.const 8)))
  (memory.fill (i32.const 8192) (i32.const 0xa5) (i32.const 573440))
  (call $list (call $zeros (local.get $count) (i32.const 8)) (local.get $count)))

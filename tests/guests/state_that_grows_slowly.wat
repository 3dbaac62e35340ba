;; Keeps a mebibyte of each event for ever.
(func (export "route") (param i32) (param $count i32) (result i32)
  (drop (memory.grow (i32.shl (local.get $count) (i32.const 4))))
  (call $list (call $zeros (local.get $count) (i32.const 8)) (local.get $count)))

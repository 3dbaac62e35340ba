;; The first subscriber is refused with a reason of twelve million bytes.
(func (export "join") (param i32) (param $count i32) (result i32)
  (local $at i32)
  (drop (memory.grow (i32.const 200)))
  (local.set $at (call $zeros (local.get $count) (i32.const 20)))
  (i32.store8 (local.get $at) (i32.const 1))
  (i32.store offset=4 (local.get $at) (i32.const 65536))
  (i32.store offset=8 (local.get $at) (i32.const 12000000))
  (call $list (local.get $at) (local.get $count)))

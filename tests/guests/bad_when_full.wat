;; A mailbox that knows neither what to do nor whom to ask.
(func (export "join") (param i32) (param $count i32) (result i32)
  (local $at i32)
  (local.set $at (call $zeros (local.get $count) (i32.const 20)))
  (i32.store8 offset=12 (local.get $at) (i32.const 2))
  (call $list (local.get $at) (local.get $count)))

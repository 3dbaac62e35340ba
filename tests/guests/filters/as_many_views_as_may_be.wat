;; The first event has 64 views, all of them of nobody.
(func (export "tailor") (param i32) (param $count i32) (param i32 i32) (result i32)
  (local $at i32)
  (local.set $at (call $zeros (local.get $count) (i32.const 8)))
  (i32.store offset=0 (local.get $at) (call $zeros (i32.const 64) (i32.const 20)))
  (i32.store offset=4 (local.get $at) (i32.const 64))
  (call $list (local.get $at) (local.get $count)))

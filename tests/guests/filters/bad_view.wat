;; A payload that is neither there nor absent.
(func (export "tailor") (param i32) (param $count i32) (param i32 i32) (result i32)
  (local $at i32) (local $view i32)
  (local.set $at (call $zeros (local.get $count) (i32.const 8)))
  (local.set $view (call $zeros (i32.const 1) (i32.const 20)))
  (i32.store8 offset=8 (local.get $view) (i32.const 2))
  (i32.store offset=0 (local.get $at) (local.get $view))
  (i32.store offset=4 (local.get $at) (i32.const 1))
  (call $list (local.get $at) (local.get $count)))

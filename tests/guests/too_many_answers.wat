;; One audience more than events.
(func (export "route") (param i32) (param $count i32) (result i32)
  (call $list
    (call $zeros (i32.add (local.get $count) (i32.const 1)) (i32.const 8))
    (i32.add (local.get $count) (i32.const 1))))

;; One decision more than publications, and the views of one event more than events.
(func (export "admit") (param i32) (param $count i32) (result i32)
  (call $list
    (call $zeros (i32.add (local.get $count) (i32.const 1)) (i32.const 32))
    (i32.add (local.get $count) (i32.const 1))))
(func (export "tailor") (param i32) (param $count i32) (param i32 i32) (result i32)
  (call $list
    (call $zeros (i32.add (local.get $count) (i32.const 1)) (i32.const 8))
    (i32.add (local.get $count) (i32.const 1))))

;; Selects the event at 1,000,000 for the first client.
(data (i32.const 3000) "\40\42\0f\00")
(func (export "select") (param i32) (param $count i32) (param i32 i32) (result i32)
  (local $at i32)
  (local.set $at (call $zeros (local.get $count) (i32.const 8)))
  (i32.store offset=0 (local.get $at) (i32.const 3000))
  (i32.store offset=4 (local.get $at) (i32.const 1))
  (call $list (local.get $at) (local.get $count)))

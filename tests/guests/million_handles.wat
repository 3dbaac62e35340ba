;; The audience of the first event is a million clients, whoever is there.
(func (export "route") (param i32) (param $count i32) (result i32)
  (local $at i32) (local $all i32) (local $n i32)
  (local.set $at (call $zeros (local.get $count) (i32.const 8)))
  (local.set $all (call $alloc (i32.const 4000000)))
  (loop $next
    (i32.store
      (i32.add (local.get $all) (i32.shl (local.get $n) (i32.const 2)))
      (local.get $n))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $n) (i32.const 1000000))))
  (i32.store offset=0 (local.get $at) (local.get $all))
  (i32.store offset=4 (local.get $at) (i32.const 1000000))
  (call $list (local.get $at) (local.get $count)))

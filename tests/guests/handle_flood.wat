;; Every audience has 100,000 handles: each present one again and again, and many that never were.
(func (export "route") (param i32) (param $count i32) (result i32)
  (local $clients i32) (local $n i32)
  (local.set $clients (call $alloc (i32.const 400000)))
  (loop $next
    (i32.store
      (i32.add (local.get $clients) (i32.shl (local.get $n) (i32.const 2)))
      (i32.rem_u (local.get $n) (i32.const 1000)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $n) (i32.const 100000))))
  (call $same (local.get $count) (local.get $clients) (i32.const 100000)))

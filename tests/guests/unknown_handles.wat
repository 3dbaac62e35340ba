;; Every audience is a client that never joined.
(data (i32.const 3000) "\ff\ff\ff\ff")
(func (export "route") (param i32) (param $count i32) (result i32)
  (local $answer i32) (local $at i32) (local $left i32)
  (local.set $answer (call $alloc (i32.shl (local.get $count) (i32.const 3))))
  (local.set $at (local.get $answer))
  (local.set $left (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store offset=0 (local.get $at) (i32.const 3000))
      (i32.store offset=4 (local.get $at) (i32.const 1))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
  (call $list (local.get $answer) (local.get $count)))

;; Nobody is let in; they may try again in five seconds.
(data (i32.const 3000) "closed")
(func (export "join") (param i32) (param $count i32) (result i32)
  (local $at i32) (local $answer i32) (local $left i32)
  (local.set $answer (call $zeros (local.get $count) (i32.const 20)))
  (local.set $at (local.get $answer))
  (local.set $left (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store8 (local.get $at) (i32.const 1))
      (i32.store offset=4 (local.get $at) (i32.const 3000))
      (i32.store offset=8 (local.get $at) (i32.const 6))
      (i32.store8 offset=12 (local.get $at) (i32.const 1))
      (i32.store offset=16 (local.get $at) (i32.const 5000))
      (local.set $at (i32.add (local.get $at) (i32.const 20)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
  (call $list (local.get $answer) (local.get $count)))

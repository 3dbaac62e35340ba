;; Lets everybody in, sends nobody anything, and drops the newest where a mailbox is full.
(func (export "configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.const 1024))

;; A mailbox of 1,024 events and 1 MiB for everybody; when full, the newest is dropped.
(func (export "join") (param i32) (param $count i32) (result i32)
  (local $at i32) (local $answer i32) (local $left i32)
  (local.set $answer (call $zeros (local.get $count) (i32.const 20)))
  (local.set $at (local.get $answer))
  (local.set $left (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store offset=4 (local.get $at) (i32.const 1024))
      (i32.store offset=8 (local.get $at) (i32.const 1048576))
      (local.set $at (i32.add (local.get $at) (i32.const 20)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
  (call $list (local.get $answer) (local.get $count)))

(func (export "leave") (param i32 i32)
  (call $release))

(func (export "route") (param i32) (param $count i32) (result i32)
  (call $list (call $zeros (local.get $count) (i32.const 8)) (local.get $count)))

(func (export "select") (param i32) (param $count i32) (param i32 i32) (result i32)
  (call $list (call $zeros (local.get $count) (i32.const 8)) (local.get $count)))

(func (export "overflow") (param i32) (param $count i32) (result i32)
  (call $list (call $zeros (local.get $count) (i32.const 1)) (local.get $count)))

(func (export "post-configure") (param i32) (call $release))
(func (export "post-join") (param i32) (call $release))
(func (export "post-route") (param i32) (call $release))
(func (export "post-select") (param i32) (call $release))
(func (export "post-overflow") (param i32) (call $release))

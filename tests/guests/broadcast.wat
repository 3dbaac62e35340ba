;; Everything to everybody who was ever there, asked for or not, private or not. Mailboxes of one event, about which it wants to be asked.
(func (export "configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.const 1024))

(func (export "join") (param $in i32) (param $count i32) (result i32)
  (local $at i32) (local $answer i32) (local $left i32)
  (call $meet (local.get $in) (local.get $count))
  (local.set $answer (call $zeros (local.get $count) (i32.const 20)))
  (local.set $at (local.get $answer))
  (local.set $left (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store offset=4 (local.get $at) (i32.const 1))
      (i32.store offset=8 (local.get $at) (i32.const 1))
      (i32.store8 offset=12 (local.get $at) (i32.const 1))
      (local.set $at (i32.add (local.get $at) (i32.const 20)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
  (call $list (local.get $answer) (local.get $count)))

(func (export "leave") (param i32 i32)
  (call $release))

(func (export "route") (param i32) (param $count i32) (result i32)
  (call $everybody (local.get $count)))

(func (export "select") (param i32) (param $clients i32) (param i32) (param $events i32) (result i32)
  (call $same (local.get $clients) (call $numbers (local.get $events)) (local.get $events)))

(func (export "overflow") (param i32) (param $count i32) (result i32)
  (call $list (call $zeros (local.get $count) (i32.const 1)) (local.get $count)))

(func (export "post-configure") (param i32) (call $release))
(func (export "post-join") (param i32) (call $release))
(func (export "post-route") (param i32) (call $release))
(func (export "post-select") (param i32) (call $release))
(func (export "post-overflow") (param i32) (call $release))

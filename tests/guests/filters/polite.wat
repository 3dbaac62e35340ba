;; Passes every publication, and shows every event to all of its audience as it was published.
(func (export "admission-configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.const 1024))

(func (export "admit") (param i32) (param $count i32) (result i32)
  (call $list (call $zeros (local.get $count) (i32.const 32)) (local.get $count)))

(func (export "views-configure") (param i32 i32 i64 i32 i32) (result i32)
  (i32.const 1024))

(func (export "join") (param i32 i32)
  (call $release))

(func (export "leave") (param i32 i32)
  (call $release))

;; One view an event: the list of its audience, where the host has put it, and no payload.
(func (export "tailor") (param i32 i32) (param $audience i32) (param $count i32) (result i32)
  (local $answer i32) (local $at i32) (local $view i32) (local $left i32)
  (local.set $answer (call $zeros (local.get $count) (i32.const 8)))
  (local.set $view (call $zeros (local.get $count) (i32.const 20)))
  (local.set $at (local.get $answer))
  (local.set $left (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store offset=0 (local.get $at) (local.get $view))
      (i32.store offset=4 (local.get $at) (i32.const 1))
      (i64.store align=4 (local.get $view) (i64.load align=4 (local.get $audience)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $view (i32.add (local.get $view) (i32.const 20)))
      (local.set $audience (i32.add (local.get $audience) (i32.const 8)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
  (call $list (local.get $answer) (local.get $count)))

(func (export "post-admission-configure") (param i32) (call $release))
(func (export "post-admit") (param i32) (call $release))
(func (export "post-views-configure") (param i32) (call $release))
(func (export "post-tailor") (param i32) (call $release))

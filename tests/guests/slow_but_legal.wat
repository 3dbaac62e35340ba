;; `route` does nothing for as many thousand rounds as its settings say (1,000 where they say nothing), and then answers well.
(global $thousands (mut i32) (i32.const 1000))
(func (export "configure") (param $text i32) (param $length i32) (param i64 i32 i32) (result i32)
  (if (local.get $length) (then (global.set $thousands (i32.const 0))))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $length)))
      (global.set $thousands
        (i32.add
          (i32.mul (global.get $thousands) (i32.const 10))
          (i32.sub (i32.load8_u (local.get $text)) (i32.const 48))))
      (local.set $text (i32.add (local.get $text) (i32.const 1)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br $next)))
  (i32.const 1024))
(func (export "route") (param i32) (param $count i32) (result i32)
  (local $left i64)
  (local.set $left (i64.mul (i64.extend_i32_u (global.get $thousands)) (i64.const 1000)))
  (loop $next
    (local.set $left (i64.sub (local.get $left) (i64.const 1)))
    (br_if $next (i64.gt_s (local.get $left) (i64.const 0))))
  (call $everybody (local.get $count)))

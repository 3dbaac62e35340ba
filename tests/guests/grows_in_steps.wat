;; `route` takes 64 KiB sixteen times, and writes to each before it takes the next.
(func (export "route") (param i32) (param $count i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 16))
  (loop $l
    (drop (memory.grow (i32.const 1)))
    (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 8)) (i32.const 1))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $l (local.get $left)))
  (call $list (call $zeros (local.get $count) (i32.const 8)) (local.get $count)))

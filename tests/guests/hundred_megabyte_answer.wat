;; A hundred audiences that are all the same mebibyte of memory.
(func (export "route") (param i32 i32) (result i32)
  (local $at i32)
  (drop (memory.grow (i32.const 32)))
  (local.set $at (i32.const 4096))
  (loop $l
    (i32.store offset=0 (local.get $at) (i32.const 65536))
    (i32.store offset=4 (local.get $at) (i32.const 262144))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $l (i32.lt_u (local.get $at) (i32.const 4896))))
  (call $list (i32.const 4096) (i32.const 100)))

;; 10,000 audiences that are all the same 256 KiB of memory: 2.5 GB once copied, from a component of 1 MiB.
(func (export "route") (param i32 i32) (result i32)
  (local $at i32)
  (drop (memory.grow (i32.const 16)))
  (local.set $at (i32.const 65536))
  (loop $l
    (i32.store offset=0 (local.get $at) (i32.const 262144))
    (i32.store offset=4 (local.get $at) (i32.const 65536))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $l (i32.lt_u (local.get $at) (i32.const 145536))))
  (call $list (i32.const 65536) (i32.const 10000)))

(memory (export "memory") 1)

;; What is below 4096 is static: 1024 the answer of `configure` (all zero: ok, nothing wanted), 2048 a list's pointer and length.
(global $heap (mut i32) (i32.const 4096))

(func $alloc (param $bytes i32) (result i32)
  (local $at i32)
  (local.set $at (global.get $heap))
  (global.set $heap
    (i32.and
      (i32.add (i32.add (local.get $at) (local.get $bytes)) (i32.const 7))
      (i32.const -8)))
  (if (i32.gt_u (global.get $heap) (i32.shl (memory.size) (i32.const 16)))
    (then
      (drop
        (memory.grow
          (i32.shr_u
            (i32.add
              (i32.sub (global.get $heap) (i32.shl (memory.size) (i32.const 16)))
              (i32.const 65535))
            (i32.const 16))))))
  (local.get $at))

;; $count elements of $size bytes, all zero.
(func $zeros (param $count i32) (param $size i32) (result i32)
  (local $at i32)
  (local.set $at (call $alloc (i32.mul (local.get $count) (local.get $size))))
  (memory.fill (local.get $at) (i32.const 0) (i32.mul (local.get $count) (local.get $size)))
  (local.get $at))

(func $list (param $at i32) (param $count i32) (result i32)
  (i32.store (i32.const 2048) (local.get $at))
  (i32.store (i32.const 2052) (local.get $count))
  (i32.const 2048))

(func $release (global.set $heap (i32.const 4096)))

(func (export "cabi_realloc") (param i32 i32 i32) (param $bytes i32) (result i32)
  (call $alloc (local.get $bytes)))

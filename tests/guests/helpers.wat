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

;; The least handle above all that were ever seen, by $meet, stands at 512.
(func $meet (param $in i32) (param $count i32)
  (local $above i32)
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $count)))
      (local.set $above (i32.add (i32.load (local.get $in)) (i32.const 1)))
      (if (i32.gt_u (local.get $above) (i32.load (i32.const 512)))
        (then (i32.store (i32.const 512) (local.get $above))))
      (local.set $in (i32.add (local.get $in) (i32.const 48)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next))))

;; The numbers from 0 to below $count.
(func $numbers (param $count i32) (result i32)
  (local $at i32) (local $n i32)
  (local.set $at (call $alloc (i32.shl (local.get $count) (i32.const 2))))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $n) (local.get $count)))
      (i32.store (i32.add (local.get $at) (i32.shl (local.get $n) (i32.const 2))) (local.get $n))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next)))
  (local.get $at))

;; $count lists that are all the same one.
(func $same (param $count i32) (param $list i32) (param $length i32) (result i32)
  (local $answer i32) (local $at i32) (local $left i32)
  (local.set $answer (call $alloc (i32.shl (local.get $count) (i32.const 3))))
  (local.set $at (local.get $answer))
  (local.set $left (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (i32.store offset=0 (local.get $at) (local.get $list))
      (i32.store offset=4 (local.get $at) (local.get $length))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
  (call $list (local.get $answer) (local.get $count)))

;; $count audiences of everyone who was ever met.
(func $everybody (param $count i32) (result i32)
  (call $same (local.get $count) (call $numbers (i32.load (i32.const 512))) (i32.load (i32.const 512))))

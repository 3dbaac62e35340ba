;; Answers with one audience of one: how many bytes of its memory are not zero, though it has written none of them.
(func (export "route") (param i32 i32) (result i32)
  (local $at i32) (local $found i32)
  (drop (memory.grow (i32.const 8)))
  (local.set $at (i32.const 8192))
  (loop $l
    (local.set $found
      (i32.add (local.get $found) (i32.ne (i32.load8_u (local.get $at)) (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $at) (i32.const 581632))))
  (i32.store (i32.const 3000) (local.get $found))
  (i32.store (i32.const 2056) (i32.const 3000))
  (i32.store (i32.const 2060) (i32.const 1))
  (call $list (i32.const 2056) (i32.const 1)))

;; `route` takes all the memory it can get, and touches it.
(func (export "route") (param i32 i32) (result i32)
  (loop $l
    (drop (memory.grow (i32.const 16)))
    (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 8)) (i32.const 1))
    (br $l))
  (i32.const 2048))

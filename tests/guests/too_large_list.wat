;; The audience of the one event has three million clients: 12 MB, more than an answer may have.
(func (export "route") (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 200)))
  (i32.store (i32.const 2056) (i32.const 65536))
  (i32.store (i32.const 2060) (i32.const 3000000))
  (call $list (i32.const 2056) (i32.const 1)))

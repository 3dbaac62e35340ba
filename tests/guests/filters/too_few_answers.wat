;; Never an answer, whatever is asked.
(func (export "admit") (param i32 i32) (result i32) (call $list (i32.const 0) (i32.const 0)))
(func (export "tailor") (param i32 i32 i32 i32) (result i32) (call $list (i32.const 0) (i32.const 0)))

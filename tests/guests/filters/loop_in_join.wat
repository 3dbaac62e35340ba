;; `join` never returns.
(func (export "join") (param i32 i32) (loop $l (br $l)))

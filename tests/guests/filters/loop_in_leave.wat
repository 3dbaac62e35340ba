;; `leave` never returns.
(func (export "leave") (param i32 i32) (loop $l (br $l)))

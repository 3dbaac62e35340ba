;; `route` answers well, but cleaning up after it never ends.
(func (export "post-route") (param i32) (loop $l (br $l)))

;; `route` answers well, but cleaning up after it gives up.
(func (export "post-route") (param i32) unreachable)

;; The module never finishes starting.
(func $spin (loop $l (br $l)))
(start $spin)

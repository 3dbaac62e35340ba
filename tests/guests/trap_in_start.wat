;; The module gives up before anything was asked.
(func $die unreachable)
(start $die)

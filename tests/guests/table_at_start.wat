;; A million table elements before anything was asked.
(table 1000000 funcref)

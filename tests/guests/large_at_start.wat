;; Just as much memory as it may have, 64 MiB, before anything was asked.
(memory (export "memory") 1024)

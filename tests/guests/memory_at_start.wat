;; 128 MiB before anything was asked.
(memory (export "memory") 2048)

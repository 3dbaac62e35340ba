;; Has no say over what is published.
;; world: view-filter

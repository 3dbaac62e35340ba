;; Has no say over what anybody sees.
;; world: publish-filter

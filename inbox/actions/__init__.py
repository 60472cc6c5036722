"""Every write, one module a noun. Verbs, keyword-only, the time passed in, pushes from here alone."""

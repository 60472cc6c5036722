"""Every write, one module a noun: keyword-only verbs that take the time and alone may push."""

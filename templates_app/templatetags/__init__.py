"""Words and colours of templates."""

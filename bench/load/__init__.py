"""Load generators, as lean as they can be: they share the machine with what they measure."""

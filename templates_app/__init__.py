"""Message templates: what Meta approved, how it renders, and its synchronisation."""

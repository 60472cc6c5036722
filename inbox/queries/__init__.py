"""Every read that a door uses. `access.conversations_for` is the only door to a conversation."""

"""What people post, read into what the actions take. Meta's limits are the gate's to check."""

"""The door for webhooks: signature, journal, answer; then the batches that apply them."""

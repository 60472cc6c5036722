"""A WhatsApp Cloud API on this machine, with a customer's phone in the browser."""

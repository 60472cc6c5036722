"""What happened, for code that may not be imported from here; sent once it is committed.

conversation_read: conversation, user, at - somebody saw messages of the customer.
"""

from django.dispatch import Signal

conversation_read = Signal()

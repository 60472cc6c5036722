"""What changed about people, for the code above; sent inside the transaction that changes it.

access_changed: users (ids) - they may see more or less than before.
left_team: user, team, by, at - no longer a member; the team's conversations are not theirs.
person_left: user, by, at - deactivated; their open conversations need somebody else.
presence_changed: user.
"""

from django.dispatch import Signal

access_changed = Signal()
left_team = Signal()
person_left = Signal()
presence_changed = Signal()

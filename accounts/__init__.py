"""People and business: users, teams, presence; WABAs, phone numbers, profiles, channels."""

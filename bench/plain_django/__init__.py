"""The plain way in Django, to compare with: a view that stores webhooks with the ORM.

Written as a careful developer would write it in an afternoon, and served by the server on which
it is fastest.
"""

"""A project around django-helpdesk, to compare with, in a virtual environment of its own."""

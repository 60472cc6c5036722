"""The ground of the admin, and the pages of the history that Sash and Django keep."""

from core.admin import history  # noqa: F401 - registers its pages

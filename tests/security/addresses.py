"""Every address by its name, as the urlconf has them, so that none can be forgotten."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def names() -> set[str]:
    """The names of all addresses outside the admin, which has a table of its own."""
    return {name for name, _ in walk(get_resolver())}


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every address; one without a name is told by its route."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry.name or route, route
        elif entry.app_name != "admin":
            yield from walk(entry, route)

"""How an error is told: by the field that it belongs to, in words for the person who wrote it."""

Errors = dict[str, list[str]]


def require(errors: Errors, field: str, value: object, limit: int) -> None:
    if not (isinstance(value, str) and value.strip()):
        add_error(errors, field, "This cannot be empty.")
    check_length(errors, field, value, limit)


def check_length(errors: Errors, field: str, value: object, limit: int) -> None:
    if isinstance(value, str) and len(value) > limit:
        add_error(errors, field, f"At most {limit} characters; these are {len(value)}.")


def check_unique(errors: Errors, field: str, values: list[object]) -> None:
    if len({str(value) for value in values}) < len(values):
        add_error(errors, field, "Each needs a different title and id.")


def add_error(errors: Errors, field: str, text: str) -> None:
    errors.setdefault(field, []).append(text)


def with_article(kind: str) -> str:
    return f"An {kind}" if kind[0] in "aeiou" else f"A {kind}"

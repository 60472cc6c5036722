"""The only place for what the control page can set: names, defaults and kinds of value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from .store import Store


@dataclass
class Settings:
    # life of a sent message
    sent_ms: int = 60
    delivered_ms: int = 250
    read_ms: int = 1200
    # refusals that Meta sends as a failed status ("status"); "http" answers 400; "never" lets pass
    window_refusal: str = "status"
    unknown_refusal: str = "status"
    limits: bool = True
    token_expired: bool = False
    throughput_status: int = 400
    # templates sent in for review: "manual", "approve" or "reject" after template_review_ms
    template_review: str = "manual"
    template_review_ms: int = 500
    # webhooks
    webhooks_paused: bool = False
    batch_max: int = 1
    batch_ms: int = 0
    duplicate_percent: int = 0
    shuffle: bool = False
    retry_first_ms: int = 200
    retry_factor: float = 2.0
    retry_most_ms: int = 600_000
    user_ids: bool = True
    old_conversations: bool = False
    # answered webhooks that the log keeps
    keep_log: int = 5000
    # what every answer waits for
    slow_ms: int = 0


CHOICES = {
    "window_refusal": ("status", "http", "never"),
    "unknown_refusal": ("status", "http", "never"),
    "template_review": ("manual", "approve", "reject"),
    "throughput_status": (400, 429),
}


def load_settings(store: Store) -> Settings:
    known = {field.name for field in fields(Settings)}
    saved = store.get("settings", "settings") or {}
    return Settings(**{name: value for name, value in saved.items() if name in known})


def save_settings(store: Store, settings: Settings) -> None:
    store.put("settings", "settings", asdict(settings))


def change_settings(settings: Settings, values: dict[str, Any]) -> None:
    """Set the named values. Raises ValueError, and changes nothing, if one does not fit."""
    checked = {name: _checked(settings, name, value) for name, value in values.items()}
    for name, value in checked.items():
        setattr(settings, name, value)


def _checked(settings: Settings, name: str, value: Any) -> Any:
    if name not in {field.name for field in fields(Settings)}:
        raise ValueError(f"There is no setting {name!r}.")
    kind = type(getattr(settings, name))
    if kind is bool and not isinstance(value, bool):
        raise ValueError(f"{name} is true or false.")
    if kind in (int, float) and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise ValueError(f"{name} is a number.")
    if kind in (int, float) and value < 0:
        raise ValueError(f"{name} is not negative.")
    value = kind(value)
    if name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f"{name} is one of {', '.join(map(str, CHOICES[name]))}.")
    return value

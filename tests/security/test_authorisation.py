"""Who may ask which address for what, written down by hand. What is not here is refused.

A new address without a line fails. The outsider's column is 404 wherever the address names
something of Support's: for her it does not exist.
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.security.addresses import names
from tests.security.conftest import SECRET, World

pytestmark = pytest.mark.django_db
PEOPLE = ("nobody", "cleo", "ana", "sofia", "omar")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN = 302

# A line: what nobody, Cleo (Sales), Ana and Sofia (Support) and Omar (administrator) get.
PUBLIC = (200, 200, 200, 200, 200)
OWN = (SIGN_IN, 200, 200, 200, 200)
OWN_204 = (SIGN_IN, 204, 204, 204, 204)
OWN_422 = (SIGN_IN, 422, 422, 422, 422)
THEIRS = (SIGN_IN, 404, 200, 200, 200)
THEIRS_204 = (SIGN_IN, 404, 204, 204, 204)
THEIRS_302 = (SIGN_IN, 404, 302, 302, 302)
SUPERVISED = (SIGN_IN, 404, 409, 200, 200)
NOTHING = (SIGN_IN, 404, 404, 404, 404)
LEADERS = (SIGN_IN, 403, 403, 200, 200)

TABLE: dict[str, dict[str, tuple[int, ...]]] = {
    "healthz": {"GET": PUBLIC},
    "readyz": {"GET": PUBLIC},
    "metrics": {"GET": (403, 403, 403, 403, 403)},
    "home": {"GET": (302, 302, 302, 302, 302)},
    "inbox": {"GET": OWN},
    "inbox_conversation": {"GET": THEIRS},
    "rows": {"GET": OWN},
    "list_labels": {"GET": OWN},
    "list_changes": {"GET": (SIGN_IN, 205, 205, 205, 205)},
    "marks": {"GET": OWN},
    "counts": {"GET": OWN},
    "presence": {"POST": OWN_422},
    "palette": {"GET": OWN},
    "selection": {"GET": OWN, "POST": OWN},
    "conversation": {"GET": THEIRS},
    "thread_items": {"GET": THEIRS},
    "thread_changes": {"GET": (SIGN_IN, 404, 205, 205, 205)},
    "header": {"GET": THEIRS},
    "read_mark": {"POST": THEIRS_204, "DELETE": THEIRS},
    "viewing": {"POST": THEIRS_204, "DELETE": THEIRS_204},
    # Ana has it already; of the others she was quicker.
    "taking": {"POST": (SIGN_IN, 404, 200, 409, 409), "DELETE": THEIRS},
    "assignment": {"GET": THEIRS, "POST": THEIRS},
    "collaborators": {"GET": THEIRS, "POST": THEIRS},
    "collaborator": {"DELETE": THEIRS},
    "snooze": {"POST": THEIRS, "DELETE": THEIRS},
    "closure": {"GET": THEIRS, "POST": THEIRS, "DELETE": (SIGN_IN, 404, 409, 409, 409)},
    "archiving": {"POST": SUPERVISED, "DELETE": (SIGN_IN, 404, 409, 409, 409)},
    "labels": {"GET": THEIRS, "POST": THEIRS},
    "priority": {"POST": THEIRS},
    "new_conversation": {"GET": OWN, "POST": (SIGN_IN, 422, 200, 200, 200)},
    "number": {"GET": OWN},
    "composer": {"GET": THEIRS},
    "composer_dialog": {"GET": THEIRS},
    "messages": {"POST": THEIRS},
    "notes": {"POST": THEIRS},
    "draft": {"POST": THEIRS_204},
    "typing": {"POST": THEIRS_204, "DELETE": THEIRS_204},
    "canned": {"GET": THEIRS},
    "mentionable": {"GET": THEIRS},
    "templates": {"GET": THEIRS},
    "template": {"GET": THEIRS, "POST": THEIRS},
    "template_messages": {"POST": THEIRS},
    "panel": {"GET": THEIRS},
    "export": {"GET": THEIRS},
    "message_attempts": {"POST": THEIRS},
    "message_confirmation": {"POST": THEIRS},
    "reaction": {"POST": THEIRS},
    "attachment": {"GET": THEIRS},
    "contacts": {"GET": OWN},
    "contact_import": {"GET": LEADERS, "POST": (SIGN_IN, 403, 403, 422, 422)},
    "contact_import_preview": {"POST": LEADERS},
    "contact": {"GET": THEIRS, "POST": THEIRS_302},
    "contact_block": {"POST": THEIRS_204, "DELETE": THEIRS_204},
    "contact_consent": {"POST": THEIRS_302},
    "contact_consent_file": {"GET": THEIRS},
    "consent_file": {"GET": LEADERS},
    "archive": {"GET": OWN},
    "archived_conversation": {"GET": THEIRS},
    "search": {"GET": OWN},
    "message_templates": {"GET": LEADERS},
    "message_templates_synchronisation": {"POST": (SIGN_IN, 403, 403, 302, 302)},
    "message_template_new": {"GET": LEADERS, "POST": (SIGN_IN, 403, 403, 422, 422)},
    "message_template_new_preview": {"POST": LEADERS},
    "message_template": {"GET": LEADERS, "POST": (SIGN_IN, 403, 403, 422, 422)},
    "message_template_preview": {"POST": LEADERS},
    "message_template_sample": {"GET": (SIGN_IN, 403, 403, 404, 404)},
    "message_template_settings": {"GET": LEADERS, "POST": (SIGN_IN, 403, 403, 302, 302)},
    "message_template_deletion": {"POST": (SIGN_IN, 403, 403, 302, 302)},
    "numbers": {"GET": LEADERS},
    "numbers_synchronisation": {"POST": (SIGN_IN, 403, 403, 302, 302)},
    "preferences": {"GET": OWN, "POST": OWN_422},
    "accept_invitation": {"GET": (410,) * 5, "POST": (410,) * 5},
    "account_login": {"GET": (200, 302, 302, 302, 302), "POST": (200, 302, 302, 302, 302)},
    "account_logout": {"GET": (302, 200, 200, 200, 200), "POST": (302, 302, 302, 302, 302)},
    "account_inactive": {"GET": PUBLIC},
    "account_signup": {"GET": (200, 302, 302, 302, 302), "POST": (200, 302, 302, 302, 302)},
    # The cast has no passwords to be asked for again.
    "account_reauthenticate": {"GET": (SIGN_IN, 403, 403, 403, 403)},
    "account_change_password": {"GET": (SIGN_IN, 302, 302, 302, 302), "POST": (302,) * 5},
    "account_set_password": {"GET": OWN, "POST": OWN},
    "account_reset_password": {"GET": PUBLIC, "POST": PUBLIC},
    "account_reset_password_done": {"GET": PUBLIC},
    "account_reset_password_from_key": {"GET": PUBLIC, "POST": PUBLIC},
    "account_reset_password_from_key_done": {"GET": PUBLIC},
    "mfa_index": {"GET": OWN},
    "mfa_authenticate": {"GET": (302,) * 5, "POST": (302,) * 5},
    "mfa_reauthenticate": {"GET": (SIGN_IN, 403, 403, 403, 403)},
    "mfa_activate_totp": {"GET": OWN, "POST": OWN},
    "mfa_deactivate_totp": {"GET": NOTHING, "POST": NOTHING},
    "mfa_view_recovery_codes": {"GET": NOTHING},
    "mfa_generate_recovery_codes": {"GET": OWN, "POST": OWN},
    "mfa_download_recovery_codes": {"GET": NOTHING},
    "usersessions_list": {"GET": OWN, "POST": (302,) * 5},
}


def arguments(name: str, world: World) -> dict[str, Any]:
    """What the address names: always something of Support's."""
    talk = {"conversation_id": world.conversation.pk}
    special: dict[str, dict[str, Any]] = {
        "inbox": {"view": "all"},
        "rows": {"view": "all"},
        "list_changes": {"view": "all"},
        "list_labels": {"view": "all"},
        "inbox_conversation": {"view": "all", **talk},
        "collaborator": {**talk, "user_id": world.people["ben"].pk},
        "composer_dialog": {**talk, "kind": "location"},
        "template": {**talk, "template_id": world.template.pk},
        "export": {**talk, "form": "json"},
        "message_attempts": {"message_id": world.failed.pk},
        "message_confirmation": {"message_id": world.unknown.pk},
        "reaction": {"message_id": world.message.pk},
        "attachment": {"attachment_id": world.attachment.pk},
        "contact": {"contact_id": world.contact.pk},
        "contact_block": {"contact_id": world.contact.pk},
        "contact_consent": {"contact_id": world.contact.pk},
        "contact_consent_file": {"contact_id": world.contact.pk},
        "archived_conversation": {"conversation_id": world.archived.pk},
        "accept_invitation": {"token": "guessed"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "guessed"},
    }
    if name.startswith("message_template"):
        return {"template_id": world.template.pk}
    return special.get(name, talk)


def body(name: str, method: str, world: World) -> dict[str, Any]:
    """What is posted: complete, so that only the right to do it decides."""
    uid, ben = str(uuid.uuid4()), world.people["ben"].pk
    bodies: dict[str, dict[str, Any]] = {
        "selection": {"conversation": world.conversation.pk, "do": "close"},
        "assignment": {"to": f"user-{ben}"},
        "collaborators": {"user": ben},
        "snooze": {"until": "2099-01-01T10:00"},
        "labels": {"label": world.label.pk},
        "contact_consent": {
            "is_granted": "yes",
            "purposes": "marketing",
            "wording": "In the shop",
        },
        "priority": {"priority": "2"},
        "new_conversation": {"phone": "+34612345000", "channel": world.channel.pk},
        "messages": {"client_uuid": uid, "mode": "reply", "text": "Hi"},
        "notes": {"client_uuid": uid, "mode": "note", "text": "Hi"},
        "template_messages": {"client_uuid": uid, "template": world.template.pk},
        "reaction": {"emoji": "👍"},
        "contact": {"name": "Diego"},
        "preferences": {"name": "Somebody", "language": "xx"},
    }
    return bodies.get(name, {}) if method == "POST" else {}


def url_of(name: str, world: World) -> str:
    """The address, with its arguments where it takes any."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, kwargs=arguments(name, world))


def ask(client: Client, method: str, name: str, world: World) -> HttpResponse:
    """As htmx asks for the part that the address is for."""
    target = {"conversation": "conversation"}.get(name, "x")
    headers = {"HX-Request": "true", "HX-Target": target}
    answer: HttpResponse = getattr(client, method.lower())(
        url_of(name, world), body(name, method, world), headers=headers
    )
    return answer


def test_every_address_has_its_line() -> None:
    assert names() == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_everybody_gets_what_the_table_says(name: str, world: World) -> None:
    for method, expected in TABLE[name].items():
        got = []
        for who in PEOPLE:
            with transaction.atomic():
                answer = ask(world.client(who), method, name, world)
                got.append(answer.status_code)
                if who in {"nobody", "cleo"}:
                    assert SECRET.encode() not in content_of(answer), (who, method)
                transaction.set_rollback(True)
        assert tuple(got) == expected, f"{method} {name}"


OURS = sorted(name for name in TABLE if not name.startswith(("account_", "mfa_", "usersessions_")))
HEALTH = {"healthz", "readyz", "metrics"}


@pytest.mark.parametrize("name", sorted(set(OURS) - HEALTH))
def test_no_other_method_does_anything(name: str, world: World) -> None:
    for method in set(METHODS) - set(TABLE[name]):
        for who in ("nobody", "cleo", "ana"):
            answer = ask(world.client(who), method, name, world)
            assert answer.status_code in {302, 403, 404, 405, 410}, (who, method)


def content_of(answer: HttpResponse) -> bytes:
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer.content

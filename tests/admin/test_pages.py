"""Every page of the admin opens, for administrators alone, with a bounded number of queries."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from inbox.models import Conversation, Message
from tests import cast

MODELS = sorted(model._meta.label_lower for model in admin.site._registry)
FOUND_ELSEWHERE = {  # inside their parent's page, or kept by Django and allauth alone
    "accounts.businesshours",
    "bots.flowbutton",
    "inbox.sendingprocess",  # lives for seconds; what it does is told by the sending turns
    "inbox.messagewords",  # the words of a message, which has a page
}
MakeWorld = Callable[[int], None]


def address(label: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def test_every_model_of_ours_has_a_page_with_search() -> None:
    from django.apps import apps

    ours = {"accounts", "bots", "core", "inbox", "templates_app"}
    labels = {m._meta.label_lower for m in apps.get_models() if m._meta.app_label in ours}
    assert labels - set(MODELS) == FOUND_ELSEWHERE
    for model, page in admin.site._registry.items():
        assert page.search_fields, f"{model} cannot be searched"


@pytest.mark.parametrize("label", MODELS)
def test_a_list_opens_is_searched_and_asks_no_more_queries_for_more_rows(
    office: Client, make_world: MakeWorld, label: str
) -> None:
    make_world(1)
    url = address(label)
    assert office.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert office.get(url).status_code == 200
    make_world(4)
    with CaptureQueriesContext(connection) as many:
        assert office.get(url).status_code == 200
    # Filters by related rows and the date hierarchy may add a constant, never one a row.
    assert len(many) <= len(few) + 3, "\n".join(q["sql"][:150] for q in many.captured_queries)
    assert len(many) <= 30
    assert office.get(url, {"q": "diego"}).status_code == 200


@pytest.mark.parametrize("label", MODELS)
def test_a_row_opens(office: Client, make_world: MakeWorld, label: str) -> None:
    make_world(1)
    model = next(m for m in admin.site._registry if m._meta.label_lower == label)
    row = model._default_manager.first()
    if row is None:
        assert label in {"mfa.authenticator", "admin.logentry", "usersessions.usersession"}
        return
    assert office.get(address(label, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("role", [User.Role.AGENT, User.Role.SUPERVISOR])
def test_agents_and_supervisors_do_not_enter(client: Client, ana: User, role: str) -> None:
    User.objects.filter(pk=ana.pk).update(role=role)
    client.force_login(ana)
    urls = [reverse("admin:index"), *(address(label) for label in MODELS)]
    assert {client.get(url, follow=True).status_code for url in urls} == {403}


def test_strangers_are_led_to_sashs_own_sign_in(client: Client, db: None) -> None:
    last = client.get(reverse("admin:index"), follow=True)
    assert last.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_deactivated_administrator_does_not_enter(office: Client, omar: User) -> None:
    User.objects.filter(pk=omar.pk).update(is_active=False)
    assert office.get(reverse("admin:index")).status_code == 302


def test_the_dashboard_tells_what_waits_and_takes_a_bounded_number_of_queries(
    office: Client, make_world: MakeWorld
) -> None:
    office.get(reverse("admin:index"))
    make_world(3)
    with CaptureQueriesContext(connection) as seen:
        page = office.get(reverse("admin:index"))
    assert len(seen) <= 30
    cards = {card.title: card for card in page.context["cards"]}
    assert cards["In quarantine"].value == "3"
    assert cards["In quarantine"].tone == "bad"
    assert cards["Unsent messages"].value == "3"
    (support,) = page.context["teams"]
    assert (support["open"], support["unassigned"]) == (3, 0)
    assert page.context["numbers"][0]["is_well"]


def test_the_navigation_counts_what_is_in_quarantine(
    office: Client, make_world: MakeWorld
) -> None:
    assert 'class="sash-badge"' not in office.get(reverse("admin:index")).content.decode()
    make_world(2)
    assert (
        '<span class="sash-badge">2</span>' in office.get(address("inbox.label")).content.decode()
    )


def test_the_admin_alone_may_evaluate_scripts(office: Client) -> None:
    policy = office.get(reverse("admin:index")).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "unsafe-inline' 'unsafe-eval'" not in policy
    for url in ("/healthz", reverse("account_login"), "/adminx/"):
        assert "unsafe" not in Client().get(url).headers["Content-Security-Policy"]


def test_what_customers_wrote_is_shown_escaped(office: Client, chats: list[Conversation]) -> None:
    hostile = "<script>alert(1)</script>"
    message = cast.inbound(chats[0], hostile, payload={"x": hostile})
    chats[0].contact.profile_name = hostile
    chats[0].contact.save()
    for url in (
        address("inbox.message"),
        address("inbox.message", "change", message.pk),
        address("inbox.conversation"),
        address("inbox.contact"),
        address("inbox.contact", "change", chats[0].contact.pk),
    ):
        page = office.get(url).content.decode()
        assert hostile not in page
        assert "&lt;script&gt;" in page


def test_messages_are_found_by_their_words_without_accents(
    office: Client, chats: list[Conversation]
) -> None:
    found = cast.inbound(chats[0], "¿Cuándo llega el camión?")
    cast.inbound(chats[1], "Thank you")
    page = office.get(address("inbox.message"), {"q": "camion"})
    assert [row.pk for row in page.context["cl"].result_list] == [found.pk]


def test_a_draft_is_listed_but_its_words_are_nobodys_business(
    office: Client, make_world: MakeWorld
) -> None:
    make_world(1)
    draft = Conversation.objects.get(drafts__isnull=False).drafts.get()
    page = office.get(address("inbox.draft", "change", draft.pk)).content.decode()
    assert "unsaid" not in page


def test_history_has_no_way_to_be_changed(office: Client, make_world: MakeWorld) -> None:
    make_world(1)
    message = Message.objects.first()
    assert message is not None
    for page in ("delete", "change"):
        answer = office.post(address("inbox.message", page, message.pk), {"post": "yes"})
        assert answer.status_code == 403
    assert office.get(address("inbox.message", "add")).status_code == 403

"""The inbox's pages: what they show, to whom, at which price."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Team, User
from inbox.actions.notes import write_note
from inbox.models import Contact, Conversation, Label
from inbox.urls import urlpatterns
from tests import cast

pytestmark = pytest.mark.django_db
PARTS = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/mine/"}
NEUTRAL = re.compile(
    r'<li class="(?:entry|message|line)[ "][^>]* id="[a-z]+-\d+.*?</li>', re.DOTALL
)


def part(client: Client, url: str, target: str) -> str:
    """What htmx gets for one element."""
    answer = client.get(url, headers={**PARTS, "HX-Target": target})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "view",
    ["mine", "unassigned", "mentions", "closing", "snoozed", "all", "closed", "archived"],
)
def test_every_view_opens_and_an_empty_one_says_what_that_means(
    view: str, client: Client, ana: User
) -> None:
    client.force_login(ana)
    answer = client.get(reverse("inbox", args=[view]))
    assert answer.status_code == 200
    assert "Nothing here" in answer.content.decode()


@pytest.mark.parametrize("view", ["nonsense", "team-x", "mine-7", "team-"])
def test_a_view_that_is_none_is_not_found(view: str, client: Client, ana: User) -> None:
    client.force_login(ana)
    assert client.get(f"/inbox/{view}/").status_code == 404


def test_a_stranger_is_asked_to_sign_in_on_every_address(client: Client) -> None:
    for pattern in urlpatterns:
        answer = client.get(address(pattern, 1))
        assert answer.status_code in {302, 405}, pattern.name
        if answer.status_code == 302:
            assert answer["Location"].startswith("/account/login/"), pattern.name


def test_cleo_finds_none_of_supports_conversations_on_any_address(
    client: Client, cleo: User, conversation: Conversation
) -> None:
    client.force_login(cleo)
    message = cast.inbound(conversation, "Only for Support")
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        if "conversation_id" not in route and "message_id" not in route:
            continue
        url = address(pattern, message.pk if "message_id" in route else conversation.pk)
        for method in (client.get, client.post, client.delete):
            answer = method(url)
            if answer.status_code == 302:
                answer = client.get(answer["Location"])
            assert answer.status_code in {404, 405}, (pattern.name, method.__name__)
            assert "Only for Support" not in answer.content.decode()


def address(pattern: URLPattern, pk: int) -> str:
    """The pattern's address, every number filled with pk."""
    words = {"view": "all", "kind": "location", "form": "pdf"}
    names = pattern.pattern.converters
    return reverse(str(pattern.name), kwargs={name: words.get(name, pk) for name in names})


def test_rows_and_bubbles_are_the_same_bytes_for_everybody(
    client: Client, ana: User, ben: User, conversation: Conversation
) -> None:
    message = cast.inbound(conversation, "The same for all")
    cast.outbound(conversation, "Ours", ana)
    cast.note(conversation, "Among us", ben)
    shown = []
    for user in (ana, ben):
        client.force_login(user)
        page = client.get(f"/inbox/all/{conversation.pk}/?message={message.pk}").content.decode()
        shown.append(NEUTRAL.findall(page))
    assert len(shown[0]) == 4
    assert shown[0] == shown[1]


@pytest.mark.parametrize("rows", [1, 12])
def test_a_list_costs_the_same_however_long_it_is(
    rows: int,
    client: Client,
    ana: User,
    conversation_with: Callable[..., Conversation],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        contact = cast.make_contact(f"Customer {number}", f"4477000{number:05d}")
        row = conversation_with(contact, assignee=ana)
        row.labels.add(Label.objects.create(name=f"label {number}"))
    client.force_login(ana)
    part(client, "/inbox/mine/", "list")
    with django_assert_max_num_queries(6 + 3):  # session, person, teams
        page = part(client, "/inbox/mine/", "list")
    assert page.count('<li class="entry') == rows


@pytest.mark.parametrize("messages", [1, 30])
def test_a_page_of_a_thread_costs_the_same_however_long_it_is(
    messages: int,
    client: Client,
    ana: User,
    conversation: Conversation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(messages):
        cast.outbound(conversation, f"Message {number}", ana)
    client.force_login(ana)
    url = f"/conversations/{conversation.pk}/thread/"
    client.get(url)
    with django_assert_max_num_queries(7 + 3):  # session, person, teams
        page = client.get(url).content.decode()
    assert page.count('<li class="message') == messages


def test_a_thread_opens_at_the_first_message_that_the_person_has_not_seen(
    client: Client, ana: User, ben: User, conversation: Conversation
) -> None:
    messages = [cast.inbound(conversation, f"Message {number}") for number in range(80)]
    cast.outbound(conversation, "Answer", ben)
    client.force_login(ana)
    client.post(f"/conversations/{conversation.pk}/read-mark/", {"seen": "10"})
    page = part(client, f"/conversations/{conversation.pk}/", "conversation")
    assert page.index('id="new-line"') < page.index(f'id="message-{messages[10].pk}"')
    assert f'id="message-{messages[9].pk}"' in page
    assert 'data-more="before"' not in page
    assert 'data-more="after"' in page


def test_a_thread_opens_at_the_note_that_names_the_person(
    client: Client, ana: User, ben: User, conversation: Conversation
) -> None:
    for number in range(70):
        cast.inbound(conversation, f"Before {number}")
    note = write_note(
        conversation=conversation, author=ana, text="@Ben, please", mentions=[ben], at=cast.AT
    )
    for number in range(70):
        cast.inbound(conversation, f"After {number}")
    client.force_login(ben)
    url = f"/conversations/{conversation.pk}/"
    page = part(client, url, "conversation")
    assert f'data-opens-at="{note.pk}"' in page
    assert f'id="message-{note.pk}"' in page
    client.post(f"{url}read-mark/", {"seen": "140"})
    assert "data-opens-at" not in part(client, url, "conversation")


def test_a_permalink_opens_in_the_middle_with_both_ways_to_go_on(
    client: Client, ana: User, conversation: Conversation
) -> None:
    messages = [cast.inbound(conversation, f"Message {number}") for number in range(150)]
    client.force_login(ana)
    url = f"/conversations/{conversation.pk}/?message={messages[75].pk}"
    page = part(client, url, "conversation")
    assert f'id="message-{messages[75].pk}"' in page
    pages = re.findall(r'data-more="(\w+)" hx-get="([^"]+)"', page)
    assert [end for end, _ in pages] == ["before", "after"]
    for end, more in pages:
        further = client.get(more.replace("&amp;", "&")).content.decode()
        assert f'data-more="{"after" if end == "before" else "before"}"' not in further
        assert "message-" in further


def test_a_plain_link_to_a_conversation_leads_to_its_page(
    client: Client, ana: User, conversation: Conversation
) -> None:
    client.force_login(ana)
    answer = client.get(f"/conversations/{conversation.pk}/?message=5")
    assert answer["Location"] == f"/inbox/all/{conversation.pk}/?message=5"


def test_opening_a_row_keeps_the_view_and_its_filters_in_the_address(
    client: Client, ana: User, conversation: Conversation
) -> None:
    client.force_login(ana)
    headers = {**PARTS, "HX-Target": "conversation"}
    headers["HX-Current-URL"] = "http://testserver/inbox/unassigned/?filter=unanswered"
    answer = client.get(f"/conversations/{conversation.pk}/", headers=headers)
    pushed = f"/inbox/unassigned/{conversation.pk}/?filter=unanswered"
    assert answer["HX-Push-Url"] == pushed


def test_a_customer_without_a_name_is_shown_by_number_and_never_by_a_raw_id(
    client: Client, ana: User, conversation_with: Callable[..., Conversation]
) -> None:
    from inbox.models import Identity

    nobody = Contact.objects.create()
    Identity.objects.create(contact=nobody, kind="bsuid", key="US.1349", value="US.13491208655302")
    conversation_with(nobody)
    conversation_with(cast.make_contact("", "34612345678"))
    client.force_login(ana)
    page = part(client, "/inbox/all/", "list")
    assert "••••5302" in page
    assert "US.1349" not in page
    assert "+34 612 34 56 78" in page


def test_unanswered_and_labelled_rows_alone(
    client: Client,
    ana: User,
    ben: User,
    diego: Contact,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> None:
    waits, answered = conversation_with(diego), conversation_with(marina)
    cast.inbound(waits)
    cast.outbound(answered, "Done", ben)
    label = Label.objects.create(name="refund")
    answered.labels.add(label)
    client.force_login(ana)
    page = part(client, "/inbox/all/?filter=unanswered", "list")
    assert f"conversation-{waits.pk}-row" in page
    assert f"conversation-{answered.pk}-row" not in page
    page = part(client, f"/inbox/all/?label={label.pk}", "list")
    assert f"conversation-{answered.pk}-row" in page
    assert f"conversation-{waits.pk}-row" not in page


@pytest.mark.parametrize(
    ("status", "view", "word"),
    [("closed", "closed", "Closed"), ("archived", "archived", "Archived")],
)
def test_a_row_that_is_over_says_so_and_neither_counts_down_nor_waits(
    status: str,
    view: str,
    word: str,
    client: Client,
    ana: User,
    conversation: Conversation,
) -> None:
    cast.inbound(conversation, "Thanks", at=timezone.now())
    client.force_login(ana)
    page = part(client, "/inbox/all/", "list")
    assert "<window-chip" in page
    assert " data-waiting" in page
    Conversation.objects.update(status=status)
    page = part(client, f"/inbox/{view}/", "list")
    assert f'<span class="chip">{word}</span>' in page
    for open_alone in ("<window-chip", " data-waiting", "entry__waiting"):
        assert open_alone not in page
    unanswered = part(client, f"/inbox/{view}/?filter=unanswered", "list")
    assert f"conversation-{conversation.pk}-row" not in unanswered


def test_every_answer_has_a_policy_without_inline_scripts_or_styles(
    client: Client, ana: User, conversation: Conversation
) -> None:
    client.force_login(ana)
    for url in ("/inbox/all/", f"/inbox/all/{conversation.pk}/", "/counts/", "/inbox/none/"):
        policy = client.get(url)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "style-src 'self'" in policy
    page = client.get(f"/inbox/all/{conversation.pk}/").content.decode()
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)


def test_a_team_that_is_not_ones_own_shows_nothing(
    client: Client, ana: User, sales: Team, conversation_with: Callable[..., Conversation]
) -> None:
    conversation_with(cast.make_contact("Hidden Customer", "4477000000001"), team=sales)
    client.force_login(ana)
    assert "Hidden Customer" not in client.get(f"/inbox/team-{sales.pk}/").content.decode()


def test_a_transfer_that_takes_the_conversation_away_offers_no_way_back(
    client: Client, ana: User, ben: User, cleo: User, sales: Team, conversation: Conversation
) -> None:
    client.force_login(ana)
    url, headers = f"/conversations/{conversation.pk}/assignment/", {"HX-Request": "true"}
    kept = client.post(url, {"to": f"user-{ben.pk}"}, headers=headers).content.decode()
    assert "Undo" in kept
    given = client.post(url, {"to": f"team-{sales.pk}"}, headers=headers).content.decode()
    assert "Assigned to Sales" in given
    assert "Undo" not in given

"""Applies what is neither a message nor about one: calls, changed ids, wishes, notices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.webhooks import apply_account_update
from core.hints import hint
from inbox.actions import pushes
from inbox.actions.identities import Customer, move_identities
from inbox.actions.inbound.arrivals import AddressBookName, Happening, Notice, Person, Preference
from inbox.actions.inbound.threads import Thread, Threads
from inbox.actions.inbound.wishes import state
from inbox.actions.session_windows import Key, open_windows
from inbox.models import Consent, Contact, Conversation, Event
from templates_app.webhooks import FIELDS as TEMPLATE_FIELDS
from templates_app.webhooks import apply_template_update

OPEN = Conversation.Status.OPEN
PHONE_APP_NAME = "phone_app_name"
PHONE_APP_AT = "phone_app_at"


@dataclass(frozen=True, slots=True)
class Known:
    """Something that happened with a contact on a channel."""

    news: Happening | Preference | AddressBookName
    contact: Customer
    channel_id: int

    @property
    def key(self) -> Key:
        return (self.contact.pk, self.channel_id)


def latest_conversations(keys: Iterable[Key]) -> dict[Key, int]:
    """The open conversation of each key, or else the last one."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = Conversation.objects.filter(contact__in={contact for contact, _ in wanted})
    newest_last = sorted(rows, key=lambda row: (row.status == OPEN, row.last_message_at, row.pk))
    found = {(row.contact_id, row.channel_id): row.pk for row in newest_last}
    return {key: pk for key, pk in found.items() if key in wanted}


def new_calls(known: Iterable[Known]) -> list[Known]:
    """Calls with which a conversation may begin, without those that are told already."""
    calls = [e for e in known if isinstance(e.news, Happening) and e.news.creates]
    if not calls:
        return []
    keys = [each.news.key for each in calls if isinstance(each.news, Happening)]
    told = set(Event.objects.filter(provider_id__in=keys).values_list("kind", "provider_id"))
    return [
        each
        for each in calls
        if isinstance(each.news, Happening) and (each.news.kind, each.news.key) not in told
    ]


def apply_facts(known: Sequence[Known], threads: Threads) -> None:
    """Each once, in the order of their times; their conversations are locked."""
    openings: dict[Key, datetime] = {}
    for each in sorted(known, key=lambda each: each.news.at):
        thread = threads.of(each.key) or threads.last_of(each.key)
        if isinstance(each.news, AddressBookName):
            _name(Contact.objects.get(pk=each.contact.pk), each.news)
        elif isinstance(each.news, Preference):
            _prefer(each, each.news, thread, threads.at)
        else:
            _happen(each, each.news, thread)
            if each.news.opens_window:
                openings[each.key] = each.news.at
                _wake(thread, threads)
    threads.open_windows(open_windows(openings))


def apply_notices(notices: Iterable[Notice]) -> None:
    """Number, account and template fields go to the apps that own them."""
    for notice in notices:
        if notice.field in TEMPLATE_FIELDS:
            is_known = apply_template_update(
                field=notice.field,
                entry_id=notice.entry_id,
                value=notice.value,
                at=notice.at,
                stamp=notice.key_time,
            )
            if not is_known:
                hint("templates_app.tasks.sync_all")
        else:
            apply_account_update(
                field=notice.field,
                entry_id=notice.entry_id,
                value=notice.value,
                at=notice.at,
                stamp=notice.key_time,
                kind=notice.kind,
            )


def _happen(each: Known, news: Happening, thread: Thread | None) -> None:
    data = dict(news.data)
    if news.moved_to is not None and not _moves(each, news.moved_to):
        data["belongs_to_another_contact"] = True
    if thread is None:
        _keep_without_conversation(each, news, data)
        return
    _add_event(thread, news.kind, news.at, data, news.key)


def _moves(each: Known, moved_to: Person) -> bool:
    return move_identities(Contact.objects.get(pk=each.contact.pk), moved_to)


def _wake(thread: Thread | None, threads: Threads) -> None:
    """Whoever calls is there again, as if they had written."""
    if thread is not None and thread.snoozed_until is not None:
        thread.snoozed_until = None
        threads.changed.add(thread.pk)


def _keep_without_conversation(each: Known, news: Happening, data: dict[str, object]) -> None:
    """A contact with whom nobody has spoken: the administrators' list is where it is seen."""
    apply_account_update(
        field="calls" if news.kind == "call" else "messages",
        entry_id="",
        value={
            "phone_number_id": news.number,
            "contact": each.contact.pk,
            **data,
        },
        at=news.at,
        stamp=news.key,
        kind=news.kind,
    )


def _add_event(thread: Thread, kind: str, at: datetime, data: dict[str, object], key: str) -> None:
    if Event.objects.filter(kind=kind, provider_id=key).exists():
        return
    event = Event.objects.create(
        conversation_id=thread.pk, kind=kind, at=at, data=data, provider_id=key
    )
    pushes.event_added(event)


def _prefer(each: Known, news: Preference, thread: Thread | None, at: datetime) -> None:
    state(
        each.contact.pk,
        is_granted=not news.is_opt_out,
        source=Consent.Source.PREFERENCE,
        at=news.at,
        recorded_at=at,
        wording=news.wording,
    )
    if thread is not None:
        kind = "opted_out" if news.is_opt_out else "opted_in"
        key = f"{each.contact.pk}:{news.at.isoformat()}"
        _add_event(thread, kind, news.at, {"purposes": [Consent.Purpose.MARKETING]}, key)
        pushes.messages_changed({}, taken={thread.pk})


def _name(contact: Contact, news: AddressBookName) -> None:
    """The phone app's name, as long as nobody here has given the contact another one."""
    about = contact.attributes
    stamp = news.at.isoformat()
    if not news.name or about.get(PHONE_APP_AT, "") > stamp:
        return
    if contact.name in {"", about.get(PHONE_APP_NAME)}:
        contact.name = news.name
    about |= {PHONE_APP_NAME: news.name, PHONE_APP_AT: stamp}
    contact.save(update_fields=["name", "attributes"])

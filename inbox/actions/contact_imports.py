"""Takes contacts from a file: each row creates, fills in, changes nothing, or is told why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from core.events import record
from core.folding import fold
from inbox.actions.consents import Said, import_consents
from inbox.actions.contact_files import Row, read_rows
from inbox.actions.contacts import LENGTHS, InvalidContact, checked_fields, checked_phone
from inbox.models import Consent, Contact, Identity
from inbox.queries.access import NotPermitted, contacts_for

BATCH = 1000
TRIES = 3
PHONE, WA_ID, EMAIL = Identity.Kind.PHONE, Identity.Kind.WA_ID, Identity.Kind.EMAIL
Key = tuple[str, str]
# As people write it, in the languages that Sash speaks and some more.
YES = "yes, y, true, 1, x, opted in, opt in, si, sim, oui, ja, نعم"
NO = "no, n, false, 0, opted out, opt out, nao, non, nein, لا"
ANSWERS = dict.fromkeys(YES.split(", "), True) | dict.fromkeys(NO.split(", "), False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, whole, so that it can be mended and tried again."""

    line: int
    cells: list[str]
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of the rows, and how many statements of consent they brought."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    consents: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may be taken: what it is recognised by, and what it says."""

    key: Key
    values: dict[str, str]
    consents: Mapping[Consent.Purpose, bool] = field(default_factory=dict)


def import_contacts(
    *,
    content: bytes,
    by: User,
    at: datetime,
    columns: Mapping[str, int] | None = None,
    origin: str = "a file",
) -> ImportReport:
    """Contacts of a CSV file, recognised by phone number, or by e-mail where there is none.

    A known contact keeps what it has and gets what it lacked; who opted out by themselves stays
    so. origin: what the file is called, as proof of consent. For supervisors and
    administrators. Raises NotPermitted, and UnreadableFile before anything is written.
    """
    if not (by.is_active and by.may_supervise):
        raise NotPermitted("Only supervisors and administrators may import contacts.")
    report = ImportReport()
    candidates = _candidates(read_rows(content, columns), report)
    for batch in batches(candidates):
        _take(batch, by, report, origin, at)
    record(
        kind="contacts.imported",
        actor=by,
        at=at,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        consents=report.consents,
        rejected=len(report.rejected),
    )
    return report


def batches(candidates: list[Candidate]) -> Iterator[list[Candidate]]:
    """So many at a time that a transaction stays short."""
    return (candidates[start : start + BATCH] for start in range(0, len(candidates), BATCH))


def _candidates(rows: list[Row], report: ImportReport) -> list[Candidate]:
    candidates = []
    for row in rows:
        try:
            candidates.append(read_candidate(row.values))
        except InvalidContact as error:
            report.rejected.append(Rejected(row.line, row.cells, str(error)))
    return candidates


def read_candidate(row: Mapping[str, str]) -> Candidate:
    """Raises InvalidContact."""
    values = checked_fields({key: value for key, value in row.items() if key in LENGTHS})
    said = {
        purpose: read_answer(purpose, row[purpose])
        for purpose in Consent.Purpose
        if row.get(purpose)
    }
    if row.get("phone"):
        return Candidate((PHONE, checked_phone(row["phone"])), values, said)
    if not values.get("email"):
        raise InvalidContact({"phone": "Neither a phone number nor an e-mail address."})
    return Candidate((EMAIL, values["email"].casefold()), values, said)


def read_answer(field: str, text: str) -> bool:
    """Yes or no, as people write it. Raises InvalidContact."""
    word = fold(text)
    if word not in ANSWERS:
        raise InvalidContact({field: f"Write yes or no, not “{text[:40]}”."})
    return ANSWERS[word]


def _take(
    batch: list[Candidate], by: User, report: ImportReport, origin: str, at: datetime
) -> None:
    """One batch in one transaction; again when somebody created one of its contacts meanwhile."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                created, updated, said = _write(batch, by)
                consents = import_consents(said, wording=origin, by=by, at=at)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            break
    report.created += created
    report.updated += updated
    report.consents += consents
    report.unchanged += len(batch) - created - updated


def _write(batch: list[Candidate], by: User) -> tuple[int, int, list[Said]]:
    """How many rows created a contact, how many filled one in, and what they say of consent."""
    known = _known(batch)
    mine = set(
        contacts_for(by)
        .filter(pk__in=[contact.pk for contact in known.values()])
        .values_list("pk", flat=True)
    )
    fresh: dict[Key, Contact] = {}
    filled: dict[int, Contact] = {}
    updated = 0
    for row in batch:
        contact = known.get(row.key)
        if contact is None:
            known[row.key] = fresh[row.key] = Contact(**row.values)
        elif (contact.pk is None or contact.pk in mine) and fill_in(contact, row.values):
            updated += 1
            if contact.pk is not None:
                filled[contact.pk] = contact
    Contact.objects.bulk_update(filled.values(), ["name", "email", "company", "language"])
    Contact.objects.bulk_create(fresh.values())
    Identity.objects.bulk_create(
        Identity(contact=contact, kind=kind, key=key, value=key)
        for (kind, key), contact in fresh.items()
    )
    said = [
        (contact.pk, purpose, is_granted)
        for row in batch
        for purpose, is_granted in row.consents.items()
        if (contact := known[row.key]).pk in mine or row.key in fresh
    ]
    return len(fresh), updated, said


def _known(batch: list[Candidate]) -> dict[Key, Contact]:
    """The contacts that exist already, by the key of their row; locked, so that none is lost."""
    keys = {row.key[1] for row in batch}
    rows = Identity.objects.filter(kind__in=[PHONE, WA_ID, EMAIL], key__in=keys)
    found = list(rows.order_by("kind", "pk").values_list("kind", "key", "contact"))
    contacts = (
        Contact.objects.select_for_update()
        .order_by("pk")
        .in_bulk([contact for _, _, contact in found])
    )
    known: dict[Key, Contact] = {}
    for kind, key, contact in found:
        known.setdefault((EMAIL if kind == EMAIL else PHONE, key), contacts[contact])
    return known


def fill_in(contact: Contact, values: Mapping[str, str]) -> bool:
    """Write what the contact lacked; whether there was anything."""
    lacked = {key: value for key, value in values.items() if value and not getattr(contact, key)}
    for key, value in lacked.items():
        setattr(contact, key, value)
    return bool(lacked)

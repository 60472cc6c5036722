"""People in the admin: invited, given roles and teams, and let go."""

from datetime import timedelta

from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Channel, Invitation, Membership, Team, User
from core.models import AuditEvent
from inbox.models import Conversation
from tests import cast


def test_an_invitation_is_written_in_the_admin_mailed_and_told_once(
    office: Client, support: Team, django_capture_on_commit_callbacks
) -> None:
    form = {"email": "Nora@Example.com", "name": "Nora", "role": "agent", "teams": [support.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(reverse("admin:accounts_invitation_add"), form)
    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    assert list(invitation.teams.all()) == [support]
    assert mail.outbox[0].to == ["nora@example.com"]
    told = next(
        str(m)
        for m in get_messages(answer.wsgi_request)
        if "/invitation" in str(m) or "http" in str(m)
    )
    link = told.split()[-1]
    assert link in mail.outbox[0].body
    assert Client().get(link).status_code == 200


def test_an_invitation_sent_again_makes_the_first_address_void(
    office: Client, omar: User, django_capture_on_commit_callbacks
) -> None:
    office.post(
        reverse("admin:accounts_invitation_add"), {"email": "nora@example.com", "role": "agent"}
    )
    first = Invitation.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(
            reverse("admin:accounts_invitation_send_again", args=[first.pk]), follow=True
        )
    assert answer.status_code == 200
    assert Invitation.objects.get().token_hash != first.token_hash
    assert len(mail.outbox) == 1


def test_an_invitation_is_withdrawn(office: Client, omar: User) -> None:
    invitation = Invitation.objects.create(
        email="nora@example.com", token_hash="x", expires_at=timezone.now() + timedelta(days=1)
    )
    url = reverse("admin:accounts_invitation_withdraw", args=[invitation.pk])
    assert office.post(url, follow=True).status_code == 200
    assert not Invitation.objects.exists()


def test_somebody_who_is_in_is_not_invited(office: Client, ana: User) -> None:
    page = office.post(
        reverse("admin:accounts_invitation_add"), {"email": ana.email.upper(), "role": "agent"}
    )
    assert "in Sash already" in page.content.decode()


def test_a_leaver_is_asked_about_first_and_loses_everything_at_once(
    office: Client, ana: User, channel: Channel
) -> None:
    chat = cast.conversation_with(cast.make_contact("Diego", "34612345678"), channel, assignee=ana)
    url = reverse("admin:accounts_user_deactivate", args=[ana.pk])
    asked = office.get(url).content.decode()
    assert "conversations go back to the queues" in asked
    ana.refresh_from_db()
    assert ana.is_active
    office.post(url)
    ana.refresh_from_db()
    chat.refresh_from_db()
    assert not ana.is_active
    assert chat.assignee is None
    office.post(reverse("admin:accounts_user_reactivate", args=[ana.pk]))
    ana.refresh_from_db()
    assert ana.is_active


def test_the_last_administrator_stays(office: Client, omar: User) -> None:
    office.post(reverse("admin:accounts_user_deactivate", args=[omar.pk]))
    page = office.post(
        reverse("admin:accounts_user_change", args=[omar.pk]), user_form(omar, role="agent")
    )
    assert "Make somebody else an administrator first." in page.content.decode()
    omar.refresh_from_db()
    assert omar.is_active
    assert omar.is_administrator


def test_a_role_and_teams_are_changed_through_the_actions(
    office: Client, ana: User, sales: Team, support: Team
) -> None:
    membership = Membership.objects.get(user=ana)
    form = user_form(ana, role="supervisor") | {
        "memberships-TOTAL_FORMS": "2",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": str(membership.pk),
        "memberships-0-user": str(ana.pk),
        "memberships-0-team": str(support.pk),
        "memberships-0-DELETE": "on",
        "memberships-1-user": str(ana.pk),
        "memberships-1-team": str(sales.pk),
        "memberships-1-is_lead": "on",
    }
    answer = office.post(reverse("admin:accounts_user_change", args=[ana.pk]), form)
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert ana.role == User.Role.SUPERVISOR
    assert list(ana.memberships.values_list("team__name", "is_lead")) == [("Sales", True)]
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"person.role", "person.joined", "person.left_team"} <= kinds


def test_people_are_neither_added_nor_deleted_by_hand(office: Client, ana: User) -> None:
    assert office.get(reverse("admin:accounts_user_add")).status_code == 403
    assert office.get(reverse("admin:accounts_user_delete", args=[ana.pk])).status_code == 403


def test_spans_of_one_day_do_not_overlap(office: Client, channel: Channel) -> None:
    form = {
        "name": "WhatsApp",
        "transport": "whatsapp",
        "time_zone": "Europe/Madrid",
        "mark_read": "never",
        "opt_in": "marketing",
        "hours-TOTAL_FORMS": "2",
        "hours-INITIAL_FORMS": "0",
        **{f"hours-{n}-weekday": "0" for n in range(2)},
        "hours-0-opens_at": "09:00",
        "hours-0-closes_at": "14:00",
        "hours-1-opens_at": "13:00",
        "hours-1-closes_at": "18:00",
    }
    url = reverse("admin:accounts_channel_change", args=[channel.pk])
    assert "Two spans of Monday overlap." in office.post(url, form).content.decode()
    assert office.post(url, form | {"hours-1-opens_at": "14:00"}).status_code == 302
    assert channel.hours.count() == 2
    assert Conversation.objects.count() == 0


def user_form(user: User, **fields: str) -> dict[str, str]:
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "language": "en",
        "time_zone": "UTC",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    } | fields

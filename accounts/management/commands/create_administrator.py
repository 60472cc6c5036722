"""manage.py create_administrator: the first person of an installation, or one more."""

import getpass
import os
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from accounts.actions import create_administrator
from accounts.models import User


class Command(BaseCommand):
    """Asks for what is missing; without a terminal it reads SASH_ADMIN_PASSWORD."""

    help = "Create an administrator, who can then invite everybody else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        email = (options["email"] or ask("E-mail: ", "--email")).strip().lower()
        try:
            validate_email(email)
            if User.objects.filter(email__iexact=email).exists():
                raise CommandError(f"{email} is in Sash already.")
            user = create_administrator(
                email=email,
                name=options["name"] or ask("Name: ", "--name"),
                password=os.environ.get("SASH_ADMIN_PASSWORD") or ask_password(),
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{user} may now sign in as {user.email}.")


def ask(question: str, option: str) -> str:
    """An answer typed at a terminal. Raises CommandError where nobody sits."""
    if not sys.stdin.isatty():
        raise CommandError(f"Give {option}.")
    return input(question).strip()


def ask_password() -> str:
    """Typed twice, unseen. Raises CommandError."""
    if not sys.stdin.isatty():
        raise CommandError("Set SASH_ADMIN_PASSWORD.")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise CommandError("The two passwords differ.")
    return password

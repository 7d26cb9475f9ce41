"""Begins an organisation, with an invitation for its first administrator."""

from __future__ import annotations

import os
import zoneinfo
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from typing_extensions import override

from soc.people import invitations, services
from soc.people.models import Member
from soc.people.rights import Role
from soc.people.services import Grant
from soc.refusals import Refusal


class Command(BaseCommand):
    help = "Begins an organisation and prints the link by which its first administrator chooses name and password."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        """Take what an organisation is."""
        parser.add_argument("name", help="What the organisation is called.")
        parser.add_argument("--administrator", default="Administrator", help="The first administrator's own name.")
        parser.add_argument("--language", default=_spoken_here(), help="en or fr; unsaid, the machine's own.")
        parser.add_argument("--timezone", default="Europe/Paris", help="Where its days begin.")
        parser.add_argument("--address", default="http://localhost:8000", help="Where people open the console.")
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing when the installation has a member already."
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print the link, whose secret is kept nowhere."""
        if options["if_empty"] and Member.objects.exists():
            return
        if options["language"] not in dict(settings.LANGUAGES):
            spoken = ", ".join(dict(settings.LANGUAGES))
            raise CommandError(f"Vigie does not speak “{options['language']}”: choose one of {spoken}.")
        if options["timezone"] not in zoneinfo.available_timezones():
            raise CommandError(f"There is no time zone “{options['timezone']}”: name one such as Europe/Paris.")
        name = options["name"].strip()
        if not name:
            raise CommandError("The organisation needs a name.")
        try:
            with transaction.atomic():
                organisation = services.create_organisation(
                    name, timezone=options["timezone"], language=options["language"]
                )
                made = invitations.invite(
                    organisation, display_name=options["administrator"], grants=[Grant(Role.ADMINISTRATOR)]
                )
        except Refusal as refusal:
            raise CommandError(refusal.sentence()) from None
        self.stdout.write(
            f"{organisation.name} begins. Its first administrator opens this address, once, within 7 days:"
        )
        self.stdout.write(f"{options['address'].rstrip('/')}/invitation#{made.secret}")


def _spoken_here() -> str:
    """The language that the machine's locale names, where Vigie speaks it; English otherwise."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    language = named.split("_")[0].split(".")[0]
    return language if language in dict(settings.LANGUAGES) else "en"

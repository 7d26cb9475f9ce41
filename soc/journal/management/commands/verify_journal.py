"""Verifies the journals and names the first entry that was changed, removed or inserted."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from soc.journal.verification import Verification, verify
from soc.people.models import Organisation


class Command(BaseCommand):
    help = "Verify the seal chains, every entry and the exported heads. Ends with 1 when a journal does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", help="Name or id of one organisation; all without it.")
        parser.add_argument("--all-faults", action="store_true", help="Name every fault, not only the first.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  (Django's signature)
        broken = 0
        for organisation in _chosen(options["organisation"]):
            found = verify(organisation.pk)
            self.stdout.write(f"{organisation.name}: {_summary(found)}")
            faults = found.faults if options["all_faults"] else found.faults[:1]
            for fault in faults:
                self.stdout.write(self.style.ERROR(f"  {fault.sentence()}"))
            broken += not found.holds
        if broken:
            raise CommandError(
                ngettext("%(count)s journal does not hold.", "%(count)s journals do not hold.", broken)
                % {"count": broken}
            )


def _chosen(wanted: str | None) -> list[Organisation]:
    if wanted is None:
        return list(Organisation.objects.order_by("name"))
    by_name = Organisation.objects.filter(name=wanted)
    try:
        found = list(by_name or Organisation.objects.filter(pk=UUID(wanted)))
    except ValueError:
        found = []
    if not found:
        raise CommandError(_("There is no organisation “%(name)s”.") % {"name": wanted})
    return found


def _summary(found: Verification) -> str:
    verdict = _("the journal holds") if found.holds else _("the journal does NOT hold")
    text = _("%(verdict)s; %(entries)s entries under %(seals)s seals, head %(head)s, %(unsealed)s not sealed yet") % {
        "verdict": verdict,
        "entries": found.entries,
        "seals": found.seals,
        "head": found.head[:16],
        "unsealed": found.unsealed,
    }
    if found.unsealed_since is not None:
        text += " " + _("(since %(at)s)") % {"at": found.unsealed_since.isoformat(timespec="seconds")}
    return text

"""A safeguard plan as a PDF, for when there is no power: all of it but who is vulnerable, in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.audits.catalogue import RISKS
from crisis.audits.pcs.directory import Named, director_word, directory
from crisis.audits.pcs.models import ExerciseKind, SafeguardPlan
from crisis.audits.pcs.selectors import exercise_due
from crisis.audits.sources import written_day
from soc import clock
from soc.documents.rendering import render
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory import phones
from soc.people.directory.models import ContactWay, WayKind
from soc.people.models import Member

TEMPLATE: Final = "audits/pcs.typ"


def pdf(plan: SafeguardPlan, reader: Member) -> bytes:
    """The plan as `reader` gets it, on the organisation's clock; who printed it is journalled.

    Args:
        plan: prefetched with `crisis.audits.pcs.selectors.plans`.
        reader: in whose language; numbers of people stand in it as far as this member sees the directory.
    """
    now = clock.now()
    with translation.override(reader.language), timezone.override(ZoneInfo(plan.organisation.timezone)):
        data = document(plan, reader, now)
    made = render(TEMPLATE, data, reader.language, at=now)
    with transaction.atomic():
        record(plan.organisation_id, Action.PCS_PRINTED, actor=reader, subject=plan, site_id=plan.site_id, details={})
    return made


def file_name(plan: SafeguardPlan) -> str:
    """What the file is called: letters that every system takes."""
    return f"pcs-{plan.pk}.pdf"


def document(plan: SafeguardPlan, reader: Member, now: dt.datetime) -> Json:
    """All that the template shows, in words."""
    due = exercise_due(plan)
    named = directory(plan, reader)
    return {
        "words": _words(),
        "title": plan.name,
        "organisation": plan.organisation.name,
        "site": plan.site.name,
        "adopted": written_day(plan.adopted_on) if plan.adopted_on else _("not adopted"),
        "order": plan.order_number or "–",
        "post": plan.command_post or "–",
        "due": written_day(due) if due else "–",
        "printed": _("Printed on %(at)s by %(who)s")
        % {"at": date_format(timezone.localtime(now), "j F Y, H:i"), "who": reader.display_name},
        "directors": [
            [director_word(at), one.person.display_name, one.function] for at, one in enumerate(plan.directors.all())
        ],
        "cells": [
            {
                "name": cell.name,
                "mission": cell.mission,
                "posts": [[post.person.display_name, post.role] for post in cell.posts.all()],
            }
            for cell in plan.cells.all()
        ],
        "sheets": [{"title": one.title, "risk": _risk(one.code), "text": one.text} for one in plan.sheets.all()],
        "shelters": [
            {
                "name": one.name,
                "address": one.address,
                "places": ngettext("%(count)d place", "%(count)d places", one.capacity) % {"count": one.capacity},
                "contact": one.contact.display_name if one.contact else "–",
                "notes": one.notes,
            }
            for one in plan.shelters.all()
        ],
        "volunteers": [[one.person.display_name, one.skills] for one in plan.volunteers.all()],
        "directory": [_reached(one) for one in named],
        "exercises": [
            {"day": written_day(one.held_on), "kind": str(ExerciseKind(one.kind).label), "lessons": one.lessons}
            for one in plan.exercises.all()
        ],
    }


def _words() -> dict[str, Json]:
    return {
        "page": _("Page {number} of {count}"),
        "plan": _("Communal safeguard plan"),
        "town": _("Town"),
        "adopted": _("Adopted by the mayor’s order on"),
        "order": _("Number of the order"),
        "post": _("Where the command post is set up"),
        "due": _("Next exercise by"),
        "directors": _("Who directs the rescue operations"),
        "no_director": _("Nobody is named to direct."),
        "cells": _("Cells of the command post"),
        "nobody": _("Nobody is in this cell."),
        "sheets": _("Reflex sheets"),
        "shelters": _("Shelters"),
        "no_shelter": _("There is no shelter."),
        "opens": _("Who opens it"),
        "volunteers": _("Volunteers"),
        "no_volunteer": _("There is no volunteer."),
        "directory": _("Directory of the plan"),
        "exercises": _("Exercises that were held"),
        "no_exercise": _("No exercise was written down yet."),
        "restricted": _("Who is looked after first is not printed: the list is restricted, and shown on screen only."),
    }


def _risk(code: str) -> str:
    risk = RISKS.get(code)
    return str(risk.name) if risk else ""


def _reached(one: Named) -> Json:
    return {
        "name": one.person.display_name,
        "roles": list(one.roles),
        "ways": [way_words(way) for way in one.ways],
    }


def way_words(way: ContactWay) -> str:
    """A number or address as people write it."""
    return phones.written(way.address) if way.kind == WayKind.PHONE else way.address

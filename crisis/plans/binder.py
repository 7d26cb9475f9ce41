"""What the offline binder of a plan says: how to go on without the system, whom to call, what to say and do.

The template is `documents/plans/binder.typ`; `soc.documents` makes the PDF of both. A binder holds names and numbers of
those whom its reader sees in the directory: printing one is journalled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import check_for_language, get_language, ngettext, override
from django.utils.translation import gettext as _

from alerts.channels.base import Channel
from crisis.plans.audiences import people
from crisis.plans.changes import duration
from crisis.plans.content import (
    AnyStep,
    Audience,
    Contacting,
    DevicesStep,
    EmergencyStep,
    InstructionStep,
    MessageStep,
    PlanContent,
    TaskStep,
)
from crisis.plans.models import PlanVersion
from crisis.plans.order import begins
from crisis.plans.parts import Part, PartKind, parts
from crisis.plans.references import RefKind, ids, references
from crisis.plans.texts import language_name
from crisis.templates import Place
from soc.journal.digests import Json
from soc.people.directory.models import Person, WayKind
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

TEMPLATE: Final = "plans/binder.typ"
MOST_PEOPLE: Final = 100
"""People of one step that are printed with their numbers; more are counted."""


def binder(version: PlanVersion, reader: Member, at: dt.datetime) -> Json:
    """All that the template shows, in the active language.

    Args:
        version: an approved one, or a draft, which says that it is one.
        reader: whoever prints it: people out of their reach are counted, not named.
        at: when: who would be reached then.
    """
    content, plan = version.content, version.plan
    named, begun = references(content, version.risk), begins(content.steps)
    known = _parts(version, PartKind.SCRIPT, ids(named, RefKind.SCRIPT))
    known |= _parts(version, PartKind.CONTACT, ids(named, RefKind.CONTACT))
    printed = date_format(localtime(at, ZoneInfo(version.organisation.timezone)), "DATETIME_FORMAT")
    return {
        "title": plan.name,
        "organisation": version.organisation.name,
        "site": plan.site.name,
        "address": plan.site.address,
        "version": _("Version %(number)d") % {"number": version.number},
        "approved": _approved(version),
        "digest": version.digest,
        "printed": _("Printed on %(when)s. Numbers change: print it again after each change.") % {"when": printed},
        "words": _words(),
        "first": _first(),
        "steps": [_step(step, begun.get(step.key), version, content, known) for step in content.steps],
        "calls": list(_calls(version, content, reader, at)),
        "end": _said(content, {language: words.text for language, words in content.stand_down.items()}, version),
    }


def by_hand(text: str, version: PlanVersion) -> str:
    """A text as somebody reads it aloud without the system: what is known of the plan is filled, the rest is a gap to fill in."""
    filled = {
        Place.ORGANISATION: version.organisation.name,
        Place.SITE: version.plan.site.name,
        Place.ADDRESS: version.plan.site.address,
        Place.PLAN: version.plan.name,
        Place.EXERCISE: "",
    }
    for place in Place:
        text = text.replace(place.token, filled.get(place, f"[{place.label}: ………]"))
    return text.replace("{{", "{").replace("}}", "}").strip()


def _parts(version: PlanVersion, kind: PartKind, wanted: frozenset[UUID]) -> dict[UUID, Part]:
    return dict(parts(kind, version.organisation_id, version.plan.site_id, wanted))


def _approved(version: PlanVersion) -> str:
    if version.approved_by is None or version.approved_at is None:
        return _("This is a draft: nobody has approved it.")
    when = date_format(localtime(version.approved_at, ZoneInfo(version.organisation.timezone)), "DATE_FORMAT")
    return _("Approved by %(who)s on %(when)s") % {"who": version.approved_by.display_name, "when": when}


def _words() -> dict[str, Json]:
    return {
        "page": _("Page {number} of {count}"),
        "site": _("Site"),
        "address": _("Address"),
        "first": _("Without the system"),
        "steps": _("Step by step"),
        "calls": _("Who is called"),
        "end": _("At the end"),
        "done": _("Done at"),
        "by": _("By whom"),
        "digest": _("SHA-256 of what was approved"),
    }


def _first() -> list[Json]:
    return [
        _("Look whether you are safe. Take this binder, a phone, a lamp and something to write with."),
        _("One person directs and says so; a second one writes down what is done, by whom and when."),
        _("In danger of life call 112 (or 15, 17, 18); who cannot speak or hear writes to 114."),
        _(
            "After a camera’s alert alone, lock no door and call nobody automatically: look first, and write down what you saw."
        ),
        _("Go through the steps in their order. Fill in what stands in square brackets before you read it aloud."),
        _("Tick who was reached. Try those who did not answer again, another way, and ask their neighbours."),
    ]


def _step(
    step: AnyStep, begins_s: int | None, version: PlanVersion, content: PlanContent, known: Mapping[UUID, Part]
) -> Json:
    said: list[Json] = []
    lines: list[str] = []
    match step:
        case MessageStep():
            said = _said(content, {language: words.text for language, words in step.words.items()}, version)
            lines.append(_("By: %(ways)s.") % {"ways": ", ".join(str(Channel(way.channel).label) for way in step.ways)})
        case InstructionStep():
            said = _said(content, step.words, version)
            lines.append(_("Say it aloud everywhere, again and again."))
        case DevicesStep():
            lines += _of_part(known.get(step.script))
        case EmergencyStep():
            lines.append(str(Contacting(step.how).label))
            lines += _of_part(known.get(step.contact) if step.contact is not None else None)
        case TaskStep():
            lines.append(step.role)
            if step.within_s:
                lines.append(_("Within %(time)s.") % {"time": duration(step.within_s)})
    return {"name": step.name, "when": _when(step, begins_s, content), "lines": list(lines), "said": said}


def _when(step: AnyStep, begins_s: int | None, content: PlanContent) -> str:
    said = _("When whoever directs says so")
    if not step.by_hand and begins_s is not None:
        said = _("At once") if begins_s == 0 else _("After %(time)s") % {"time": duration(begins_s)}
    if step.unless is not None and (asked := content.step(step.unless.step)) is not None:
        sentence = ngettext(
            "only if fewer than %(count)d person answered “%(step)s”",
            "only if fewer than %(count)d people answered “%(step)s”",
            step.unless.needed,
        )
        said = f"{said}, {sentence % {'count': step.unless.needed, 'step': asked.name}}"
    return said


def _of_part(part: Part | None) -> list[str]:
    return [part.name, *part.lines] if part is not None else [_("Not known: ask whoever directs.")]


def _said(content: PlanContent, texts: Mapping[str, str], version: PlanVersion) -> list[Json]:
    """A text in each of the plan's languages in which it is there."""
    said: list[Json] = []
    for one in content.languages:
        if texts.get(one, "").strip():
            # The gaps are named in the text's own language, where the product speaks it.
            with override(one if check_for_language(one) else get_language()):
                text = by_hand(texts[one], version)
            said.append({"language": language_name(one), "text": text})
    return said


def _calls(version: PlanVersion, content: PlanContent, reader: Member, at: dt.datetime) -> Iterator[Json]:
    """Each different audience once, with the steps that go to it."""
    by: dict[Audience, list[str]] = {}
    for step in content.messages():
        by.setdefault(step.to, []).append(step.name)
    if content.help_to is not None:
        by.setdefault(content.help_to, []).append(_("Calls for help"))
    for audience, names in by.items():
        rows = people(version.organisation_id, version.plan.site_id, audience, at)
        seen = scoped(rows, reader, Right.SEE_DIRECTORY).prefetch_related("ways").order_by("display_name", "id")
        shown = list(seen[:MOST_PEOPLE])
        more = rows.count() - len(shown)
        yield {
            "steps": list(names),
            "people": [{"name": str(person), "numbers": _numbers(person)} for person in shown],
            "more": ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more} if more else "",
        }


def _numbers(person: Person) -> str:
    ways = [way.address for way in person.ways.all() if way.kind == WayKind.PHONE]
    return ", ".join(ways) or _("no phone number")

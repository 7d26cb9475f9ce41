"""The report as a PDF to hand out and as a CSV to reckon with, in the reader's language and on the organisation's clock."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from crisis.activations.directing import STAND_DOWN
from crisis.activations.kinds import EventKind
from crisis.activations.models import Activation
from crisis.activations.report import ActivationReport, Before, ResponseOf, report
from crisis.activations.wire import ActivationLine, StepView
from soc import clock
from soc.documents.rendering import render
from soc.exports import safe_cell
from soc.journal.digests import Json
from soc.people.models import Member

TEMPLATE = "activations/report.typ"


def pdf(of: Activation, reader: Member) -> bytes:
    """The report as a PDF."""
    now = clock.now()
    with translation.override(reader.language), timezone.override(ZoneInfo(of.organisation.timezone)):
        return render(TEMPLATE, _shown(of, report(of), now), reader.language, at=now)


def rows(of: Activation, reader: Member) -> Iterator[list[str]]:
    """The report as rows of a table: what, which, how many."""
    with translation.override(reader.language), timezone.override(ZoneInfo(of.organisation.timezone)):
        found = report(of)
        yield [_("Part"), _("Name"), _("Value")]
        for name, value in _facts(found):
            yield [_("Plan under way"), name, value]
        for part, responses in ((_("By channel"), found.channels), (_("By group"), found.groups)):
            for one in responses:
                for name, value in _numbers(one):
                    yield [part, f"{one.name}: {name}", value]
        for step in found.steps:
            yield [_("Steps"), _step_name(step), " ".join(_step(step)[1:]).strip()]
        for failure in found.failures:
            yield [_("What failed"), f"{failure.channel.label}: {failure.sentence}", str(failure.count)]
        for line in found.decisions:
            who = line.member.name if line.member else ""
            yield [_("Decisions"), f"{_when(line.at)} {who}", f"{EventKind(line.kind).label} {line.text}".strip()]
        for sentence in found.improve:
            yield [_("What to do better"), "", sentence]
        for line in found.lessons:
            yield [_("Written since"), *_lesson(line)]


def table(of: Activation, reader: Member) -> str:
    """The report as CSV, without anything that a spreadsheet would run."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows(of, reader))
    return written.getvalue()


def _shown(of: Activation, found: ActivationReport, now: dt.datetime) -> Json:
    """All that the template shows."""
    return {
        "title": of.plan.name,
        "kind": _("Report of an exercise") if of.drill else _("Report"),
        "drill": of.drill,
        "organisation": of.organisation.name,
        "reference": of.reference,
        "printed": _("Printed on %(when)s") % {"when": _when(now)},
        "words": _words(),
        "facts": [[name, value] for name, value in _facts(found)],
        "answers": [[name, value] for name, value in _answers(found)],
        "channels": [_row(one) for one in found.channels],
        "groups": [_row(one) for one in found.groups],
        "failures": [[f"{one.channel.label}: {one.sentence}", str(one.count)] for one in found.failures],
        "tasks": [
            [one.name, one.role, one.done_by or str(one.state.label), _when(one.done_at), _("late") if one.late else ""]
            for one in found.tasks
        ],
        "decisions": [
            [_when(one.at), one.member.name if one.member else "", str(EventKind(one.kind).label), one.text]
            for one in found.decisions
        ],
        "steps": [list(_step(one)) for one in found.steps],
        "improve": list(found.improve),
        "lessons": [list(_lesson(line)) for line in found.lessons],
        "before": _compared(found.overall, found.before),
    }


def _facts(found: ActivationReport) -> Iterator[tuple[str, str]]:
    brief = found.activation
    yield _("Number"), f"{brief.number} ({brief.reference})"
    yield _("Site"), brief.site.name
    yield _("Plan"), _("%(name)s, version %(number)d") % {"name": brief.plan.name, "number": brief.plan_version}
    yield _("Cause"), str(brief.cause.label)
    yield (
        _("Started"),
        " ".join(filter(None, (_when(brief.started_at), brief.started_by.name if brief.started_by else ""))),
    )
    if brief.verified_at is not None and brief.verified_by is not None and brief.verified_how is not None:
        yield _("Verified"), f"{_when(brief.verified_at)} {brief.verified_by.name}, {brief.verified_how.label}"
    yield _("Who directs"), brief.director.name if brief.director else "–"
    yield (
        _("Stood down"),
        " ".join(filter(None, (_when(brief.ended_at), brief.ended_by.name if brief.ended_by else ""))),
    )
    yield from _numbers(found.overall)


def _answers(found: ActivationReport) -> Iterator[tuple[str, str]]:
    counts = found.answers
    yield _("Safe"), str(counts.safe)
    yield _("Need help"), str(counts.help)
    yield _("On my way"), str(counts.coming)
    yield _("Something else"), str(counts.other)
    yield _("No answer"), str(counts.none)
    yield _("Not reached"), str(counts.not_reached)


def _numbers(one: ResponseOf) -> Iterator[tuple[str, str]]:
    yield _("People"), str(one.people)
    yield _("Reached"), str(one.reached)
    yield _("Without a number or address"), str(one.no_address)
    yield _("Answered"), str(one.answered)
    yield _("Within 5 minutes"), str(one.within_5_min)
    yield _("Median time to answer"), _seconds(one.median_s)


def _row(one: ResponseOf) -> list[Json]:
    return [
        one.name,
        str(one.people),
        str(one.reached),
        str(one.no_address),
        str(one.answered),
        str(one.within_5_min),
        _seconds(one.median_s),
    ]


def _compared(now: ResponseOf, before: Before | None) -> list[Json]:
    """Rows of what, then, now."""
    if before is None:
        return []
    return [
        [_("Number"), str(before.number), ""],
        [_("Started"), _when(before.started_at), ""],
        [_("Reached"), _share(before.reached, before.people), _share(now.reached, now.people)],
        [_("Answered"), _share(before.answered, before.people), _share(now.answered, now.people)],
        [_("Within 5 minutes"), _share(before.within_5_min, before.people), _share(now.within_5_min, now.people)],
        [_("Median time to answer"), _seconds(before.median_s), _seconds(now.median_s)],
    ]


def _words() -> dict[str, Json]:
    return {
        "answers": _("Answers"),
        "channels": _("By channel"),
        "groups": _("By group"),
        "steps": _("Steps"),
        "failures": _("What failed"),
        "tasks": _("Checklist"),
        "decisions": _("Decisions"),
        "improve": _("What to do better"),
        "lessons": _("Written since"),
        "before": _("Compared with the one before"),
        "head": [
            _("Name"),
            _("People"),
            _("Reached"),
            _("No address"),
            _("Answered"),
            _("Within 5 minutes"),
            _("Median"),
        ],
        "then": _("Then"),
        "now": _("Now"),
        "exercise": _("EXERCISE"),
        "nothing": _("Nothing."),
        "page": _("Page {number} of {count}"),
    }


def _step(of: StepView) -> tuple[str, str, str, str]:
    """A step: its name, when it began and ended, where it stands, who answered."""
    when = " – ".join(f"{localtime(at):%H:%M:%S}" for at in (of.started_at, of.ended_at) if at)
    answered = _("%(answered)d of %(people)d answered") % {"answered": of.answered, "people": of.people}
    asked = of.people > 0 and of.started_at is not None and of.key != STAND_DOWN
    return _step_name(of), when, str(of.state.label), answered if asked else ""


def _step_name(of: StepView) -> str:
    """How a step is called: those that nobody wrote beforehand are named here."""
    if not of.added:
        return of.name
    if of.key == STAND_DOWN:
        return _("Word that it is over")
    said = {
        "help": _("Call for help of %(name)s: told"),
        "own": _("%(name)s, own people first"),
        "message": _("Further message by %(name)s"),
    }
    return said.get(of.key.split("-", 1)[0], "%(name)s") % {"name": of.name}


def _lesson(line: ActivationLine) -> tuple[str, str]:
    """What somebody wrote once it was over: when and who, and the words."""
    return f"{_when(line.at)} {line.member.name if line.member else ''}".strip(), line.text


def _share(part: int, whole: int) -> str:
    return f"{100 * part // whole} %" if whole else "–"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{int(value) // 60}:{int(value) % 60:02d}"


def _when(at: dt.datetime | None) -> str:
    return date_format(localtime(at), "SHORT_DATE_FORMAT") + f" {localtime(at):%H:%M:%S}" if at else ""

"""What can be done with safeguard plans: begun from the template, changed as a whole, exercised; one transaction each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.audits import catalogue, editing
from crisis.audits.events import PcsChanged
from crisis.audits.facts import today_in
from crisis.audits.pcs import template
from crisis.audits.pcs.models import (
    CellPost,
    CommandCell,
    Director,
    ExerciseKind,
    PcsExercise,
    ReflexSheet,
    SafeguardPlan,
    Shelter,
    Volunteer,
)
from soc import clock
from soc.broadcast.events import Event
from soc.broadcast.services import publish
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory.models import Person
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

MOST: Final = 500
"""Rows of a list, at most."""


class PcsEntry(TypedDict, total=False):
    """What is entered about a plan; a field that is missing stays as it is, a list is replaced as a whole."""

    name: str
    adopted_on: dt.date | None
    order_number: str
    command_post: str
    directors: Sequence[Mapping[str, Any]]
    cells: Sequence[Mapping[str, Any]]
    sheets: Sequence[Mapping[str, Any]]
    shelters: Sequence[Mapping[str, Any]]
    volunteers: Sequence[Mapping[str, Any]]


_PLAIN: Final = ("name", "adopted_on", "order_number", "command_post")


@transaction.atomic
def begin(author: Member, site_id: UUID, name: str) -> SafeguardPlan:
    """Begin a town's plan with the template's cells and sheets, in the organisation's language.

    Raises:
        Refusal: the site is out of reach, or has one.
    """
    site = scoped(Site.objects.select_for_update(), author, Right.PREPARE).filter(pk=site_id).first()
    if site is None:
        unknown = _("Choose a site that you prepare plans for.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    if SafeguardPlan.objects.filter(site=site).exists():
        raise editing.conflict("one_is_there", _("This site has a safeguard plan already. Go on with that one."))
    plan = SafeguardPlan.objects.create(organisation_id=site.organisation_id, site=site, name=name.strip())
    with translation.override(author.organisation.language):
        CommandCell.objects.bulk_create(
            CommandCell(
                organisation_id=site.organisation_id, plan=plan, position=at, name=str(one.title), mission=str(one.text)
            )
            for at, one in enumerate(template.CELLS)
        )
        ReflexSheet.objects.bulk_create(
            ReflexSheet(
                organisation_id=site.organisation_id,
                plan=plan,
                position=at,
                title=str(one.title),
                text=str(one.text),
                code=one.code,
            )
            for at, one in enumerate(template.SHEETS)
        )
    _journal(plan, Action.PCS_BEGUN, author, {"after": {"name": plan.name}})
    _tell(plan)
    return plan


@transaction.atomic
def change(actor: Member, plan_id: UUID, entered: PcsEntry, *, version: int) -> SafeguardPlan:
    """Change a plan.

    Raises:
        Refusal: it is out of reach, a colleague was first, or somebody or something that was entered is not there.
    """
    plan = locked(actor, plan_id)
    editing.as_seen(version, plan.version)
    before = _facts(plan)
    for field, value in entered.items():
        if field in _PLAIN:
            setattr(plan, field, value.strip() if isinstance(value, str) else value)
    if not plan.name:
        needed = _("Give the plan a name.")
        raise Refusal("needed", needed, fields={"name": needed})
    _must_know_people(actor, plan, entered)
    _replace(plan, entered)
    plan.version += 1
    plan.changed_at = clock.now()
    plan.save()
    _journal(plan, Action.PCS_CHANGED, actor, editing.changed(before, _facts(plan)))
    _tell(plan)
    return plan


@transaction.atomic
def exercised(actor: Member, plan_id: UUID, held_on: dt.date, kind: ExerciseKind, lessons: str = "") -> PcsExercise:
    """Write down that an exercise of the plan was held: the next one is due five years later.

    Raises:
        Refusal: the plan is out of reach, or the day is to come.
    """
    plan = locked(actor, plan_id)
    if held_on > today_in(plan.organisation, clock.now()):
        future = _("This day is to come. Write down what was done.")
        raise Refusal("in_the_future", future, fields={"held_on": future})
    made = PcsExercise.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        held_on=held_on,
        kind=kind,
        lessons=lessons.strip(),
        member=actor,
    )
    details: dict[str, Json] = {"held_on": held_on.isoformat(), "exercise": kind.value}
    _journal(plan, Action.PCS_EXERCISED, actor, details)
    _tell(plan)
    return made


def locked(actor: Member, plan_id: UUID) -> SafeguardPlan:
    """The plan, in the actor's reach to change; nobody else changes it until the transaction ends.

    Raises:
        Refusal: it is out of reach.
    """
    reachable = scoped(SafeguardPlan.objects.all(), actor, Right.PREPARE).filter(pk=plan_id)
    plan = reachable.select_for_update(of=("self",)).select_related("organisation", "site").first()
    if plan is None:
        raise Refusal("not_found", _("There is no such safeguard plan."), status=Status.NOT_FOUND)
    return plan


_LISTS: Final = ("directors", "cells", "sheets", "shelters", "volunteers")


def _must_know_people(actor: Member, plan: SafeguardPlan, entered: PcsEntry) -> None:
    """The people that are named, all of them in reach; who was named in this plan before may stay."""
    wanted = set(_named(entered))
    reachable = scoped(Person.objects.filter(removed_at=None), actor, Right.SEE_DIRECTORY)
    known = set(reachable.filter(pk__in=wanted).values_list("pk", flat=True)) | (wanted & _named_before(plan))
    if wanted - known:
        unknown = _("Choose people of the directory.")
        fields: dict[str, Promise | str] = {field: unknown for field in _LISTS if field in entered}
        raise Refusal("no_such_person", unknown, fields=fields)


def _named(entered: PcsEntry) -> Iterable[UUID]:
    for one in (*entered.get("directors", ()), *entered.get("volunteers", ())):
        yield one["person"]
    for cell in entered.get("cells", ()):
        yield from (post["person"] for post in cell.get("posts", ()))
    for shelter in entered.get("shelters", ()):
        if shelter.get("contact") is not None:
            yield shelter["contact"]


def _named_before(plan: SafeguardPlan) -> set[UUID]:
    found: set[UUID] = set(plan.directors.values_list("person_id", flat=True))
    found |= set(plan.volunteers.values_list("person_id", flat=True))
    found |= set(CellPost.objects.filter(cell__plan=plan).values_list("person_id", flat=True))
    return found | set(plan.shelters.exclude(contact=None).values_list("contact_id", flat=True))


def _replace(plan: SafeguardPlan, entered: PcsEntry) -> None:
    """Put the lists that were entered in the place of those that stood, in the order in which they were entered."""
    shared: dict[str, Any] = {"organisation_id": plan.organisation_id}
    if "directors" in entered:
        _once((one["person"] for one in entered["directors"]), "directors")
        plan.directors.all().delete()
        Director.objects.bulk_create(
            Director(
                **shared, plan=plan, position=at, person_id=one["person"], function=one.get("function", "").strip()
            )
            for at, one in enumerate(entered["directors"])
        )
    if "cells" in entered:
        plan.cells.all().delete()
        for at, one in enumerate(entered["cells"]):
            _cell(plan, at, one)
    if "sheets" in entered:
        if {one.get("code", "") for one in entered["sheets"]} - {"", *catalogue.RISKS}:
            unknown = _("Choose a risk of the catalogue.")
            raise Refusal("no_such_risk", unknown, fields={"sheets": unknown})
        plan.sheets.all().delete()
        ReflexSheet.objects.bulk_create(
            ReflexSheet(
                **shared, plan=plan, position=at, title=one["title"], text=one["text"], code=one.get("code", "")
            )
            for at, one in enumerate(entered["sheets"])
        )
    if "shelters" in entered:
        plan.shelters.all().delete()
        Shelter.objects.bulk_create(
            Shelter(
                **shared,
                plan=plan,
                position=at,
                name=one["name"],
                address=one.get("address", ""),
                capacity=one["capacity"],
                contact_id=one.get("contact"),
                notes=one.get("notes", ""),
            )
            for at, one in enumerate(entered["shelters"])
        )
    if "volunteers" in entered:
        _once((one["person"] for one in entered["volunteers"]), "volunteers")
        plan.volunteers.all().delete()
        Volunteer.objects.bulk_create(
            Volunteer(**shared, plan=plan, position=at, person_id=one["person"], skills=one.get("skills", "").strip())
            for at, one in enumerate(entered["volunteers"])
        )


def _cell(plan: SafeguardPlan, position: int, entered: Mapping[str, Any]) -> None:
    cell = CommandCell.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        position=position,
        name=entered["name"],
        mission=entered.get("mission", ""),
    )
    posts = entered.get("posts", ())
    _once((post["person"] for post in posts), "cells")
    CellPost.objects.bulk_create(
        CellPost(
            organisation_id=plan.organisation_id,
            cell=cell,
            position=at,
            person_id=post["person"],
            role=post.get("role", "").strip(),
        )
        for at, post in enumerate(posts)
    )


def _once(people: Iterable[UUID], field: str) -> None:
    listed = list(people)
    if len(listed) != len(set(listed)):
        twice = _("Somebody is named twice here.")
        raise Refusal("named_twice", twice, fields={field: twice})


def _facts(plan: SafeguardPlan) -> dict[str, Json]:
    """What names nobody: lists by who by their ids, and by their sizes."""
    return {
        "name": plan.name,
        "adopted_on": editing.day(plan.adopted_on),
        "order_number": plan.order_number,
        "directors": [str(pk) for pk in plan.directors.values_list("person_id", flat=True)],
        "cells": plan.cells.count(),
        "sheets": plan.sheets.count(),
        "shelters": plan.shelters.count(),
        "volunteers": plan.volunteers.count(),
    }


def _journal(plan: SafeguardPlan, action: Action, actor: Member, details: Mapping[str, Json]) -> None:
    record(plan.organisation_id, action, actor=actor, subject=plan, site_id=plan.site_id, details=details)


def _tell(plan: SafeguardPlan) -> None:
    payload = PcsChanged(pcs=plan.pk, site=plan.site_id, version=plan.version)
    publish(Event(plan.organisation_id, payload, Right.SEE_CRISIS, plan.site_id))

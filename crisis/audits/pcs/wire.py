"""How safeguard plans are written in the API."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.wire import Named, View
from crisis.audits.facts import today_in
from crisis.audits.pcs import directory, printing
from crisis.audits.pcs.models import ExerciseKind, SafeguardPlan
from crisis.audits.pcs.selectors import exercise_due
from crisis.audits.pcs.vulnerable import Opened, may_change, may_read
from soc import clock
from soc.people.directory.models import Person, WayKind
from soc.people.models import Member


class DirectorView(View):
    """Who directs the rescue, first; then who deputises."""

    person: Named
    function: str


class PostView(View):
    """Somebody's role in a cell."""

    person: Named
    role: str


class CellView(View):
    """A cell of the command post."""

    name: str
    mission: str
    posts: list[PostView]


class SheetView(View):
    """What is done first."""

    title: str
    code: str = Field(description="Of the catalogue's risk; empty: any.")
    text: str


class ShelterView(View):
    """Where people are taken in."""

    name: str
    address: str
    capacity: int
    contact: Named | None
    notes: str


class VolunteerView(View):
    """Who helps."""

    person: Named
    skills: str


class ExerciseView(View):
    """An exercise that was held."""

    id: UUID
    held_on: dt.date
    kind: ExerciseKind
    lessons: str
    member: Named


class PcsBrief(View):
    """A safeguard plan as lists show it."""

    id: UUID
    site: Named
    name: str
    adopted_on: dt.date | None
    exercise_due: dt.date | None = Field(description="By when the next exercise is held; null: not adopted yet.")
    exercise_over: bool
    version: int


class PcsDetail(PcsBrief):
    """A safeguard plan. Who is vulnerable is asked for apart."""

    order_number: str
    command_post: str
    directors: list[DirectorView]
    cells: list[CellView]
    sheets: list[SheetView]
    shelters: list[ShelterView]
    places: int = Field(description="In all shelters.")
    volunteers: list[VolunteerView]
    exercises: list[ExerciseView] = Field(description="The last one first.")
    may_see_vulnerable: bool
    may_change_vulnerable: bool


class PcsWay(View):
    """A number or address."""

    kind: WayKind
    address: str = Field(description="As it is dialled or written to.")
    written: str = Field(description="As people write it.")


class PcsNamed(View):
    """Somebody whom the plan names, what as, and how they are reached."""

    person: Named
    roles: list[str] = Field(description="In the reader's language.")
    in_directory: bool = Field(description="False: removed from the directory, or not within the reader's reach.")
    ways: list[PcsWay]


class VulnerableView(View):
    """Somebody who is looked after first."""

    id: UUID
    readable: bool = Field(description="False: the operator's key has changed, and nothing of it can be read.")
    name: str
    address: str
    phone: str
    needs: str
    contact: str
    notes: str
    version: int


def brief(plan: SafeguardPlan) -> PcsBrief:
    """A plan as lists show it."""
    return PcsBrief.model_validate(_brief(plan))


def detail(plan: SafeguardPlan, reader: Member) -> PcsDetail:
    """A plan. Prefetch with `crisis.audits.pcs.selectors.plans`."""
    shelters = list(plan.shelters.all())
    return PcsDetail.model_validate(
        {
            **_brief(plan),
            "order_number": plan.order_number,
            "command_post": plan.command_post,
            "directors": [
                DirectorView(person=_named(one.person), function=one.function) for one in plan.directors.all()
            ],
            "cells": [
                CellView(
                    name=cell.name,
                    mission=cell.mission,
                    posts=[PostView(person=_named(one.person), role=one.role) for one in cell.posts.all()],
                )
                for cell in plan.cells.all()
            ],
            "sheets": [SheetView(title=one.title, code=one.code, text=one.text) for one in plan.sheets.all()],
            "shelters": [
                ShelterView(
                    name=one.name,
                    address=one.address,
                    capacity=one.capacity,
                    contact=_named(one.contact) if one.contact else None,
                    notes=one.notes,
                )
                for one in shelters
            ],
            "places": sum(one.capacity for one in shelters),
            "volunteers": [
                VolunteerView(person=_named(one.person), skills=one.skills) for one in plan.volunteers.all()
            ],
            "exercises": [
                ExerciseView(
                    id=one.pk,
                    held_on=one.held_on,
                    kind=ExerciseKind(one.kind),
                    lessons=one.lessons,
                    member=Named(id=one.member_id, name=one.member.display_name),
                )
                for one in plan.exercises.all()
            ],
            "may_see_vulnerable": may_read(reader),
            "may_change_vulnerable": may_change(reader),
        }
    )


def _brief(plan: SafeguardPlan) -> dict[str, object]:
    due = exercise_due(plan)
    return {
        "id": plan.pk,
        "site": Named(id=plan.site_id, name=plan.site.name),
        "name": plan.name,
        "adopted_on": plan.adopted_on,
        "exercise_due": due,
        "exercise_over": due is not None and due < today_in(plan.organisation, clock.now()),
        "version": plan.version,
    }


def directory_view(one: directory.Named) -> PcsNamed:
    """Somebody whom the plan names."""
    return PcsNamed(
        person=_named(one.person),
        roles=list(one.roles),
        in_directory=one.in_directory,
        ways=[PcsWay(kind=WayKind(way.kind), address=way.address, written=printing.way_words(way)) for way in one.ways],
    )


def vulnerable_view(opened: Opened) -> VulnerableView:
    """Somebody of the list, as it could be read."""
    known = opened.details.model_dump() if opened.details else dict.fromkeys(_PARTS, "")
    return VulnerableView(id=opened.row.pk, readable=opened.details is not None, version=opened.row.version, **known)


_PARTS = ("name", "address", "phone", "needs", "contact", "notes")


def _named(person: Person) -> Named:
    return Named(id=person.pk, name=person.display_name)

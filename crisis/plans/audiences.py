"""Who an audience is: people of the directory, found by one query."""

from __future__ import annotations

import datetime as dt
from typing import assert_never
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from crisis.plans.content import Audience, Group, InArea, OfProfile, OfRole, OfSite, OnCall, OnList, ThesePeople, Whom
from soc.people.directory.models import ListEntry, Person, PersonProfile
from soc.people.models import RoleGrant
from soc.people.on_call.selectors import on_call
from soc.people.scope import counting


def people(organisation: UUID, site: UUID, audience: Audience, at: dt.datetime) -> QuerySet[Person]:
    """The people of an audience, each once, in no order.

    Args:
        organisation: whose.
        site: where the plan is for: a role counts there, or everywhere.
        audience: which.
        at: when: who is on call then.
    """
    found = Q(pk__in=())
    for group in audience.groups:
        found |= _of(organisation, site, group, at)
    reachable = Person.objects.filter(found, organisation=organisation, removed_at=None)
    if audience.whom == Whom.ALL:
        return reachable
    return reachable.filter(inside=audience.whom == Whom.INSIDE)


def _of(organisation: UUID, site: UUID, group: Group, at: dt.datetime) -> Q:
    match group:
        case OfRole():
            grants = counting(RoleGrant.objects.filter(organisation=organisation, role=group.role))
            here = grants.filter(Q(site=None) | Q(site=site), member__is_active=True)
            return Q(member__in=here.values("member"))
        case OfProfile():
            of = PersonProfile.objects.filter(organisation=organisation, profile=group.profile)
            return Q(pk__in=of.values("person"))
        case OnList():
            return Q(pk__in=ListEntry.objects.filter(organisation=organisation, list=group.list).values("person"))
        case ThesePeople():
            return Q(pk__in=group.people)
        case OfSite():
            return Q(site=group.site)
        case InArea():
            return _within(group)
        case OnCall():
            return Q(pk__in=on_call(organisation, group.schedule, at))
        case _:
            assert_never(group)


def _within(area: InArea) -> Q:
    """Within an outline, reckoned by the database. Degrees are taken as a plane: an area is a few km wide.

    Nobody is looked up beforehand, so an area of 10,000 people is no list of 10,000 ids. A point nearer than 0.1 m to a side may
    count either way.
    """
    corners = ",".join(f"({latitude!r},{longitude!r})" for latitude, longitude in area.outline)
    outline = Func(Value(f"({corners})"), template="CAST(%(expressions)s AS polygon)")
    place = Func(F("latitude"), F("longitude"), function="point")
    return Q(Func(outline, place, template="(%(expressions)s)", arg_joiner=" @> ", output_field=BooleanField()))

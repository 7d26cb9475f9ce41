"""Scoping, in one place: which rows of a table a member may see with a right.

A model says how it hangs in the tree with class attributes: `scope_organisation` (default ``"organisation_id"``) and
`scope_site`, the path to its site (``None`` where the row belongs to the whole organisation). With `scope_unplaced`, rows
whose site is empty concern all sites and are seen by whoever holds the right anywhere, as events without a site are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from soc.people.models import CodeSecret, Member, Passkey, RoleGrant, SecondFactorRole
from soc.people.rights import RIGHTS, Right, Role

M = TypeVar("M", bound=Model)


class Everywhere:
    """All sites of the organisation."""


EVERYWHERE = Everywhere()
Reach = Everywhere | frozenset[UUID]
Reaches = Mapping[Right, Reach]

_read: ContextVar[dict[UUID, Reaches] | None] = ContextVar("rights that were read", default=None)


@contextmanager
def rights_read_once() -> Iterator[None]:
    """Within this, what a member holds is read at the first question only: for whatever answers and changes nothing."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def reach(member: Member, right: Right) -> Reach:
    """Where `member` holds `right`: everywhere, or at these sites. Nowhere is the empty set."""
    if not member.is_active:
        return frozenset()
    if right is Right.SIGNED_IN:  # needs no role: who has none can still sign out
        return EVERYWHERE
    return _held(member).get(right, frozenset())


def _held(member: Member) -> Reaches:
    """Where the member holds which right, by roles."""
    read = _read.get()
    if read is not None and member.pk in read:
        return read[member.pk]
    held: dict[Right, Reach] = {}
    for grant in counting(RoleGrant.objects.filter(member=member, organisation=member.organisation_id)):
        _add(held, grant)
    if read is not None:
        read[member.pk] = held
    return held


def _add(held: dict[Right, Reach], grant: RoleGrant) -> None:
    """Add to what a member holds what a grant gives."""
    for right in RIGHTS[Role(grant.role)]:
        before = held.get(right, frozenset())
        if grant.site_id is None or isinstance(before, Everywhere):
            held[right] = EVERYWHERE
        else:
            held[right] = before | {grant.site_id}


def counting(grants: QuerySet[RoleGrant]) -> QuerySet[RoleGrant]:
    """Of these grants those that count: a role for which the organisation demands a second factor counts once there is one."""
    demanded = SecondFactorRole.objects.filter(organisation=OuterRef("organisation"), role=OuterRef("role"))
    codes = CodeSecret.objects.filter(member=OuterRef("member"), confirmed_at__isnull=False)
    passkeys = Passkey.objects.filter(member=OuterRef("member"))
    return grants.filter(~Exists(demanded) | Exists(codes) | Exists(passkeys))


def reaches(members: Collection[UUID]) -> dict[UUID, Reaches]:
    """Where each of many members holds which right, in two queries. Who is gone or switched off is absent."""
    active = Member.objects.filter(pk__in=members, is_active=True).values_list("pk", flat=True)
    found: dict[UUID, dict[Right, Reach]] = {pk: {Right.SIGNED_IN: EVERYWHERE} for pk in active}
    # As in `reach`: a grant of another organisation than the member's counts for nothing.
    grants = RoleGrant.objects.filter(member__in=found, organisation=F("member__organisation"))
    for grant in counting(grants):
        _add(found[grant.member_id], grant)
    return dict(found)


def admits(reaches: Reaches, right: Right, site: UUID | None) -> bool:
    """Whether these reaches hold `right` at `site`, or anywhere when no site is named."""
    where = reaches.get(right, frozenset())
    if isinstance(where, Everywhere):
        return True
    return bool(where) if site is None else site in where


def holds(member: Member, right: Right, site: UUID | None = None) -> bool:
    """Whether `member` holds `right` at `site`, or anywhere when no site is named."""
    where = reach(member, right)
    if isinstance(where, Everywhere):
        return True
    return bool(where) if site is None else site in where


def scoped(queryset: QuerySet[M], member: Member, right: Right) -> QuerySet[M]:
    """The rows of `queryset` that `member` may reach with `right`; the only way from a request to a row."""
    model = queryset.model
    organisation = getattr(model, "scope_organisation", "organisation_id")
    site = cast("str | None", getattr(model, "scope_site", None))
    where = reach(member, right)
    own = queryset.filter(Q(**{organisation: member.organisation_id}))
    if isinstance(where, Everywhere):
        return own
    if not where:
        return own.none()
    if site is None:
        return own
    near = Q(**{f"{site}__in": where})
    return own.filter(near | Q(**{f"{site}__isnull": True}) if getattr(model, "scope_unplaced", False) else near)

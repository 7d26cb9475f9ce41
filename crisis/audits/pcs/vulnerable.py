"""Who is looked after first: encrypted in the database, shown to few, and each look journalled.

Only members who prepare plans, or direct them, at all sites read it; only those who prepare them everywhere change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from crisis.audits import editing
from crisis.audits.pcs.models import SafeguardPlan, VulnerablePerson
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.keys import sealer
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach, scoped
from soc.refusals import Refusal, Status

_USE: Final = "pcs-vulnerable-people"
MOST: Final = 5000


class Details(BaseModel):
    """What is known of somebody, as far as it is needed to look after them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    address: str = ""
    phone: str = ""
    needs: str = ""
    contact: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A row and what it holds; ``None`` where it cannot be read any more, because the operator's key has changed."""

    row: VulnerablePerson
    details: Details | None


def may_read(member: Member) -> bool:
    """Whether the member prepares or directs plans at all sites."""
    return any(reach(member, right) is EVERYWHERE for right in (Right.PREPARE, Right.DIRECT))


def may_change(member: Member) -> bool:
    """Whether the member prepares plans at all sites."""
    return reach(member, Right.PREPARE) is EVERYWHERE


def look(reader: Member, plan_id: UUID) -> list[Opened]:
    """Everybody on the list of a plan, by name. The look is journalled, a refused one too.

    Raises:
        Refusal: the plan is out of reach, or the list is not for this member.
    """
    plan = _plan(reader, plan_id)
    if not may_read(reader):
        _refuse(plan, reader)
    with transaction.atomic():
        found = [Opened(row, _open(row)) for row in plan.vulnerable.all()]
        _journal(plan, Action.PCS_VULNERABLE_SEEN, reader, {"people": len(found)})
    return sorted(found, key=lambda one: one.details.name.casefold() if one.details else "")


def add(actor: Member, plan_id: UUID, details: Details) -> Opened:
    """Put somebody on the list.

    Raises:
        Refusal: the plan is out of reach, the list is not the actor's to change, or full.
    """
    plan = _changeable(actor, plan_id)
    with transaction.atomic():
        SafeguardPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        if plan.vulnerable.count() >= MOST:
            raise editing.conflict("too_many", _("This list holds 5,000 people at most."))
        row = VulnerablePerson.objects.create(organisation_id=plan.organisation_id, plan=plan, sealed=_sealed(details))
        _journal(plan, Action.PCS_VULNERABLE_ADDED, actor, {"person": str(row.pk)})
    return Opened(row, details)


def change(actor: Member, plan_id: UUID, row_id: UUID, details: Details, *, version: int) -> Opened:
    """Change what is known of somebody.

    Raises:
        Refusal: as `add`; there is no such person, or a colleague was first.
    """
    plan = _changeable(actor, plan_id)
    with transaction.atomic():
        row = _row(plan, row_id)
        editing.as_seen(version, row.version)
        row.sealed, row.version = _sealed(details), row.version + 1
        row.save()
        _journal(plan, Action.PCS_VULNERABLE_CHANGED, actor, {"person": str(row.pk)})
    return Opened(row, details)


def remove(actor: Member, plan_id: UUID, row_id: UUID) -> None:
    """Take somebody off the list: nothing of them is kept.

    Raises:
        Refusal: as `change`.
    """
    plan = _changeable(actor, plan_id)
    with transaction.atomic():
        row = _row(plan, row_id)
        row.delete()
        _journal(plan, Action.PCS_VULNERABLE_REMOVED, actor, {"person": str(row_id)})


def _plan(member: Member, plan_id: UUID, right: Right = Right.SEE_CRISIS) -> SafeguardPlan:
    plan = scoped(SafeguardPlan.objects.all(), member, right).filter(pk=plan_id).first()
    if plan is None:
        raise Refusal("not_found", _("There is no such safeguard plan."), status=Status.NOT_FOUND)
    return plan


def _changeable(actor: Member, plan_id: UUID) -> SafeguardPlan:
    plan = _plan(actor, plan_id, Right.PREPARE)
    if not may_change(actor):
        _refuse(plan, actor)
    return plan


def _refuse(plan: SafeguardPlan, member: Member) -> None:
    """In a transaction of its own, so that it is written down although it is refused."""
    with transaction.atomic():
        _journal(plan, Action.PCS_VULNERABLE_REFUSED, member, {})
    raise Refusal(
        "restricted",
        _("This list is for those who prepare or direct plans at all sites. Ask one of them."),
        status=Status.FORBIDDEN,
    )


def _row(plan: SafeguardPlan, row_id: UUID) -> VulnerablePerson:
    row = plan.vulnerable.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Refusal("not_found", _("There is no such person on this list."), status=Status.NOT_FOUND)
    return row


def _sealed(details: Details) -> bytes:
    return sealer(_USE).encrypt(details.model_dump_json().encode())


def _open(row: VulnerablePerson) -> Details | None:
    try:
        return Details.model_validate_json(sealer(_USE).decrypt(bytes(row.sealed)))
    except InvalidToken:
        return None


def _journal(plan: SafeguardPlan, action: Action, actor: Member, details: dict[str, Json]) -> None:
    """Who looked at, or changed, which list: what stands on it is in no log."""
    record(plan.organisation_id, action, actor=actor, subject=plan, site_id=plan.site_id, details=details)

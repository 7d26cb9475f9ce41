"""What every change of an audit shares: it is locked, in reach, a draft, as the writer saw it; and who writes is remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.audits.models import AuditEditor, AuditState, RiskAudit
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

NO_AUDIT = _("There is no such audit.")


def locked(actor: Member, audit_id: UUID, right: Right) -> RiskAudit:
    """The audit, in the actor's reach with this right; nobody else changes it until the transaction ends.

    Raises:
        Refusal: it is out of reach.
    """
    reachable = scoped(RiskAudit.objects.all(), actor, right).filter(pk=audit_id)
    audit = reachable.select_for_update(of=("self",)).select_related("organisation", "site").first()
    if audit is None:
        raise Refusal("not_found", NO_AUDIT, status=Status.NOT_FOUND)
    return audit


def draft(actor: Member, audit_id: UUID) -> RiskAudit:
    """The audit, locked, when its content may be changed.

    Raises:
        Refusal: it is out of reach, or no draft.
    """
    audit = locked(actor, audit_id, Right.PREPARE)
    if audit.state == AuditState.IN_REVIEW:
        raise conflict("in_review", _("This audit is in review. Have it sent back before you change it."))
    if audit.state != AuditState.DRAFT:
        raise conflict("not_a_draft", _("This audit is not changed any more. Begin a new version of it."))
    return audit


def conflict(code: str, sentence: Promise) -> Refusal:
    """A refusal because of how things stand."""
    return Refusal(code, sentence, status=Status.CONFLICT)


def as_seen(version: int, now: int) -> None:
    """Go on when nobody changed it since it was seen.

    Raises:
        Refusal: a colleague was first.
    """
    if version != now:
        raise conflict(
            "changed_meanwhile", _("A colleague has changed this meanwhile. Reload it and enter your change again.")
        )


def touch(audit: RiskAudit, actor: Member) -> None:
    """Remember who wrote in an audit, for good: they do not approve it."""
    AuditEditor.objects.get_or_create(audit=audit, member=actor, defaults={"organisation_id": audit.organisation_id})
    audit.last_editor, audit.edited_at = actor, clock.now()
    audit.version += 1
    audit.save(update_fields=["last_editor", "edited_at", "version"])


def journal(
    audit: RiskAudit,
    action: Action,
    actor: Member | None,
    details: Mapping[str, Json] | None = None,
    personal: Mapping[str, Json] | None = None,
) -> None:
    """Write down what was done to an audit, and to which version of it."""
    record(
        audit.organisation_id,
        action,
        actor=actor,
        subject=audit,
        site_id=audit.site_id,
        details={"audit_number": audit.number, **(details or {})},
        personal=personal,
    )


def changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, Json]:
    """What differs, as the journal keeps it; empty when nothing does."""
    names = sorted(name for name in after if after[name] != before.get(name))
    if not names:
        return {}
    return {"before": {name: before.get(name) for name in names}, "after": {name: after[name] for name in names}}


def day(value: dt.date | None) -> str | None:
    """A day as the journal keeps it."""
    return value.isoformat() if value else None


def responsible(actor: Member, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Who is entered as responsible: a member or a person of the directory, not both; nothing where neither is entered.

    Raises:
        Refusal: both are, or one is out of reach.
    """
    if "responsible_member" not in entered and "responsible_person" not in entered:
        return {}
    member, person = entered.get("responsible_member"), entered.get("responsible_person")
    if member is not None and person is not None:
        both = _("Name one who is responsible: a member or a person of the directory.")
        raise Refusal("two_responsible", both, fields={"responsible_person": both})
    unknown = _("Choose somebody of the list.")
    if (
        member is not None
        and not Member.objects.filter(pk=member, organisation=actor.organisation_id, is_active=True).exists()
    ):
        raise Refusal("no_such_member", unknown, fields={"responsible_member": unknown})
    reachable = scoped(Person.objects.filter(removed_at=None), actor, Right.SEE_DIRECTORY)
    if person is not None and not reachable.filter(pk=person).exists():
        raise Refusal("no_such_person", unknown, fields={"responsible_person": unknown})
    return {"responsible_member_id": member, "responsible_person_id": person}

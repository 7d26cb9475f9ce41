"""A plan's approval: asked for, sent back, or given by somebody who wrote nothing in it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.plans import entered, feed
from crisis.plans.holes import holes, stopping
from crisis.plans.models import Plan, PlanEditor, PlanVersion, VersionState
from crisis.plans.services import draft
from crisis.plans.shared import as_seen, conflict, journal, locked, unfinished
from soc import clock
from soc.journal.actions import Action
from soc.people.models import Member
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class OwnWork(Refusal):
    """Somebody would approve what they wrote in."""

    def __init__(self, plan: Plan, version: PlanVersion) -> None:
        sentence = _("You wrote in this version. Somebody who did not must approve it.")
        super().__init__("own_work", sentence, status=Status.CONFLICT)
        self.plan = plan
        self.version = version


@transaction.atomic
def submit(actor: Member, plan_id: UUID, *, edits: int) -> PlanVersion:
    """Ask for the approval of a draft: from now on nobody writes in it.

    Raises:
        Refusal: it is out of reach or no draft, a colleague was first, or it has holes that stop the approval.
    """
    plan = locked(actor, plan_id, Right.PREPARE)
    version = draft(plan)
    as_seen(version, edits)
    _must_be_whole(version)
    version.state, version.submitted_at, version.sent_back = VersionState.IN_REVIEW, clock.now(), ""
    version.edits += 1
    version.save(update_fields=["state", "submitted_at", "sent_back", "edits"])
    journal(plan, Action.PLAN_SUBMITTED, actor, {"version": version.number})
    feed.changed(plan, version)
    return version


@transaction.atomic
def send_back(actor: Member, plan_id: UUID, comment: str, *, edits: int) -> PlanVersion:
    """Send a version back to who writes it, and say why. Who wrote it may do so too: that gives nothing its approval.

    Raises:
        Refusal: it is out of reach or waits for no approval, a colleague was first, or the comment is empty.
    """
    plan = locked(actor, plan_id, Right.APPROVE)
    version = _in_review(plan)
    as_seen(version, edits)
    if not comment.strip():
        needed = _("Say what is to be changed.")
        raise Refusal("needed", needed, fields={"comment": needed})
    version.state, version.submitted_at, version.sent_back = VersionState.DRAFT, None, comment.strip()
    version.edits += 1
    version.save(update_fields=["state", "submitted_at", "sent_back", "edits"])
    journal(plan, Action.PLAN_SENT_BACK, actor, {"version": version.number}, {"comment": version.sent_back})
    feed.changed(plan, version)
    return version


def approve(actor: Member, plan_id: UUID, *, edits: int) -> PlanVersion:
    """Approve the version that waits for it: it is in force from now on, and the one before is superseded.

    Who wrote in it is refused; the journal keeps that this was tried, although nothing else is.

    Raises:
        OwnWork: the actor wrote in it.
        Refusal: it is out of reach or waits for no approval, a colleague was first, or it has holes that stop the approval.
    """
    try:
        return _approve(actor, plan_id, edits)
    except OwnWork as refused:
        with transaction.atomic():
            journal(refused.plan, Action.PLAN_APPROVAL_REFUSED, actor, {"version": refused.version.number})
        raise


@transaction.atomic
def _approve(actor: Member, plan_id: UUID, edits: int) -> PlanVersion:
    plan = locked(actor, plan_id, Right.APPROVE)
    version = _in_review(plan)
    if _wrote_in(actor, version):
        raise OwnWork(plan, version)
    as_seen(version, edits)
    _must_be_whole(version)
    before = PlanVersion.objects.filter(plan=plan, state=VersionState.APPROVED).first()
    if before is not None:
        before.state = VersionState.SUPERSEDED
        before.save(update_fields=["state"])
    version.state, version.approved_by, version.approved_at = VersionState.APPROVED, actor, clock.now()
    version.digest = entered.digest(version.document)
    version.save(update_fields=["state", "approved_by", "approved_at", "digest"])
    journal(plan, Action.PLAN_APPROVED, actor, {"version": version.number, "digest": version.digest})
    feed.changed(plan, version)
    return version


def _wrote_in(actor: Member, version: PlanVersion) -> bool:
    own = actor.pk in (version.author_id, version.edited_by_id)
    return own or PlanEditor.objects.filter(version=version, member=actor).exists()


def _in_review(plan: Plan) -> PlanVersion:
    version = unfinished(plan)
    if version.state != VersionState.IN_REVIEW:
        raise conflict("not_in_review", _("Nobody has asked for the approval of this version yet."))
    return version


def _must_be_whole(version: PlanVersion) -> None:
    missing = stopping(holes(version))
    if missing:
        raise Refusal(
            "plan_has_holes",
            _("This plan is not complete yet: %(first)s"),
            status=Status.CONFLICT,
            fields={hole.field or "document": "%(hole_" + str(at) + ")s" for at, hole in enumerate(missing)},
            params={"first": missing[0].sentence, **{f"hole_{at}": hole.sentence for at, hole in enumerate(missing)}},
        )

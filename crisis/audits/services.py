"""An audit's way: begun, edited, submitted, reviewed, approved by somebody else, superseded or withdrawn."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.audits import content, editing
from crisis.audits.catalogue import TEMPLATES
from crisis.audits.editing import conflict, journal
from crisis.audits.events import tell
from crisis.audits.facts import today_in, today_of
from crisis.audits.holes import holes
from crisis.audits.models import (
    UNFINISHED,
    AuditEditor,
    AuditedRisk,
    AuditedSite,
    AuditRemark,
    AuditState,
    RemarkKind,
    RiskAudit,
)
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import holds, scoped
from soc.refusals import Refusal, Status

HOLDS_FOR: Final = dt.timedelta(days=365)
"""For how long an audit holds, where nobody says otherwise."""
LONGEST: Final = dt.timedelta(days=5 * 366)


class Origin(StrEnum):
    """With what a new audit begins."""

    EMPTY = "empty"
    TEMPLATE = "template"
    COPY = "copy"


class AuditEntry(TypedDict, total=False):
    """What is entered about an audit; a field that is missing stays as it is."""

    scope: str
    review_on: dt.date | None


class OwnWork(Refusal):
    """Somebody would approve, or review, what they wrote themselves."""

    def __init__(self, audit: RiskAudit, code: str) -> None:
        sentence = (
            _("You wrote this audit. Somebody else must approve it.")
            if code == "author"
            else _("You have edited this audit. Somebody who did not must approve it.")
        )
        super().__init__(f"own_work_{code}", sentence, status=Status.CONFLICT)
        self.audit = audit


@transaction.atomic
def begin(author: Member, site_id: UUID, origin: Origin, template: str = "") -> RiskAudit:
    """Begin a new version of a site's audit: empty, with a template's risks to be judged, or as a copy of the one in force.

    Raises:
        Refusal: the site is out of reach, one is being written there already, there is nothing to copy or no such template.
    """
    site = scoped(Site.objects.all(), author, Right.PREPARE).filter(pk=site_id).first()
    if site is None:
        unknown = _("Choose a site that you prepare plans for.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    counts = _counts(site)
    if RiskAudit.objects.filter(site=site, state__in=UNFINISHED).exists():
        raise conflict(
            "one_is_written", _("A new version for this site is being written already. Go on with that one.")
        )
    in_force = RiskAudit.objects.filter(site=site, state=AuditState.APPROVED).first()
    if origin is Origin.COPY and in_force is None:
        nothing = _("No audit is in force at this site. Begin with a template or an empty one.")
        raise Refusal("nothing_to_copy", nothing, fields={"origin": nothing})
    if origin is Origin.TEMPLATE and template not in TEMPLATES:
        unknown = _("Choose a template of the list.")
        raise Refusal("no_such_template", unknown, fields={"template": unknown})
    counts.audits += 1
    audit = RiskAudit.objects.create(
        organisation_id=site.organisation_id,
        site=site,
        number=counts.audits,
        previous=in_force,
        scope=in_force.scope if in_force and origin is Origin.COPY else "",
        author=author,
        last_editor=author,
        review_on=today_in(site.organisation, clock.now()) + HOLDS_FOR,
    )
    AuditEditor.objects.create(organisation_id=site.organisation_id, audit=audit, member=author)
    if origin is Origin.COPY and in_force is not None:
        content.copy_risks(in_force, audit)
    elif origin is Origin.TEMPLATE:
        counts.risks = _from_template(audit, template, counts.risks)
    counts.save()
    journal(audit, Action.AUDIT_BEGUN, author, {"origin": origin.value, **({"template": template} if template else {})})
    tell(audit)
    return audit


@transaction.atomic
def change(actor: Member, audit_id: UUID, entered: AuditEntry, *, version: int) -> RiskAudit:
    """Change what was looked at, or until when the audit holds.

    Raises:
        Refusal: it is out of reach or no draft, a colleague was first, or the day is past or too far away.
    """
    audit = editing.draft(actor, audit_id)
    editing.as_seen(version, audit.version)
    before = audit.review_on, audit.scope
    audit.scope = entered.get("scope", audit.scope).strip()
    audit.review_on = entered.get("review_on", audit.review_on)
    if audit.review_on != before[0] and audit.review_on is not None:
        _must_be_a_review_date(audit, audit.review_on)
    details = editing.changed({"review_on": editing.day(before[0])}, {"review_on": editing.day(audit.review_on)})
    personal = editing.changed({"scope": before[1]}, {"scope": audit.scope})
    if not details and not personal:
        return audit
    audit.save(update_fields=["scope", "review_on"])
    editing.touch(audit, actor)
    journal(audit, Action.AUDIT_CHANGED, actor, details, personal)
    tell(audit)
    return audit


@transaction.atomic
def submit(actor: Member, audit_id: UUID, *, version: int) -> RiskAudit:
    """Submit a draft for its review: from now on nobody changes it.

    Raises:
        Refusal: it is out of reach, no draft, changed since `version`, or has holes: the fields say which.
    """
    audit = editing.draft(actor, audit_id)
    editing.as_seen(version, audit.version)
    if missing := holes(audit):
        raise Refusal(
            "audit_has_holes",
            _("This audit is not complete yet: %(first)s"),
            fields={one.where: one.sentence for one in missing},
            params={"first": missing[0].sentence},
        )
    audit.state, audit.submitted_at, audit.submitted_by = AuditState.IN_REVIEW, clock.now(), actor
    audit.reviewed_at = audit.reviewer = None
    audit.version += 1
    audit.save()
    journal(audit, Action.AUDIT_SUBMITTED, actor)
    tell(audit)
    return audit


@transaction.atomic
def send_back(actor: Member, audit_id: UUID, comment: str) -> RiskAudit:
    """Send an audit back to be changed, and say why.

    Raises:
        Refusal: it is out of reach or not in review, or no reason is given.
    """
    audit = _in_review(actor, audit_id)
    _remark(audit, RemarkKind.SENT_BACK, actor, comment, needed=True)
    audit.state, audit.reviewed_at, audit.reviewer = AuditState.DRAFT, None, None
    audit.version += 1
    audit.save()
    journal(audit, Action.AUDIT_SENT_BACK, actor, personal={"comment": comment.strip()})
    tell(audit)
    return audit


def review(actor: Member, audit_id: UUID, comment: str = "", *, version: int) -> RiskAudit:
    """Sign as reviewer: it was read and found right. It still waits for its approval.

    Raises:
        Refusal: it is out of reach, not in review, changed since `version`, reviewed already; or the actor wrote in it.
    """
    try:
        with transaction.atomic():
            audit = _in_review(actor, audit_id)
            editing.as_seen(version, audit.version)
            _must_be_somebody_else(audit, actor)
            if audit.reviewer_id is not None:
                raise conflict("reviewed_already", _("This audit is reviewed already. It waits for its approval."))
            audit.reviewed_at, audit.reviewer = clock.now(), actor
            audit.version += 1
            audit.save()
            _remark(audit, RemarkKind.REVIEWED, actor, comment)
            journal(audit, Action.AUDIT_REVIEWED, actor)
            tell(audit)
            return audit
    except OwnWork as refused:
        _journal_refusal(refused, actor)
        raise


def approve(actor: Member, audit_id: UUID, comment: str = "", *, version: int) -> RiskAudit:
    """Approve an audit: it is in force from now on, the one before is not, and nobody ever changes it.

    Who approves an audit that nobody reviewed has read it: that signature is the review's too.

    Raises:
        Refusal: it is out of reach, not in review, changed since `version`, its review date is past; or the actor wrote in it,
            which is journalled.
    """
    try:
        with transaction.atomic():
            return _approve(actor, audit_id, comment, version)
    except OwnWork as refused:
        _journal_refusal(refused, actor)
        raise


def _approve(actor: Member, audit_id: UUID, comment: str, version: int) -> RiskAudit:
    audit = _in_review(actor, audit_id)
    _counts(audit.site)  # of two approvals at a site the second waits here
    editing.as_seen(version, audit.version)
    _must_be_somebody_else(audit, actor)
    if audit.review_on is not None:
        _must_be_a_review_date(audit, audit.review_on)
    now = clock.now()
    before = (
        RiskAudit.objects.select_for_update(of=("self",)).filter(site=audit.site, state=AuditState.APPROVED).first()
    )
    if before is not None:
        before.state, before.superseded_at = AuditState.SUPERSEDED, now
        before.version += 1
        before.save(update_fields=["state", "superseded_at", "version"])
    if audit.reviewer_id is None:
        audit.reviewer, audit.reviewed_at = actor, now
    audit.approver, audit.approved_at = actor, now
    audit.digest = content.digest_of(audit)
    audit.state = AuditState.APPROVED
    audit.version += 1
    audit.save()
    _remark(audit, RemarkKind.APPROVED, actor, comment)
    if before is not None:
        journal(before, Action.AUDIT_SUPERSEDED, actor, {"superseded_by": audit.number})
    details: dict[str, Json] = {"digest": audit.digest, "review_on": editing.day(audit.review_on)}
    journal(audit, Action.AUDIT_APPROVED, actor, details)
    tell(audit)
    return audit


@transaction.atomic
def withdraw(actor: Member, audit_id: UUID, reason: str) -> RiskAudit:
    """Withdraw an audit: a draft that is given up, or one in force that does not hold any more.

    Raises:
        Refusal: it is out of reach or over already, no reason is given; or it is in force and the actor does not approve audits.
    """
    audit = editing.locked(actor, audit_id, Right.PREPARE)
    if audit.state not in (*UNFINISHED, AuditState.APPROVED):
        raise conflict("over_already", _("This audit is not in force and nobody writes it any more."))
    if audit.state == AuditState.APPROVED and not holds(actor, Right.APPROVE, audit.site_id):
        only = _("An audit that is in force is withdrawn by somebody who approves audits.")
        raise Refusal("may_not_approve", only, status=Status.FORBIDDEN)
    _remark(audit, RemarkKind.WITHDRAWN, actor, reason, needed=True)
    was = audit.state
    audit.state, audit.withdrawn_at, audit.withdrawn_by = AuditState.WITHDRAWN, clock.now(), actor
    audit.version += 1
    audit.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "version"])
    journal(audit, Action.AUDIT_WITHDRAWN, actor, {"was": str(was)}, {"comment": reason.strip()})
    tell(audit)
    return audit


def why_not_approve(member: Member, audit: RiskAudit) -> Refusal | None:
    """Why this member does not approve this audit, if so, for who looks at it; its editors are prefetched."""
    if member.pk == audit.author_id:
        return OwnWork(audit, "author")
    if member.pk in {one.member_id for one in audit.editors.all()}:
        return OwnWork(audit, "editor")
    return None


def _counts(site: Site) -> AuditedSite:
    AuditedSite.objects.get_or_create(site=site, defaults={"organisation_id": site.organisation_id})
    return AuditedSite.objects.select_for_update().get(site=site)


def _from_template(audit: RiskAudit, template: str, last: int) -> int:
    codes = TEMPLATES[template].codes
    AuditedRisk.objects.bulk_create(
        AuditedRisk(organisation_id=audit.organisation_id, audit=audit, number=number, code=code)
        for number, code in enumerate(codes, start=last + 1)
    )
    return last + len(codes)


def _in_review(actor: Member, audit_id: UUID) -> RiskAudit:
    audit = editing.locked(actor, audit_id, Right.APPROVE)
    if audit.state == AuditState.DRAFT:
        raise conflict("not_submitted", _("This audit is still being written. It is approved once it was submitted."))
    if audit.state != AuditState.IN_REVIEW:
        raise conflict("not_in_review", _("This audit is not in review any more."))
    return audit


def _must_be_somebody_else(audit: RiskAudit, actor: Member) -> None:
    if (refused := why_not_approve(actor, audit)) is not None:
        raise refused


def _must_be_a_review_date(audit: RiskAudit, day: dt.date) -> None:
    today = today_of(audit, clock.now())
    if today < day <= today + LONGEST:
        return
    sentence = _("Choose a review date that is to come, within five years.")
    raise Refusal("no_review_date", sentence, fields={"review_on": sentence})


def _remark(audit: RiskAudit, kind: RemarkKind, member: Member, text: str, *, needed: bool = False) -> None:
    text = text.strip()
    if text:
        AuditRemark.objects.create(
            organisation_id=audit.organisation_id, audit=audit, kind=kind, member=member, text=text
        )
    elif needed:
        why = _("Say why.")
        raise Refusal("needed", why, fields={"comment": why})


def _journal_refusal(refused: OwnWork, actor: Member) -> None:
    """In a transaction of its own: the one that was refused is rolled back, what was tried is not forgotten."""
    with transaction.atomic():
        journal(refused.audit, Action.AUDIT_APPROVAL_REFUSED, actor, {"refusal": refused.code})

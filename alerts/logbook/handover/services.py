"""Signing a handover: first who leaves, then who takes over; each signature in one transaction, journalled, told at once."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alerts.logbook import categories, duty, feed
from alerts.logbook import services as logbook
from alerts.logbook.handover.summary import HandoverSummary, unsealed
from alerts.logbook.models import EntryKind, Handover, LogbookEntry, Shift
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json, canonical
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, holds, reach
from soc.refusals import Refusal, Status


@transaction.atomic
def give(member: Member, *, text: str, seal: str) -> Handover:
    """Sign first: what the next one must know is written in the logbook, and waits for a colleague's signature.

    Args:
        member: who leaves. She stays on duty until a colleague signs or she ends it herself.
        text: what the next one must know.
        seal: the summary that she read, as `summary.sealed` gave it.

    Raises:
        Refusal: she is not on duty, has signed already, read it too long ago, or wrote nothing.
    """
    shift = Shift.objects.select_for_update().filter(member=member, ended_at=None).first()
    if shift is None:
        raise Refusal("not_on_duty", _("You are not on duty."), status=Status.CONFLICT)
    if Handover.objects.filter(shift=shift, withdrawn_at=None).exists():
        raise _conflict("signed_already", _("You have signed this handover already."))
    summary = unsealed(shift, seal)
    category = categories.of_handovers(member.organisation_id)
    entry = logbook.write(member, logbook.Draft(category=category.pk, text=text, site=shift.site_id))
    handover = Handover.objects.create(
        organisation_id=member.organisation_id,
        site_id=shift.site_id,
        shift=shift,
        entry=entry,
        summary=summary.model_dump(mode="json"),
        digest=digest(summary, entry),
        given_at=entry.written_at,
    )
    _record(handover, member, Action.HANDOVER_SIGNED)
    feed.handover_changed(handover)
    return handover


@transaction.atomic
def take(member: Member, handover: UUID, *, read: str, host: Member | None = None) -> Handover:
    """Sign second: the shift of who leaves ends, and the member is on duty from now on.

    Args:
        member: who takes over; of another organisation even, when she signs on a colleague's screen: that is refused.
        handover: which one.
        read: the digest of what she read.
        host: on whose screen she signs, when it is not her own; that of who leaves, or it is refused.

    Raises:
        Refusal: she does not work there, is on duty elsewhere, or is the one who leaves; or it was signed, withdrawn or
            changed meanwhile.
    """
    found = _waiting(handover)
    shift = Shift.objects.select_for_update().get(pk=found.shift_id)
    own = duty.locked_shift(member)
    if shift.member_id == member.pk:
        raise _conflict(
            "own_handover", _("A handover is signed by two. Let the colleague sign who takes over from you.")
        )
    if host is not None and host.pk != shift.member_id:
        only = _("Two sign on one screen only where it is that of who leaves. Sign on your own.")
        raise Refusal("not_the_leavers_screen", only, status=Status.FORBIDDEN)
    _must_work_there(member, found)
    _must_be_free_for(found, own)
    if not hmac.compare_digest(read.encode(), found.digest.encode()):
        raise _conflict("read_again", _("This is not what was signed first. Read it again, then sign."))
    if LogbookEntry.objects.filter(refers_to=found.entry_id, kind=EntryKind.CORRECTION).exists():
        raise _conflict(
            "handover_corrected",
            _("%(who)s has corrected the words since. The handover must be withdrawn and signed anew."),
            who=shift.member.display_name,
        )
    found.taken_by, found.taken_at, found.taken_here = member, clock.now(), host is not None
    found.save(update_fields=["taken_by", "taken_at", "taken_here"])
    changed = duty.hand_over(shift, member, own)
    _record(found, member, Action.HANDOVER_TAKEN)
    for one in changed:
        feed.duty_changed(one)
    feed.handover_changed(found)
    return found


@transaction.atomic
def withdraw(member: Member, handover: UUID) -> Handover:
    """Take the first signature back. What was written stays in the logbook, and says so.

    A supervisor can do it too: who signed may be gone, and a handover whose words were corrected is not taken over any more.

    Raises:
        Refusal: it is a colleague's and she does not supervise there; or it was signed or withdrawn meanwhile.
    """
    found = _waiting(handover)
    if found.shift.member_id != member.pk and not _holds(member, Right.SUPERVISE, found):
        only = _("Only who signed it or a supervisor can withdraw a handover.")
        raise Refusal("not_your_handover", only, status=Status.FORBIDDEN)
    found.withdrawn_at = clock.now()
    found.save(update_fields=["withdrawn_at"])
    _record(found, member, Action.HANDOVER_WITHDRAWN)
    feed.handover_changed(found)
    return found


def digest(summary: HandoverSummary, entry: LogbookEntry) -> str:
    """What both sign: the SHA-256, in hexadecimal, of the summary and of the entry by its number and its words' digest.

    It can be computed again when the words have been erased.
    """
    content: dict[str, Json] = {
        "summary": summary.model_dump(mode="json"),
        "entry": entry.reference,
        "words": entry.words_digest,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _waiting(handover: UUID) -> Handover:
    """The handover, locked, if its second signature is missing."""
    # Without joins: what they find is not read again when the lock was waited for.
    found = Handover.objects.select_for_update().get(pk=handover)
    if found.taken_by is not None:
        raise _conflict(
            "taken_over_already",
            _("%(who)s has taken over this shift already."),
            who=found.taken_by.display_name,
        )
    if found.withdrawn_at is not None:
        raise _conflict("handover_withdrawn", _("This handover was withdrawn."))
    return found


def _must_work_there(member: Member, handover: Handover) -> None:
    """Who takes over writes in the logbook and handles alerts there."""
    if not all(_holds(member, right, handover) for right in (Right.WRITE_LOGBOOK, Right.HANDLE_ALERTS)):
        where = _("Who takes over a shift handles alerts where it is. Ask a colleague who does.")
        raise Refusal("works_elsewhere", where, status=Status.FORBIDDEN)


def _must_be_free_for(handover: Handover, own: Shift | None) -> None:
    """Who is on duty at one site only does not leave it unwatched, nor is said to watch another where she is not."""
    if own is None or own.site is None or own.site_id == handover.site_id:
        return
    raise _conflict(
        "on_duty_elsewhere",
        _("You are on duty at %(site)s. End that or hand it over first, then take over here."),
        site=own.site.name,
    )


def _holds(member: Member, right: Right, handover: Handover) -> bool:
    """Whether a member has a right wherever a handover is about."""
    if member.organisation_id != handover.organisation_id:
        return False
    if handover.site_id is None:
        return reach(member, right) is EVERYWHERE
    return holds(member, right, handover.site_id)


def _record(handover: Handover, member: Member, action: Action) -> None:
    record(
        handover.organisation_id,
        action,
        actor=member,
        subject=handover,
        site_id=handover.site_id,
        details={"reference": handover.entry.reference, "digest": handover.digest, "here": handover.taken_here},
    )


def _conflict(code: str, sentence: Promise, **params: object) -> Refusal:
    return Refusal(code, sentence, status=Status.CONFLICT, params=params)

"""Taking up duty and ending it: each in one transaction, journalled, told to colleagues."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.logbook import feed
from alerts.logbook.models import Shift
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, holds, reach
from soc.refusals import Refusal, Status


@transaction.atomic
def take_up(member: Member, site: UUID | None) -> Shift:
    """Begin a shift at a site or, without one, at all of them.

    Raises:
        Refusal: she is on duty already, or does not handle alerts there.
    """
    place = _place(member, site)
    if locked_shift(member) is not None:
        raise Refusal("on_duty_already", _("You are on duty already."), status=Status.CONFLICT)
    shift = _begin(member, place)
    feed.duty_changed(shift)
    return shift


@transaction.atomic
def end(member: Member) -> Shift:
    """End the member's own shift without a handover.

    Raises:
        Refusal: she is not on duty.
    """
    shift = Shift.objects.select_for_update().filter(member=member, ended_at=None).first()
    if shift is None:
        raise Refusal("not_on_duty", _("You are not on duty."), status=Status.CONFLICT)
    _end(shift, member)
    feed.duty_changed(shift)
    return shift


def locked_shift(member: Member) -> Shift | None:
    """The member's shift under way. Until the transaction ends nobody begins another: two tabs, two colleagues at once."""
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    return Shift.objects.select_related("site").filter(member=member, ended_at=None).first()


def hand_over(shift: Shift, taker: Member, own: Shift | None) -> list[Shift]:
    """End a shift, unless its member has done so, and put who takes over on duty where it was.

    In the caller's transaction, which has locked both shifts and tells of what is returned at its end.

    Args:
        shift: of who leaves.
        taker: who takes over.
        own: her own shift under way (`locked_shift`), which includes that place: the caller has made sure.

    Returns:
        The shifts that ended or began.
    """
    changed = []
    shift.handed_over_to = taker
    if shift.ended_at is None:
        _end(shift, taker)
        changed.append(shift)
    else:
        shift.save(update_fields=["handed_over_to"])
    if own is None:
        changed.append(_begin(taker, shift.site))
    return changed


def _begin(member: Member, place: Site | None) -> Shift:
    shift = Shift.objects.create(organisation_id=member.organisation_id, site=place, member=member)
    record(member.organisation_id, Action.DUTY_TAKEN, actor=member, subject=shift, site_id=shift.site_id)
    return shift


def _end(shift: Shift, actor: Member) -> None:
    shift.ended_at = clock.now()
    shift.save(update_fields=["ended_at", "handed_over_to"])
    own = actor.pk == shift.member_id
    action = Action.DUTY_ENDED if own else Action.DUTY_RELIEVED
    whose: dict[str, Json] = {} if own else {"member": str(shift.member_id)}
    record(shift.organisation_id, action, actor=actor, subject=shift, site_id=shift.site_id, details=whose)


def _place(member: Member, site: UUID | None) -> Site | None:
    if site is None:
        if reach(member, Right.HANDLE_ALERTS) is not EVERYWHERE:
            chosen = _("Choose the site: you handle alerts at some sites only.")
            raise Refusal("site_needed", chosen, fields={"site": chosen})
        return None
    place = Site.objects.filter(pk=site, organisation=member.organisation_id).first()
    if place is None or not holds(member, Right.HANDLE_ALERTS, place.pk):
        unknown = _("Choose a site at which you handle alerts.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    return place

"""Taking up duty and ending it: each in one transaction, journalled, told to colleagues."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.logbook import feed
from alerts.logbook.models import Shift
from soc import clock
from soc.journal.actions import Action
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
    Member.objects.select_for_update().get(pk=member.pk)  # two tabs at once: the second sees the first's shift
    if Shift.objects.filter(member=member, ended_at=None).exists():
        raise Refusal("on_duty_already", _("You are on duty already."), status=Status.CONFLICT)
    shift = Shift.objects.create(organisation_id=member.organisation_id, site=place, member=member)
    record(member.organisation_id, Action.DUTY_TAKEN, actor=member, subject=shift, site_id=shift.site_id)
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
    return shift


def hand_over(shift: Shift, taker: Member) -> None:
    """End a shift, unless its member has done so, and put who takes over on duty where it was. In the caller's transaction."""
    shift.handed_over_to = taker
    if shift.ended_at is None:
        _end(shift, taker)
    else:
        shift.save(update_fields=["handed_over_to"])
    Member.objects.select_for_update().get(pk=taker.pk)
    if not Shift.objects.filter(member=taker, ended_at=None).exists():
        take_up(taker, shift.site_id)


def _end(shift: Shift, actor: Member) -> None:
    shift.ended_at = clock.now()
    shift.save(update_fields=["ended_at", "handed_over_to"])
    record(shift.organisation_id, Action.DUTY_ENDED, actor=actor, subject=shift, site_id=shift.site_id)
    feed.duty_changed(shift)


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

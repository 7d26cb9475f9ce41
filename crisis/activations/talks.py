"""Speaking live to everyone connected: who speaks, since when, and why it ended. Of the sound nothing comes here."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.activations import feed, log
from crisis.activations.kinds import ActivationState, EventKind, TalkEnd
from crisis.activations.models import Activation, Talk
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

LONGEST_S = 60
"""How long one press of the button may last."""
_GRACE = dt.timedelta(seconds=3)
"""Whoever speaks is stopped by her own web process; one that died is noticed by the responders after this."""


def begin(activation: UUID, member: Member) -> Talk:
    """Let a member speak to everyone connected at the activation's site. One speaks at a time.

    Raises:
        Refusal: she may not direct there, which is journalled; nothing is under way; or somebody else speaks.
    """
    if not scoped(Activation.objects.all(), member, Right.DIRECT).filter(pk=activation).exists():
        _journal_refusal(activation, member)
        sentence = _("You may not speak here: only who directs this plan may.")
        raise Refusal("may_not_speak", sentence, status=Status.FORBIDDEN)
    with transaction.atomic():
        found = _locked(activation)
        if found.state != ActivationState.RUNNING:
            sentence = _("This plan is not under way any more, or not yet.")
            raise Refusal("not_under_way", sentence, status=Status.CONFLICT)
        before = _make_room(found, member)
        now = clock.now()
        talk = Talk.objects.create(
            organisation_id=found.organisation_id,
            activation=found,
            member=member,
            opened_at=now,
            until=now + dt.timedelta(seconds=LONGEST_S),
        )
        log.write(found, EventKind.TALK_OPENED, member=member)
        if before is not None:
            feed.talk_closed(before)
        feed.talk_opened(talk)
    return talk


@transaction.atomic
def end(talk: UUID, why: TalkEnd) -> bool:
    """Stop speaking; again changes nothing. Returns whether it was going on."""
    activation = Talk.objects.values_list("activation", flat=True).get(pk=talk)
    found = _locked(activation)
    open_one = Talk.objects.filter(pk=talk, closed_at=None).select_related("member").first()
    if open_one is None:
        return False
    open_one.activation = found
    _close(open_one, why)
    feed.talk_closed(open_one)
    return True


def reason_to_stop(talk: UUID) -> TalkEnd | None:
    """Why who speaks must stop: her time is over, or a stand-down or another page of hers ended it; ``None``: nothing."""
    until = Talk.objects.filter(pk=talk, closed_at=None).values_list("until", flat=True).first()
    if until is None:
        return TalkEnd.OVER
    return TalkEnd.LIMIT if until <= clock.now() else None


def end_all(activation: Activation) -> list[Talk]:
    """End who speaks because the plan is over, in the caller's transaction, which tells the feed of them last."""
    spoke = list(Talk.objects.filter(activation=activation, closed_at=None).select_related("member"))
    for talk in spoke:
        talk.activation = activation
        _close(talk, TalkEnd.OVER)
    return spoke


def end_overdue() -> bool:
    """End one whose web process died; whether there was any."""
    overdue = Talk.objects.filter(closed_at=None, until__lte=clock.now() - _GRACE).order_by("until")
    talk = overdue.values_list("pk", flat=True).first()
    return talk is not None and end(talk, TalkEnd.LOST)


def _make_room(activation: Activation, member: Member) -> Talk | None:
    """End what stands in the way but goes on no more: one whose time is over, or of the same member's other page.

    Raises:
        Refusal: somebody else speaks.
    """
    other = Talk.objects.filter(activation=activation, closed_at=None).select_related("member").first()
    if other is None:
        return None
    if other.member_id != member.pk and other.until > clock.now():
        raise Refusal(
            "somebody_speaks",
            _("%(who)s is speaking. You can speak when they have finished."),
            status=Status.CONFLICT,
            params={"who": other.member.display_name},
        )
    other.activation = activation
    _close(other, TalkEnd.LOST)
    return other


def _close(talk: Talk, why: TalkEnd) -> None:
    talk.closed_at, talk.ended_because = min(clock.now(), talk.until), why
    talk.save(update_fields=["closed_at", "ended_because"])
    seconds = round((talk.closed_at - talk.opened_at).total_seconds())
    log.write(
        talk.activation,
        EventKind.TALK_CLOSED,
        member=talk.member,
        details={"seconds": seconds, "ended_because": why.value},
    )


def _locked(activation: UUID) -> Activation:
    """Whoever begins, ends or decides locks the activation first."""
    return Activation.objects.select_for_update(no_key=True, of=("self",)).get(pk=activation)


@transaction.atomic
def _journal_refusal(activation: UUID, member: Member) -> None:
    own = Activation.objects.filter(organisation=member.organisation_id, pk=activation).first()
    record(
        member.organisation_id,
        Action.TALK_REFUSED,
        actor=member,
        subject=own,
        site_id=own.site_id if own else None,
    )

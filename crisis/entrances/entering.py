"""Something came in by an entrance: its plan starts, agents are asked, or it joins what is under way; the same comes in once.

Whatever it is, it is one transaction under the lock of the plan's row, so that of two that come at the same moment the second
finds what the first has made. What is refused is written down in a transaction of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.activations import calling, starting
from crisis.activations.kinds import Cause
from crisis.activations.models import Activation
from crisis.activations.starting import Reason
from crisis.entrances import feed
from crisis.entrances.models import Entrance, EntranceCall, EntranceHow, EntranceKind, EntranceOutcome
from crisis.plans.models import Plan
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.refusals import Refusal, Status

CAUSES: Final[Mapping[str, Cause]] = {
    EntranceKind.BUTTON: Cause.PERSON,
    EntranceKind.WEBHOOK: Cause.WEBHOOK,
    EntranceKind.CALL: Cause.CALL,
    EntranceKind.CAP: Cause.CAP,
}
_PERSONS: Final = (Cause.PERSON, Cause.CALL)
_FORGED_EVERY: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Came:
    """What came in.

    Args:
        key: the same key comes in once at an entrance.
        member: who pressed.
        person: who calls, where it is somebody of the directory.
        sender: the end of a number that is nobody's.
        said: where the person is, or what the system writes.
        digest: of a webhook's body.
        drill: it starts a drill.
        about: what an earlier one has made: this one joins it, whatever became of it.
    """

    key: str
    member: Member | None = None
    person: Person | None = None
    sender: str = ""
    said: str = ""
    digest: str = ""
    drill: bool = False
    about: Activation | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of it, and whether the very same had come before: then nothing was done again."""

    call: EntranceCall
    known: bool


@transaction.atomic
def enter(entrance: Entrance, came: Came) -> Entered:
    """Take in what came.

    Raises:
        Refusal: the entrance is switched off, or no version of its plan is approved. Nothing is written then.
    """
    plan = Plan.objects.select_for_update(of=("self",)).select_related("site", "organisation").get(pk=entrance.plan_id)
    known = EntranceCall.objects.select_related("activation").filter(entrance=entrance, key=came.key).first()
    if known is not None:
        return Entered(known, known=True)
    if not Entrance.objects.filter(pk=entrance.pk, enabled=True, plan=plan).exists():
        sentence = _("This trigger is switched off or was changed meanwhile, so nothing was started.")
        raise Refusal("entrance_off", sentence, status=Status.CONFLICT)
    there = calling.under_way(plan)
    if came.about is not None:
        made, outcome = came.about, EntranceOutcome.LINKED
    elif came.drill:
        if there is not None:  # who has a real one to deal with is not drilled
            return Entered(nothing(entrance, came, "real_under_way"), known=False)
        made, outcome = _begin(entrance, plan, came), EntranceOutcome.DRILL
    elif there is not None:
        made, outcome = there, EntranceOutcome.LINKED
    else:
        made, outcome = _begin(entrance, plan, came), _outcome(entrance)
    call = _keep(entrance, came, outcome, activation=made)
    calls = EntranceCall.objects.filter(activation=made).count()
    calling.came_in(made, entrance.name, calls=calls, person=came.person)
    if outcome is EntranceOutcome.LINKED and came.about is None and entrance.how == EntranceHow.START:
        made = calling.go_at_once(made)
    if CAUSES[entrance.kind] in _PERSONS:
        calling.person_called(made, came.person, came.said)
    _journal(entrance, call, Action.ENTRANCE_CALLED, came, {"outcome": outcome.value, "number": made.number})
    feed.changed(entrance)
    return Entered(call, known=False)


@transaction.atomic
def nothing(entrance: Entrance, came: Came, reason: str) -> EntranceCall:
    """Write down that what came does nothing, and why."""
    call = _keep(entrance, came, EntranceOutcome.NOTHING, reason=reason)
    details: dict[str, Json] = {"outcome": EntranceOutcome.NOTHING.value, "nothing": reason}
    _journal(entrance, call, Action.ENTRANCE_CALLED, came, details)
    feed.changed(entrance)
    return call


@transaction.atomic
def refused(entrance: Entrance, code: str, came: Came, *, forged: bool = False) -> None:
    """Write down that what came was refused. What is forged may be a flood: it is written down once a minute an entrance."""
    if forged:
        now = clock.now()
        fresh = Q(refused_at=None) | Q(refused_at__lt=now - _FORGED_EVERY)
        if not Entrance.objects.filter(fresh, pk=entrance.pk).update(refused_at=now):
            return
    call = EntranceCall.objects.create(
        organisation_id=entrance.organisation_id,
        entrance=entrance,
        outcome=EntranceOutcome.REFUSED,
        reason=code[:48],
        member=came.member,
        person=came.person,
        sender=came.sender,
    )
    _journal(entrance, call, Action.ENTRANCE_REFUSED, came, {"refused": code})
    feed.changed(entrance)


def _begin(entrance: Entrance, plan: Plan, came: Came) -> Activation:
    key = f"entrance:{entrance.pk}:{came.key}"[:160]
    reason = Reason(CAUSES[entrance.kind], key, None, came.member)
    if entrance.how == EntranceHow.START:
        return starting.start(plan, reason, drill=came.drill)
    return starting.ask(
        plan,
        reason,
        countdown_s=entrance.countdown_s,
        starts_when_silent=entrance.starts_when_silent,
        own_people=False,
        drill=came.drill,
    )


def _outcome(entrance: Entrance) -> EntranceOutcome:
    return EntranceOutcome.STARTED if entrance.how == EntranceHow.START else EntranceOutcome.ASKED


def _keep(
    entrance: Entrance, came: Came, outcome: EntranceOutcome, *, activation: Activation | None = None, reason: str = ""
) -> EntranceCall:
    return EntranceCall.objects.create(
        organisation_id=entrance.organisation_id,
        entrance=entrance,
        outcome=outcome,
        reason=reason,
        key=came.key,
        digest=came.digest,
        activation=activation,
        member=came.member,
        person=came.person,
        sender=came.sender,
        said=came.said[:500],
    )


def _journal(entrance: Entrance, call: EntranceCall, action: Action, came: Came, details: dict[str, Json]) -> None:
    """The entry names the call, by which it is found when what was said is erased."""
    personal: dict[str, Json] = {"person": came.person.display_name} if came.person is not None else {}
    if came.said:
        personal["text"] = came.said
    record(
        entrance.organisation_id,
        action,
        actor=came.member,
        subject=entrance,
        site_id=entrance.site_id,
        details={"name": entrance.name, "call": call.pk, **details},
        personal=personal or None,
    )

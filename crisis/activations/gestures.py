"""The two gestures by which somebody starts a plan: the first says what is about to happen, the second is about exactly that."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import Channel
from alerts.models import Alert
from crisis.activations import freezing, starting
from crisis.activations.kinds import SYSTEMS, ActivationState, Cause
from crisis.activations.models import Activation, StartIntent
from crisis.activations.starting import Reason
from crisis.plans import audiences
from crisis.plans.content import DevicesStep, EmergencyStep, PlanContent
from crisis.plans.models import Plan, PlanVersion
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json, canonical
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds
from soc.refusals import Refusal, Status

GOOD_FOR = dt.timedelta(seconds=30)
"""Left alone, what was prepared drops: nobody starts a plan with a gesture of some minutes ago."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is about to happen.

    Args:
        people: how many people are told something under the plan, as far as is known now.
        at_once: how many of them by steps that begin at once.
        channels: by which ways.
        devices: how many steps move things.
        services: how many steps tell emergency services.
        waits: things and services wait for an agent's verification.
    """

    people: int
    at_once: int
    channels: tuple[Channel, ...]
    devices: int
    services: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A first gesture, with what it shows."""

    intent: StartIntent
    version: PlanVersion
    prospect: Prospect

    @property
    def good_until(self) -> dt.datetime:
        """Until when the second gesture counts."""
        return self.intent.made_at + GOOD_FOR


def prepare(
    member: Member,
    plan: Plan,
    *,
    drill: bool = False,
    chosen: Sequence[UUID] = (),
    alert: Alert | None = None,
    activation: Activation | None = None,
) -> Prepared:
    """Make the first gesture.

    Args:
        member: who.
        plan: which plan.
        drill: as a drill.
        chosen: of a drill, for whom; empty: everybody of the plan.
        alert: because of which alert.
        activation: one that asks: it is what starts.

    Raises:
        Refusal: the member may not start plans there (which is journalled), no version is approved, or it was decided already.
    """
    _must_direct(member, plan)
    with transaction.atomic():
        if activation is not None and activation.state != ActivationState.ASKING:
            raise _conflict("decided_already", _("Somebody has decided this already. Read what is under way."))
        version = starting.in_force(plan)
        system = alert is not None or (
            activation is not None and activation.cause in SYSTEMS and activation.called_at is None
        )
        prospect = prospect_of(plan, version.content, list(chosen), system=system)
        intent = StartIntent.objects.create(
            organisation_id=plan.organisation_id,
            plan=plan,
            member=member,
            activation=activation,
            alert=alert,
            drill=drill,
            chosen=[str(one) for one in chosen],
            digest=_digest(version, prospect, drill),
        )
        details: dict[str, Json] = {"plan": str(plan.pk), "drill": drill, "people": prospect.people}
        record(
            plan.organisation_id,
            Action.ACTIVATION_PREPARED,
            actor=member,
            subject=plan,
            site_id=plan.site_id,
            details=details,
        )
    return Prepared(intent, version, prospect)


def confirm(member: Member, intent: UUID, *, read: str) -> Activation:
    """Make the second gesture: the plan starts.

    Args:
        member: who; the same as made the first.
        intent: the first gesture.
        read: the digest of what it showed.

    Raises:
        Refusal: it is somebody else's (which is journalled), was used, is too old, or shows something else by now.
    """
    found = (
        StartIntent.objects.select_related("plan__site", "member")
        .filter(pk=intent, organisation=member.organisation_id)
        .first()
    )
    if found is None:
        raise Refusal("intent_unknown", _("Nothing was prepared here. Begin again."), status=Status.NOT_FOUND)
    if found.member_id != member.pk:
        _journal_refusal(member, found.plan, "somebody_else")
        raise Refusal(
            "not_your_gesture",
            _("%(who)s prepared this. Who confirms must be who prepared it: begin again yourself."),
            status=Status.FORBIDDEN,
            params={"who": found.member.display_name},
        )
    _must_direct(member, found.plan)
    with transaction.atomic():
        return _start(member, found.pk, read)


def _start(member: Member, intent: UUID, read: str) -> Activation:
    found = StartIntent.objects.select_for_update(of=("self",)).select_related("plan", "alert").get(pk=intent)
    now = clock.now()
    if found.used_at is not None:
        raise _conflict("intent_used", _("This was confirmed already. Read what is under way."))
    if now - found.made_at > GOOD_FOR:
        raise _conflict("intent_too_old", _("This was prepared too long ago, so nothing was started. Begin again."))
    if not hmac.compare_digest(read.encode(), found.digest.encode()):
        raise _conflict("read_again", _("This is not what was shown. Begin again."))
    found.used_at = now
    found.save(update_fields=["used_at"])
    if found.activation_id is not None:
        return starting.decide(found.activation_id, member, go=True)
    cause = Cause.DRILL if found.drill else (Cause.ALERT if found.alert else Cause.AGENT)
    chosen = [UUID(one) for one in found.chosen]
    return starting.start(found.plan, Reason(cause, "", found.alert, member), drill=found.drill, chosen=chosen)


def prospect_of(plan: Plan, content: PlanContent, chosen: list[UUID], *, system: bool) -> Prospect:
    """What is about to happen, as far as is known now.

    Args:
        plan: which plan.
        content: of its version in force.
        chosen: of a drill, for whom; empty: everybody of the plan.
        system: because of what a camera or another system says: then things and services wait for a verification.
    """
    now = clock.now()
    everybody: set[UUID] = set()
    at_once: set[UUID] = set()
    channels: list[Channel] = []
    for step in content.messages():
        people = audiences.people(plan.organisation_id, plan.site_id, step.to, now)
        found = set(freezing.narrowed(people, chosen).values_list("pk", flat=True))
        everybody |= found
        if step.after is None and step.delay_s == 0 and step.unless is None and not step.by_hand:
            at_once |= found
        channels += [way.channel for way in step.ways if way.channel not in channels]
    devices = sum(isinstance(step, DevicesStep) for step in content.steps)
    services = sum(isinstance(step, EmergencyStep) for step in content.steps)
    return Prospect(
        people=len(everybody),
        at_once=len(at_once),
        channels=tuple(channels),
        devices=devices,
        services=services,
        waits=system and bool(devices or services),
    )


def _digest(version: PlanVersion, prospect: Prospect, drill: bool) -> str:
    shown: dict[str, Json] = {
        "version": version.digest,
        "people": prospect.people,
        "channels": [channel.value for channel in prospect.channels],
        "devices": prospect.devices,
        "services": prospect.services,
        "drill": drill,
    }
    return hashlib.sha256(canonical(shown).encode()).hexdigest()


def _must_direct(member: Member, plan: Plan) -> None:
    if holds(member, Right.DIRECT, plan.site_id):
        return
    _journal_refusal(member, plan, "no_right")
    raise Refusal(
        "may_not_start",
        _("You may not start plans here, so nothing was started. Tell somebody who directs."),
        status=Status.FORBIDDEN,
    )


@transaction.atomic
def _journal_refusal(member: Member, plan: Plan, reason: str) -> None:
    record(
        plan.organisation_id,
        Action.ACTIVATION_REFUSED,
        actor=member,
        subject=plan,
        site_id=plan.site_id,
        details={"reason": reason},
    )


def _conflict(code: str, sentence: Promise) -> Refusal:
    return Refusal(code, sentence, status=Status.CONFLICT)

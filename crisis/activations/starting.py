"""How a plan starts: a snapshot of it and of its people, in one transaction with what started it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alerts.deliveries import services as outbox
from alerts.models import Alert
from crisis.activations import feed, freezing, log
from crisis.activations.facts import facts_of
from crisis.activations.kinds import ActivationState, Cause, EventKind
from crisis.activations.models import Activation, Numbering, StepPerson, StepRun
from crisis.activations.rounds import ROUND, own_key
from crisis.devices.models import Script
from crisis.plans import audiences
from crisis.plans.content import RESOLVED_WHEN_DUE, Audience, DevicesStep, MessageStep, PlanContent, Whom
from crisis.plans.models import Plan, PlanVersion, VersionState
from soc import clock
from soc.people.directory.members import ensure_people_of_members
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds
from soc.refusals import Refusal, Status
from soc.rounds import wake


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a plan starts.

    Args:
        cause: what kind of cause.
        key: of the cause, so that the same one starts the plan once; empty: a person's own decision.
        alert: the alert, where it is one.
        member: who started it, and directs it who may; null: nobody, by itself.
    """

    cause: Cause
    key: str = ""
    alert: Alert | None = None
    member: Member | None = None


@transaction.atomic
def start(
    plan: Plan,
    reason: Reason,
    *,
    drill: bool = False,
    chosen: Sequence[UUID] = (),
) -> Activation:
    """Start a plan now.

    Args:
        plan: which; its approved version is what runs.
        reason: why.
        drill: every message says that it is an exercise, and devices stand still unless their step says otherwise.
        chosen: of a drill, the people it is for; empty: all of the plan.

    Raises:
        Refusal: no version of the plan is approved.
    """
    known = _known(plan, reason)
    if known is not None:
        return known
    activation = _new(plan, reason, ActivationState.RUNNING, drill=drill)
    _run(activation, reason.member, chosen)
    return activation


@transaction.atomic
def ask(
    plan: Plan,
    reason: Reason,
    *,
    countdown_s: int,
    starts_when_silent: bool,
    own_people: bool,
    drill: bool = False,
) -> Activation:
    """Ask agents whether to start, with a countdown.

    Args:
        plan: which.
        reason: why.
        countdown_s: how long they are asked.
        starts_when_silent: it starts when nobody answered in time.
        own_people: the messages to the organisation's own people that are due at once leave now, whatever is answered.
        drill: as a drill.

    Raises:
        Refusal: no version of the plan is approved.
    """
    known = _known(plan, reason)
    if known is not None:
        return known
    activation = _new(plan, reason, ActivationState.ASKING, drill=drill)
    activation.decide_by = clock.now() + dt.timedelta(seconds=countdown_s)
    activation.starts_when_silent = starts_when_silent
    activation.save(update_fields=["decide_by", "starts_when_silent"])
    log.write(activation, EventKind.ASKED, details={"countdown_s": countdown_s})
    if own_people:
        _tell_own_people(activation)
    wake(ROUND)
    feed.changed(activation)
    return activation


@transaction.atomic
def decide(activation: UUID, member: Member | None, *, go: bool) -> Activation:
    """Answer what an activation asks: start it, or drop it. Of two that answer at once the first counts.

    Raises:
        Refusal: it was decided already.
    """
    found = Activation.objects.select_for_update(no_key=True).get(pk=activation)
    if found.state != ActivationState.ASKING:
        raise Refusal(
            "decided_already", _("Somebody has decided this already. Read what is under way."), status=Status.CONFLICT
        )
    found.decide_by = None
    if go:
        found.state = ActivationState.RUNNING
        _run(found, member, ())
        return found
    found.state, found.ended_at, found.ended_by = ActivationState.DROPPED, clock.now(), member
    found.version += 1
    found.save()
    log.write(found, EventKind.DROPPED, member=member)
    feed.changed(found)
    return found


def _known(plan: Plan, reason: Reason) -> Activation | None:
    """The activation that this very cause has made already."""
    if not reason.key:
        return None
    # Whoever comes at the same moment waits here, then finds it.
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    return Activation.objects.filter(plan=plan, cause_key=reason.key).first()


def _new(plan: Plan, reason: Reason, state: ActivationState, *, drill: bool = False) -> Activation:
    version = in_force(plan)
    reference = outbox.next_reference(plan.organisation_id)
    facts = facts_of(plan, reason.alert, reference=reference, director=reason.member, drill=drill)
    activation = Activation.objects.create(
        organisation_id=plan.organisation_id,
        site_id=plan.site_id,
        plan=plan,
        plan_version=version,
        number=_next_number(plan.organisation_id),
        reference=reference,
        state=state,
        drill=drill,
        cause=reason.cause,
        cause_key=reason.key,
        alert=reason.alert,
        document=version.document,
        kept_facts=facts.kept(),
    )
    StepRun.objects.bulk_create(
        StepRun(
            organisation_id=activation.organisation_id,
            activation=activation,
            key=step.key,
            position=position,
            document=step.model_dump(mode="json"),
        )
        for position, step in enumerate(activation.content.steps)
    )
    return activation


def in_force(plan: Plan) -> PlanVersion:
    """The approved version.

    Raises:
        Refusal: there is none.
    """
    found = PlanVersion.objects.filter(plan=plan, state=VersionState.APPROVED).first()
    if found is None or plan.removed_at is not None:
        raise Refusal(
            "plan_not_approved",
            _("No version of this plan is approved, so it cannot be started."),
            status=Status.CONFLICT,
        )
    return found


def _run(activation: Activation, member: Member | None, chosen: Sequence[UUID]) -> None:
    now = clock.now()
    directs = member is not None and holds(member, Right.DIRECT, activation.site_id)
    activation.started_at, activation.started_by, activation.director = now, member, member if directs else None
    activation.version += 1
    activation.save()
    ensure_people_of_members(activation.organisation_id)  # who has an account is somebody who can be told
    _freeze(activation, activation.content, list(chosen))
    _keep_scripts(activation, activation.content)
    first = StepRun.objects.filter(activation=activation, started_at=None, document__after=None)
    for step in first:
        step.due_at = now + dt.timedelta(seconds=step.document["delay_s"])
        step.save(update_fields=["due_at"])
    log.write(activation, EventKind.STARTED, member=member, details={"cause": activation.cause})
    wake(ROUND)
    feed.changed(activation)


def _freeze(activation: Activation, content: PlanContent, chosen: list[UUID]) -> None:
    """Everybody whom the plan can name now; who is on call or in an area is looked for when the step is due."""
    for step in content.messages():
        known = tuple(group for group in step.to.groups if not isinstance(group, RESOLVED_WHEN_DUE))
        if known:
            run = StepRun.objects.get(activation=activation, key=step.key)
            audience = Audience(groups=known, whom=step.to.whom)
            people = audiences.people(activation.organisation_id, activation.site_id, audience, clock.now())
            freezing.freeze(activation, run, freezing.narrowed(people, chosen))
            _answered_before(run)


def _keep_scripts(activation: Activation, content: PlanContent) -> None:
    """Keep the scripts as they are at the start: who edits one meanwhile changes nothing that is under way."""
    for step in content.steps:
        if isinstance(step, DevicesStep):
            kept = Script.objects.filter(
                organisation=activation.organisation_id, pk=step.script, removed_at=None
            ).first()
            StepRun.objects.filter(activation=activation, key=step.key).update(script=kept.document if kept else None)


def _answered_before(step: StepRun) -> None:
    """Who answered while agents were asked has answered the step itself."""
    own = StepPerson.objects.filter(step__activation=step.activation, step__key=own_key(step.key))
    for participant, at in own.exclude(answered_at=None).values_list("participant", "answered_at"):
        StepPerson.objects.filter(step=step, participant=participant).update(answered_at=at)


def _tell_own_people(activation: Activation) -> None:
    """The first messages, to people of the organisation alone; the rest of each step waits for the answer."""
    content = activation.content
    for step in content.messages():
        if step.after is None and step.delay_s == 0 and step.unless is None and not step.by_hand:
            own = MessageStep.model_validate(
                step.model_dump(mode="json")
                | {"key": own_key(step.key), "to": {**step.to.model_dump(mode="json"), "whom": Whom.INSIDE}}
            )
            StepRun.objects.create(
                organisation_id=activation.organisation_id,
                activation=activation,
                key=own.key,
                position=0,
                document=own.model_dump(mode="json"),
                added=True,
                due_at=clock.now(),
            )


def _next_number(organisation: UUID) -> int:
    Numbering.objects.get_or_create(organisation_id=organisation)
    Numbering.objects.filter(pk=organisation).update(last=F("last") + 1)
    return Numbering.objects.values_list("last", flat=True).get(pk=organisation)

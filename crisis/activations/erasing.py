"""Names, numbers and words of a plan that is over go after the days that the organisation set; its figures stay.

What stays: which plan ran when and why, which members decided what, each step with its times; and of each person told, under a
key of the directory and without name, number or word, by which way, when, and what kind of answer came. So the report counts as
it did. What is under way is never touched, nor what waits to leave.
"""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from alerts.deliveries import erasing as outbox
from alerts.deliveries.models import TO_LEAVE, Delivery, Message
from crisis.activations.kinds import ActivationState
from crisis.activations.models import Activation, HelpCall, Instruction, Participant, StepRun, TaskDone
from crisis.activations.rounds import ASKER
from crisis.plans.content import Audience, MessageStep, OfRole, Words
from crisis.templates import Facts
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Organisation
from soc.people.rights import Role

log = structlog.get_logger(__name__)

_ROWS = 1000
_MESSAGES = 100


def erase_old() -> int:
    """Erase what is older than its organisation keeps it, in every organisation; how many activations."""
    erased = 0
    for organisation in Organisation.objects.all():
        before = outbox.kept_since(organisation.pk)
        erased += sum(_erase(activation, before) for activation in _due(organisation, before))
    return erased


def _due(organisation: Organisation, before: dt.datetime) -> QuerySet[Activation]:
    over = (ActivationState.ENDED, ActivationState.DROPPED)
    return Activation.objects.filter(
        organisation=organisation, state__in=over, ended_at__lt=before, erased_at=None
    ).order_by("ended_at")


def _erase(activation: Activation, before: dt.datetime) -> bool:
    """In batches; it counts as erased last, so that whoever dies in between leaves it to the next."""
    while found := list(_messages(activation).filter(~Exists(_waits()))[:_MESSAGES]):
        outbox.erase(found, before)
    if _messages(activation).exists():
        return False  # something of it has not left yet
    people = _forget_people(activation)
    with transaction.atomic():
        held = Activation.objects.select_for_update(no_key=True).get(pk=activation.pk)
        HelpCall.objects.filter(activation=held).update(place="", taken_by="")
        TaskDone.objects.filter(step__activation=held).update(note="")
        Instruction.objects.filter(activation=held).update(words={})
        _empty_added_steps(held)
        held.kept_facts, held.erased_at = Facts().kept(), clock.now()
        held.save(update_fields=["kept_facts", "erased_at"])
        record(
            held.organisation_id,
            Action.ACTIVATION_ERASED,
            subject=held,
            site_id=held.site_id,
            details={"number": held.number, "participants_erased": people},
        )
    log.info("activation.erased", activation=str(activation.pk), people=people)
    return True


def _waits() -> QuerySet[Delivery]:
    return Delivery.objects.filter(message=OuterRef("pk"), state__in=TO_LEAVE)


def _messages(activation: Activation) -> QuerySet[Message]:
    """Its messages that are not erased yet."""
    rows = Message.objects.filter(
        organisation=activation.organisation_id,
        asker__startswith=f"{ASKER}:{activation.pk}:",
        erased_at=None,
    )
    return rows.select_related("organisation").order_by("created_at")


def _forget_people(activation: Activation) -> int:
    last = people = 0
    rows = Participant.objects.filter(activation=activation).order_by("pk")
    while ids := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:_ROWS]):
        Participant.objects.filter(pk__in=ids).update(name="", sms="", voice="", email="")
        last, people = ids[-1], people + len(ids)
    return people


def _empty_added_steps(activation: Activation) -> None:
    """What was said on the spot, and who called for help, stand in the steps that were added."""
    for step in StepRun.objects.filter(activation=activation, added=True, document__kind="message"):
        content = MessageStep.model_validate(step.document)
        emptied = content.model_copy(
            update={
                "name": step.key,
                "to": Audience(groups=(OfRole(role=Role.RESPONDER),)),
                "words": {language: Words(text="") for language in content.words},
            }
        )
        StepRun.objects.filter(pk=step.pk).update(document=emptied.model_dump(mode="json"))

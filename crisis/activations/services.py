"""Steps that tell emergency services: a person gets the sheet, or, where it is agreed, the system calls, writes or gives CAP out.

Who may be called is asked with the contact as it is now, not as it was when the plan was approved. A drill calls and writes to no
service by itself.
"""

from __future__ import annotations

from django.utils import translation

from alerts.channels.base import Channel
from alerts.deliveries import services as outbox
from alerts.deliveries.models import Priority
from alerts.deliveries.texts import Texts
from crisis.activations.ending import end
from crisis.activations.facts import facts_in
from crisis.activations.kinds import StepState
from crisis.activations.models import Activation, StepRun
from crisis.emergency import events, selectors, sheets
from crisis.emergency.automatic import Allowed, Denied, may_call_automatically, may_write_automatically
from crisis.emergency.cap.giving import Words as CapWords
from crisis.emergency.cap.giving import cap_for
from crisis.emergency.cap.values import Certainty
from crisis.emergency.models import EmergencyContact
from crisis.emergency.sheets import FilledSheet
from crisis.plans.content import Contacting, EmergencyStep, MessageStep


def tell(step: StepRun, content: EmergencyStep) -> None:
    """Tell a service, or leave the sheet to a person: the step then runs until somebody says that it is done."""
    if content.how == Contacting.SHEET:
        return
    if content.how == Contacting.CAP:
        _give_out(step)
        return
    contact = _contact(step, content)
    if contact is None:
        _to_a_person(step, "contact_gone")
        return
    if step.activation.drill:
        end(step, StepState.SKIPPED, "drill")
        return
    calls = content.how == Contacting.CALL
    may = may_call_automatically(contact) if calls else may_write_automatically(contact)
    if isinstance(may, Denied):
        _to_a_person(step, str(may.ground))
        return
    _send(step, contact, may, Channel.VOICE if calls else Channel.EMAIL)
    end(step, StepState.DONE)


def sheet(step: StepRun, content: EmergencyStep, language: str) -> FilledSheet | None:
    """What a person reads to the service, filled with what is known now; null: the step names no contact."""
    contact = _contact(step, content)
    if contact is None:
        return None
    text = sheets.sheet_for(contact, language)
    return sheets.filled_sheet(text, facts_in(step.activation, text.language))


def _contact(step: StepRun, content: EmergencyStep) -> EmergencyContact | None:
    return None if content.contact is None else selectors.contact(step.organisation_id, content.contact)


def _to_a_person(step: StepRun, reason: str) -> None:
    """Nobody is called by the system: a person does it, and the page says why."""
    step.reason = reason[:48]
    step.save(update_fields=["reason"])


def _send(step: StepRun, contact: EmergencyContact, may: Allowed, channel: Channel) -> None:
    activation = step.activation
    language = contact.organisation.language
    text = sheets.sheet_for(contact, language)
    filled = sheets.filled_sheet(text, facts_in(activation, text.language))
    written = "\n".join(f"{line.label}: {line.text}" for line in filled.lines)
    spoken = " ".join(line.text for line in filled.lines)
    with translation.override(text.language):
        subject = f"{activation.plan.name}, {activation.site.name}"
    message = outbox.message(
        outbox.Asked(
            organisation=activation.organisation_id,
            site=activation.site_id,
            asker=f"activation:{activation.pk}:{step.key}",
            texts={
                text.language: Texts(
                    subject=subject[:200], text=written[:4000], short=spoken[:1000], spoken=spoken[:2000]
                )
            },
            exercise=activation.drill,
            priority=Priority.ALARM,
            reference=activation.reference,
        )
    )
    owed = outbox.Owed(f"contact:{contact.pk}", None, channel, may.address, text.language)
    outbox.owe(message, [owed])


def _give_out(step: StepRun) -> None:
    activation = step.activation
    message = cap_for(
        activation.organisation,
        activation.facts,
        _cap_words(activation),
        kind="",
        exercise=activation.drill,
        site=activation.site,
        certainty=Certainty.OBSERVED if not activation.needs_verification else Certainty.LIKELY,
    )
    end(step, StepState.DONE)
    events.cap_given(message, real=not activation.drill)


def _cap_words(activation: Activation) -> dict[str, CapWords]:
    """What the plan's first message says, in each language, the organisation's own first."""
    first = next((step for step in activation.content.steps if isinstance(step, MessageStep)), None)
    words = first.words if first is not None else {}
    own = activation.organisation.language
    return {
        language: CapWords(words[language].subject or words[language].text[:160], words[language].text)
        for language in sorted(words, key=lambda one: one != own)
    }

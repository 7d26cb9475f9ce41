"""What is wrong with the scripts, emergency contacts and the risk that a plan names, as the rooms that keep them say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from crisis.plans.content import Contacting, DevicesStep, EmergencyStep, InstructionStep, PlanContent
from crisis.plans.hole import At, Hole, HoleCode, Weight
from crisis.plans.parts import Part, PartKind, parts
from crisis.plans.references import Reference, RefKind, ids
from crisis.plans.texts import language_name


def named_parts(
    content: PlanContent, risk: UUID | None, of: tuple[Reference, ...], organisation: UUID, site: UUID
) -> Iterator[Hole]:
    """Scripts, contacts, recordings and the risk that nobody knows, or that have faults of their own."""
    yield from _risk(risk, parts(PartKind.RISK, organisation, site, ids(of, RefKind.RISK)))
    scripts = parts(PartKind.SCRIPT, organisation, site, ids(of, RefKind.SCRIPT))
    contacts = parts(PartKind.CONTACT, organisation, site, ids(of, RefKind.CONTACT))
    recordings = parts(PartKind.RECORDING, organisation, site, ids(of, RefKind.RECORDING))
    for index, step in enumerate(content.steps):
        if isinstance(step, DevicesStep):
            yield from _script(At(index, step), step, scripts)
        elif isinstance(step, EmergencyStep):
            yield from _contact(At(index, step), step, contacts)
        elif isinstance(step, InstructionStep) and step.recordings:
            yield from _recordings(At(index, step), step, content, recordings)


def _risk(risk: UUID | None, known: Mapping[UUID, Part]) -> Iterator[Hole]:
    if risk is None:
        sentence = _("No risk is named. Choose the risk of the approved audit that this plan answers.")
        yield Hole(HoleCode.NO_RISK, sentence, field="risk")
        return
    if (part := known.get(risk)) is None:
        sentence = _("The risk that this plan answers is not known: it is in no approved audit of this site.")
        yield Hole(HoleCode.RISK_UNKNOWN, sentence, field="risk")
        return
    for problem in part.problems:
        yield Hole(HoleCode.RISK_UNKNOWN, problem, field="risk")
    for warning in part.warnings:
        yield Hole(HoleCode.RISK_UNKNOWN, warning, Weight.WARNS, field="risk")


def _script(at: At, step: DevicesStep, known: Mapping[UUID, Part]) -> Iterator[Hole]:
    part = known.get(step.script)
    if part is None:
        sentence = _("The script of “%(step)s” is not known.") % {"step": step.name}
        yield at.hole(HoleCode.SCRIPT_UNKNOWN, sentence, field="script")
        return
    for problem in part.problems:
        yield at.hole(HoleCode.SCRIPT_FAULT, problem, field="script")
    for warning in part.warnings:
        yield at.hole(HoleCode.SCRIPT_FAULT, warning, Weight.WARNS, "script")
    if part.locks:
        sentence = _("After a camera’s alert, “%(step)s” waits until an agent has recorded the verification.")
        yield at.hole(HoleCode.LOCKS, sentence % {"step": step.name}, Weight.TELLS, "script")


def _contact(at: At, step: EmergencyStep, known: Mapping[UUID, Part]) -> Iterator[Hole]:
    if step.contact is None:
        if step.how != Contacting.CAP:  # which is given out to whoever listens
            sentence = _("“%(step)s” names no emergency contact. Choose one.") % {"step": step.name}
            yield at.hole(HoleCode.NO_CONTACT, sentence, field="contact")
        return
    part = known.get(step.contact)
    if part is None:
        sentence = _("The emergency contact of “%(step)s” is not known.") % {"step": step.name}
        yield at.hole(HoleCode.CONTACT_UNKNOWN, sentence, field="contact")
        return
    if (refused := part.refused.get(step.how)) is not None:
        yield at.hole(HoleCode.CONTACT_REFUSED, refused, field="how")
    for problem in part.problems:
        yield at.hole(HoleCode.CONTACT_FAULT, problem, field="contact")
    for warning in part.warnings:
        yield at.hole(HoleCode.CONTACT_FAULT, warning, Weight.WARNS, "contact")
    if step.how in (Contacting.CALL, Contacting.WRITE):
        sentence = _("After a camera’s alert, “%(step)s” waits until an agent has recorded the verification.")
        yield at.hole(HoleCode.LOCKS, sentence % {"step": step.name}, Weight.TELLS, "how")


def _recordings(at: At, step: InstructionStep, content: PlanContent, known: Mapping[UUID, Part]) -> Iterator[Hole]:
    """What is wrong with the recordings of an instruction, and in which languages a machine speaks instead."""
    for language in content.languages:
        named = {"step": step.name, "language": language_name(language)}
        field = f"recordings.{language}"
        if (recording := step.recordings.get(language)) is None:
            sentence = _("“%(step)s” has no recording in this language, so a machine speaks it: %(language)s.")
            yield at.hole(HoleCode.RECORDING_MISSING, sentence % named, Weight.WARNS, field)
            continue
        if (part := known.get(recording)) is None:
            sentence = _("The recording of “%(step)s” is not there any more: %(language)s.") % named
            yield at.hole(HoleCode.RECORDING_UNKNOWN, sentence, field=field)
            continue
        for problem in part.problems:
            yield at.hole(HoleCode.RECORDING_FAULT, problem, field=field)
        if part.language != language:
            sentence = _("The recording of “%(step)s” speaks another language than this: %(language)s.") % named
            yield at.hole(HoleCode.RECORDING_LANGUAGE, sentence, field=field)
        elif _plain(part.said) != _plain(step.words.get(language, "")):
            sentence = _("What is shown for “%(step)s” is not what its recording says: %(language)s.") % named
            yield at.hole(HoleCode.RECORDING_WORDS, sentence, Weight.WARNS, field)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()

"""What people answer under a plan: their state, the steps they answered, and calls for help, which are never swallowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries.models import Answer
from crisis.activations import feed, log, steps
from crisis.activations.kinds import ActivationState, EventKind, HelpState
from crisis.activations.models import Activation, HelpAnswer, HelpCall, Participant
from crisis.activations.rounds import ASKER
from crisis.plans.content import Audience, MessageStep, OfRole, StepWay, Words
from soc.people.directory.models import Person
from soc.people.rights import Role

_ANSWERED = """
    WITH said AS (SELECT * FROM unnest(%(people)s::uuid[], %(kinds)s::text[], %(times)s::timestamptz[]) AS s(person, kind, at)),
    held AS MATERIALIZED (  -- locked in one order: of two who write down a crowd neither waits for the other for ever
        SELECT id FROM crisis_activations_participant
        WHERE activation_id = %(activation)s AND person_id IN (SELECT person FROM said) ORDER BY id FOR UPDATE
    )
    UPDATE crisis_activations_participant AS one SET
        -- Answers come late and in any order: the latest is what the person says now.
        answer = CASE WHEN one.answer_at IS NULL OR said.at >= one.answer_at THEN said.kind ELSE one.answer END,
        answer_at = greatest(one.answer_at, said.at),
        answered_at = coalesce(one.answered_at, said.at)
    FROM held, said WHERE one.id = held.id AND one.person_id = said.person
    RETURNING one.id, one.person_id, said.at
"""
_STEPS_ANSWERED = """
    UPDATE crisis_activations_stepperson AS one SET answered_at = said.at
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS said(participant, at), crisis_activations_steprun step
    WHERE one.participant_id = said.participant AND one.answered_at IS NULL
        AND step.id = one.step_id AND step.started_at IS NOT NULL
"""


def answered(answers: Sequence[Answer]) -> None:
    """Take answers to activations' messages, in their transaction; others are nobody's here."""
    of: dict[UUID, list[Answer]] = {}
    for answer in answers:
        kind, _colon, rest = answer.message.asker.partition(":")
        if kind == ASKER:
            of.setdefault(UUID(rest.partition(":")[0]), []).append(answer)
    for activation in sorted(of):
        for lot in _one_of_each(of[activation]):
            _take(activation, lot)


def _one_of_each(answers: Sequence[Answer]) -> Iterator[dict[UUID, Answer]]:
    """One answer of each person, by person; then who said something again."""
    left = answers
    while left:
        lot: dict[UUID, Answer] = {}
        left = [answer for answer in left if lot.setdefault(answer.person_id, answer) is not answer]
        yield lot


def _take(activation: UUID, lot: Mapping[UUID, Answer]) -> None:
    """Take one answer of each of these people; who is not of the activation answers nothing here."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ANSWERED,
            {
                "activation": activation,
                "people": list(lot),
                "kinds": [answer.kind for answer in lot.values()],
                "times": [answer.at for answer in lot.values()],
            },
        )
        found = cursor.fetchall()
        if not found:
            return
        cursor.execute(_STEPS_ANSWERED, [[row[0] for row in found], [row[2] for row in found]])
    calls = {pk: lot[person] for pk, person, _at in found if lot[person].kind == AnswerKind.HELP}
    if len(calls) < len(found):
        log.stir_by_id(activation, next(iter(lot.values())).organisation_id)
    if calls:
        for participant in Participant.objects.filter(pk__in=calls):
            _called_for_help(participant, calls[participant.pk])


def raise_help(participant: Participant, at: dt.datetime, place: str) -> HelpCall:
    """A first call for help opens one; a repeated one is linked to it and raises it, whoever goes already."""
    call = HelpCall.objects.select_for_update().filter(participant=participant).exclude(state=HelpState.CLOSED).first()
    if call is None:
        call = HelpCall.objects.create(
            organisation_id=participant.organisation_id,
            activation_id=participant.activation_id,
            participant=participant,
            place=place,
            called_at=at,
            again_at=at,
        )
    else:
        call.calls += 1
        call.again_at = max(call.again_at, at)
        call.place = place or call.place
        call.version += 1
        call.save()
    return call


def _called_for_help(participant: Participant, answer: Answer) -> None:
    call = raise_help(participant, answer.at, answer.place)
    HelpAnswer.objects.create(organisation_id=call.organisation_id, call=call, answer=answer)
    activation = participant.activation
    log.write(activation, EventKind.HELP, participant=participant, details={"calls": call.calls})
    if call.calls == 1 and activation.state == ActivationState.RUNNING:
        tell_helpers(activation, call)
    feed.help_called(call)


def tell_helpers(activation: Activation, call: HelpCall) -> None:
    """Who directs, or whom the plan names for it, is told at once."""
    content = activation.content
    key = f"help-{call.pk.hex}"  # its own: of two who call at the same moment neither waits for the other, or fails
    # Asked for with nobody's id, the filter would find everybody who has no account.
    directors = Person.objects.filter(organisation=activation.organisation_id, removed_at=None)
    director = directors.filter(member=activation.director_id) if activation.director_id else directors.none()
    if content.help_to is None and not director.exists():
        to = Audience(groups=(OfRole(role=Role.SUPERVISOR), OfRole(role=Role.AGENT)))
    else:
        to = content.help_to or Audience(groups=(OfRole(role=Role.SUPERVISOR),))
    step = MessageStep(
        key=key,
        name=call.participant.name[:120],
        to=to,
        ways=(StepWay(channel=Channel.APP), StepWay(channel=Channel.PUSH), StepWay(channel=Channel.SMS)),
        words={language: _words(call, language) for language in content.languages},
        first=True,
    )
    named = director if content.help_to is None and director.exists() else None
    steps.add(activation, step, people=named, apart=True)


def _words(call: HelpCall, language: str) -> Words:
    with translation.override(language if translation.check_for_language(language) else "en"):
        place = call.place or _("place not said")
        text = _("%(who)s needs help: %(place)s.") % {"who": call.participant.name, "place": place}
    return Words(text=_literal(text))


def _literal(text: str) -> str:
    """What a person wrote is no template."""
    return text.replace("{", "{{").replace("}", "}}")

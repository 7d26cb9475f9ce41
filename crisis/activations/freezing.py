"""People frozen: whoever an audience is, written down by one INSERT … SELECT, with the addresses of that moment."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from crisis.activations.models import Activation, Participant, StepPerson, StepRun
from soc.people.directory.models import Person

_PARTICIPANTS = """
    INSERT INTO crisis_activations_participant
        (organisation_id, activation_id, person_id, name, language, member_id, inside, sms, voice, email, answer)
    SELECT found.organisation_id, %s, found.id, found.display_name, found.language, found.member_id, found.inside,
        coalesce((SELECT way.address FROM soc_directory_contactway way WHERE way.person_id = found.id
            AND way.kind = 'phone' AND way.sms AND way.stopped_at IS NULL ORDER BY way.position, way.id LIMIT 1), ''),
        coalesce((SELECT way.address FROM soc_directory_contactway way WHERE way.person_id = found.id
            AND way.kind = 'phone' AND way.voice ORDER BY way.position, way.id LIMIT 1), ''),
        coalesce((SELECT way.address FROM soc_directory_contactway way WHERE way.person_id = found.id
            AND way.kind = 'email' ORDER BY way.position, way.id LIMIT 1), ''),
        ''
    FROM soc_directory_person found WHERE found.id IN ({people})
    ORDER BY found.id
    ON CONFLICT (activation_id, person_id) DO NOTHING
"""
_OF_STEP = """
    INSERT INTO crisis_activations_stepperson (organisation_id, step_id, participant_id, answered_at)
    SELECT one.organisation_id, %s, one.id, NULL
    FROM crisis_activations_participant one WHERE one.activation_id = %s AND one.person_id IN ({people})
    ON CONFLICT (step_id, participant_id) DO NOTHING
"""


def freeze(activation: Activation, step: StepRun, people: QuerySet[Person]) -> int:
    """Write down who is in a step's audience; who is a participant already stays as they were frozen.

    Returns:
        How many people the step has now.
    """
    sql, values = people.order_by().values("pk").query.sql_with_params()
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        # Who was just imported is in no statistics yet: the planner then takes 10,000 people for one, and reads the audience
        # anew for each of them, for ten seconds before anybody is told anything.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_PARTICIPANTS.format(people=sql), [activation.pk, *values])
        cursor.execute(_OF_STEP.format(people=sql), [step.pk, activation.pk, *values])
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return StepPerson.objects.filter(step=step).count()


def take_in(activation: Activation, person: Person) -> Participant:
    """Have a person among those of an activation who is told nothing by it: who calls from outside its audiences."""
    sql, values = Person.objects.filter(pk=person.pk).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_PARTICIPANTS.format(people=sql), [activation.pk, *values])
    found = Participant.objects.select_for_update().get(activation=activation, person=person)
    found.activation = activation
    return found


def narrowed(people: QuerySet[Person], chosen: list[UUID]) -> QuerySet[Person]:
    """Of these people those for whom a drill is; an empty list: all of them."""
    return people.filter(pk__in=chosen) if chosen else people

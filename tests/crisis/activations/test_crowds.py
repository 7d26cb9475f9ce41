"""Thousands at once: an audience is read once, whatever the planner believes of it, and two who call for help are both heard."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import answers
from alerts.deliveries.answers import Given, Said
from alerts.deliveries.models import Answer, Delivery, Message
from crisis.activations import engine, starting
from crisis.activations.kinds import Cause
from crisis.activations.models import HelpCall, Participant, StepPerson, StepRun
from crisis.activations.starting import Reason
from soc import clock
from soc.people.directory.models import Person, PersonProfile, Profile
from tests.crisis.story import CHOICES, Story, message, words
from tests.system import until

INSIDE = words("Go inside.", "Rentrez.")
CROWD = 400


def loops(plan: dict[str, Any], table: str) -> int:
    """How often a plan reads a table."""
    own = int(plan["Actual Loops"]) if plan.get("Relation Name") == table else 0
    return max([own, *(loops(part, table) for part in plan.get("Plans", []))])


@pytest.mark.django_db
def test_an_audience_that_was_just_imported_is_read_once_and_not_for_each_person() -> None:
    story = Story()
    profile = Profile.objects.create(organisation=story.organisation, name="crowd")
    people = Person.objects.bulk_create(
        Person(organisation=story.organisation, display_name=f"Person {number}", site=story.site)
        for number in range(CROWD)
    )
    PersonProfile.objects.bulk_create(
        PersonProfile(organisation=story.organisation, person=person, profile=profile) for person in people
    )
    plan = story.plan(message("in", story.profile("crowd"), INSIDE, choices=CHOICES))
    read: list[int] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO crisis_activations" not in sql:
            return execute(sql, params, many, context)
        result = execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params, many, context)
        found = context["cursor"].fetchone()[0]
        found = json.loads(found) if isinstance(found, str) else found
        read.append(loops(found[0]["Plan"], "soc_directory_personprofile"))
        return result

    with connection.execute_wrapper(explained):
        activation = starting.start(plan, Reason(Cause.AGENT, member=story.agent))
    assert Participant.objects.filter(activation=activation).count() == CROWD
    assert StepPerson.objects.filter(step__activation=activation).count() == CROWD
    assert read == [1, 1]
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",), "other statements of the transaction are planned as ever"


@pytest.mark.django_db(transaction=True)
def test_two_who_call_for_help_at_the_same_moment_are_both_heard() -> None:
    story = Story()
    story.person("Helper", "first aid")
    callers = [story.person(name, "staff") for name in ("Anna", "Ben")]
    staff = message("in", story.profile("staff"), INSIDE, choices=CHOICES)
    activation = story.start(story.plan(staff, help_to=story.profile("first aid")))
    said = Message.objects.get(asker=f"activation:{activation.pk}:in")

    def call(person: Person) -> None:
        answers.give(said, person, Given(AnswerKind.HELP, Channel.SMS, "help"))

    def call_too() -> None:
        try:
            call(callers[1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            call(callers[0])
            second = other.submit(call_too)
            until(_somebody_waits, "the second waits for the first to be committed")
        second.result(30)
    assert HelpCall.objects.count() == 2
    assert Answer.objects.filter(kind=AnswerKind.HELP).count() == 2
    while engine.advance():
        pass
    assert StepRun.objects.filter(activation=activation, apart=True).count() == 2
    told = Delivery.objects.filter(person__display_name="Helper", channel=Channel.SMS)
    assert told.count() == 2, "whoever helps is told of each"


@pytest.mark.django_db
def test_of_what_many_say_at_once_each_persons_latest_holds_and_every_call_counts() -> None:
    story = Story()
    anna, ben, chloe = (story.person(name, "staff") for name in ("Anna", "Ben", "Chloe"))
    stranger = story.person("Stranger", "others")
    activation = story.start(story.plan(message("in", story.profile("staff"), INSIDE, choices=CHOICES)))
    told = Message.objects.get(asker=f"activation:{activation.pk}:in")
    now = clock.now()

    def said(person: Person, kind: AnswerKind, earlier_s: int) -> Said:
        at = now - dt.timedelta(seconds=earlier_s)
        return Said(told, person, Given(kind, Channel.SMS, "", "Room 1" if kind is AnswerKind.HELP else "", at=at))

    answers.give_all(
        [
            said(anna, AnswerKind.SAFE, 30), said(ben, AnswerKind.HELP, 20), said(anna, AnswerKind.HELP, 10),
            said(stranger, AnswerKind.SAFE, 5), said(chloe, AnswerKind.SAFE, 4), said(ben, AnswerKind.HELP, 3),
            said(chloe, AnswerKind.HELP, 60),  # an SMS that was long on its way
        ]
    )  # fmt: skip
    found = {one.name: one for one in Participant.objects.filter(activation=activation, answered_at__isnull=False)}
    assert {name: one.answer for name, one in found.items()} == {"Anna": "help", "Ben": "help", "Chloe": "safe"}
    assert found["Anna"].answered_at == now - dt.timedelta(seconds=30)
    assert found["Anna"].answer_at == now - dt.timedelta(seconds=10)
    assert found["Chloe"].answer_at == now - dt.timedelta(seconds=4)
    asked = StepPerson.objects.filter(step__key="in")
    assert set(asked.values_list("participant__name", "answered_at")) == {
        ("Anna", now - dt.timedelta(seconds=30)),
        ("Ben", now - dt.timedelta(seconds=20)),
        ("Chloe", now - dt.timedelta(seconds=4)),
    }
    calls = HelpCall.objects.values_list("participant__name", "calls")
    assert set(calls) == {("Anna", 1), ("Ben", 2), ("Chloe", 1)}
    assert Answer.objects.count() == 7


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])

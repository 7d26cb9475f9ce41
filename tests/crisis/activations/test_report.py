"""The report: counts, times, failures, decisions and what to do better; as PDF and CSV; a drill compared with the last one."""

from __future__ import annotations

import csv
import io

import pypdf
import pytest
from rest_framework.test import APIClient

from alerts.channels.base import Channel
from crisis.activations import answering, directing, notes
from crisis.activations.kinds import Cause, VerifiedHow
from crisis.activations.models import HelpCall, Participant
from crisis.plans.content import Contacting, EmergencyStep, StepWay, TaskStep
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories
from tests.crisis.story import CHOICES, Story, message, words

pytestmark = pytest.mark.django_db


def client(member: Member, language: str = "en") -> APIClient:
    made = APIClient(headers={"accept-language": language})
    made.force_authenticate(member)
    return made


def read(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_a_report_counts_times_failures_decisions_and_says_what_to_do_better() -> None:
    story = Story()
    people = [story.person(f"Person {number}", "staff") for number in range(6)]
    story.person("No phone", "staff", phone=False)
    plan = story.plan(
        message("in", story.profile("staff"), words("Go inside #*_ {site}.", "Rentrez."), choices=CHOICES),
        TaskStep(key="gate", name="Open the gate", role="Agent", within_s=60),
    )
    activation = story.start(plan, Cause.ALERT, alert=story.alert())
    for wait, person in enumerate(people[:5]):
        story.after(seconds=10 if wait else 60)
        story.texts(person, "1")
    story.texts(people[5], "2 roof")
    directing.verify(activation.pk, story.agent, VerifiedHow.LIVE)
    story.after(minutes=10)
    directing.stand_down(activation.pk, story.agent)

    found = client(story.agent).get(f"/api/activations/{activation.pk}/report/").json()
    overall = found["overall"]
    assert (overall["people"], overall["reached"], overall["answered"], overall["within_5_min"]) == (7, 6, 6, 6)
    assert 75 <= overall["median_s"] <= 110
    assert [one["name"] for one in found["groups"]] == ["staff"]
    assert overall["no_address"] == 1
    assert [(one["no_address"], one["people"], one["reached"]) for one in found["channels"]] == [(1, 7, 6)]
    assert found["failures"] == [], "who has no number was not failed by anybody"
    assert [one["late"] for one in found["tasks"]] == [True]
    assert {one["kind"] for one in found["decisions"]} >= {"started", "verified", "stood_down"}
    said = " ".join(found["improve"])
    assert "1 person was not reached" in said
    assert "1 call for help waited" in said
    assert "Open the gate" in said

    reader = factories.MemberFactory(organisation=story.organisation, roles=[Role.AUDITOR], language="fr")
    printed = client(reader, "fr").get(f"/api/activations/{activation.pk}/report/pdf/")
    text = read(printed.content)
    assert "À améliorer" in text
    assert "Levée de doute" in text
    assert "Agent 2" in text
    table = client(reader, "fr").get(f"/api/activations/{activation.pk}/report/csv/").content.decode()
    assert ["Par groupe", "staff: Ont répondu", "6"] in list(csv.reader(io.StringIO(table)))
    assert Entry.objects.filter(action=Action.ACTIVATION_PRINTED, actor_id=reader.pk).count() == 2


def test_a_drill_is_marked_and_compared_with_the_last_one() -> None:
    story = Story()
    people = [story.person(f"Person {number}", "staff") for number in range(5)]
    plan = story.plan(message("in", story.profile("staff"), words("In.", "Dedans."), choices=CHOICES))
    for count in (2, 5):
        activation = story.start(plan, Cause.DRILL, drill=True)
        for person in people[:count]:
            story.texts(person, f"1 {activation.reference}")
        directing.stand_down(activation.pk, story.agent)
    found = client(story.agent).get(f"/api/activations/{activation.pk}/report/").json()
    before = found["before"]
    assert (before["number"], before["answered"], before["reached"]) == (1, 2, 5)
    assert client(story.agent).get(f"/api/activations/{before['id']}/report/").json()["before"] is None
    text = read(client(story.agent).get(f"/api/activations/{activation.pk}/report/pdf/").content)
    assert "EXERCISE" in text
    assert "40 %" in text
    assert "100 %" in text


def test_a_sheet_is_filled_and_of_a_drill_dials_no_emergency_number() -> None:
    story = Story()
    police = factories.EmergencyContactFactory(
        organisation=story.organisation, site=None, name="Police", service="police", number="17", normalised="17"
    )
    step = EmergencyStep(key="police", name="Police", contact=police.pk, how=Contacting.SHEET)
    way = message("in", story.profile("staff"), words("In.", "Dedans."), StepWay(channel=Channel.SMS))
    plan = story.plan(step, way)
    real = story.start(plan, Cause.PERSON)
    sheet = client(story.agent).get(f"/api/activations/{real.pk}/steps/police/sheet/").json()
    assert sheet["tel"] == "tel:17"
    assert any("Campus" in line["text"] for line in sheet["lines"])
    drill = story.start(plan, Cause.DRILL, drill=True)
    sheet = client(story.agent).get(f"/api/activations/{drill.pk}/steps/police/sheet/").json()
    assert sheet["tel"] == ""
    assert "EXERCISE" in sheet["notice"]
    assert client(story.agent).get(f"/api/activations/{drill.pk}/steps/in/sheet/").status_code == 404


def test_it_tells_the_steps_and_what_was_written_once_it_was_over() -> None:
    story = Story()
    story.person("Person", "staff")
    activation = story.start(
        story.plan(message("in", story.profile("staff"), words("In.", "Dedans."), choices=CHOICES))
    )
    notes.note(activation.pk, story.agent, "Door 3 stood open.")
    story.after(minutes=1)
    directing.stand_down(activation.pk, story.agent)
    story.after(minutes=1)
    notes.note(activation.pk, story.agent, "Next time: close door 3 first.")
    found = client(story.agent).get(f"/api/activations/{activation.pk}/report/").json()
    assert [line["text"] for line in found["lessons"]] == ["Next time: close door 3 first."]
    assert [line["text"] for line in found["decisions"] if line["kind"] == "note"] == ["Door 3 stood open."]
    text = read(client(story.agent).get(f"/api/activations/{activation.pk}/report/pdf/").content)
    assert "Word that it is over" in text
    assert "0 of 1 answered" in text
    assert text.count("of 1 answered") == 1, "who is told that it is over is asked nothing"
    assert "Next time: close door 3 first." in text
    table = client(story.agent).get(f"/api/activations/{activation.pk}/report/csv/").content.decode()
    rows = list(csv.reader(io.StringIO(table)))
    assert [row[1] for row in rows if row[0] == "Steps"] == ["in", "Word that it is over"]
    assert [row[2] for row in rows if row[0] == "Written since"] == ["Next time: close door 3 first."]


def test_calls_for_help_that_nobody_was_sent_to_are_named_however_short_the_plan_ran() -> None:
    story = Story()
    names = ("alone", "too late", "in time", "helped")
    people = {name: story.person(name, "staff") for name in names}
    activation = story.start(
        story.plan(message("in", story.profile("staff"), words("In.", "Dedans."), choices=CHOICES))
    )
    for person in people.values():
        story.texts(person, f"2 {activation.reference}")
    calls = {one.participant.name: one for one in HelpCall.objects.select_related("participant")}

    def improve(language: str = "en") -> str:
        found = client(story.agent, language).get(f"/api/activations/{activation.pk}/report/").json()
        return " ".join(found["improve"])

    directing.take_help(calls["in time"].pk, story.agent, who="Nurse", version=1)
    directing.close_help(calls["helped"].pk, story.agent, version=1)
    assert "still open" not in improve(), "it is not over"
    story.after(seconds=20)
    directing.stand_down(activation.pk, story.agent)
    assert "2 calls for help were still open at the end: nobody had been sent." in improve()
    assert "two minutes" not in improve()

    story.after(seconds=20)
    directing.take_help(calls["too late"].pk, story.agent, who="Nurse", version=1)
    assert "2 calls for help were still open" in improve(), "who goes later was not sent before the end"
    assert "2 appels à l’aide étaient encore ouverts à la fin\u00a0: personne n’avait été envoyé." in improve("fr")


def test_a_call_for_help_that_came_once_it_was_over_was_not_left_open_at_the_end() -> None:
    story = Story()
    story.person("Late", "staff")
    activation = story.start(
        story.plan(message("in", story.profile("staff"), words("In.", "Dedans."), choices=CHOICES))
    )
    directing.stand_down(activation.pk, story.agent)
    story.after(seconds=20)
    answering.raise_help(Participant.objects.get(), clock.now(), "")
    found = client(story.agent).get(f"/api/activations/{activation.pk}/report/").json()
    assert "still open" not in " ".join(found["improve"])

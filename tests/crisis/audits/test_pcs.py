"""A town's safeguard plan: template, lists, exercise; and that who is vulnerable is read by few and clear in no database."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from pypdf import PdfReader

from crisis.audits import attention
from crisis.audits.models import SafeguardPlan, VulnerablePerson
from crisis.audits.pcs import services, vulnerable
from crisis.audits.pcs.selectors import exercise_due, plans
from crisis.audits.pcs.vulnerable import Details
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.config import config
from soc.journal.models import Entry, Personal
from soc.people.directory.models import ContactWay, Person, WayKind
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.audits.conftest import House, client_of, get, send

ROSE: dict[str, Any] = {
    "name": "Rose Delacroix",
    "address": "3 rue du Moulin, 2nd floor",
    "phone": "+33 6 12 34 56 78",
    "needs": "Oxygen, cannot use stairs",
    "contact": "Her son Paul",
    "notes": "Key at the bakery",
}


def person(house: House, name: str) -> str:
    return str(Person.objects.create(organisation=house.site.organisation, display_name=name).pk)


def actions(house: House) -> list[str]:
    rows = Entry.objects.filter(organisation=house.site.organisation, action__startswith="pcs_vulnerable")
    return list(rows.order_by("id").values_list("action", flat=True))


@pytest.fixture
def plan(house: House) -> SafeguardPlan:
    return services.begin(house.author, house.site.pk, "PCS of Saint-Martin")


def test_it_begins_with_the_usual_cells_and_sheets_in_the_towns_language(house: House) -> None:
    organisation = house.site.organisation
    organisation.language = "fr"
    organisation.save()
    answer = send(house.author, "post", "pcs/", site=str(house.site.pk), name="PCS de Saint-Martin")
    assert answer.status_code == 201
    made = answer.json()
    assert [one["name"] for one in made["cells"]][:2] == ["Commandement et décision", "Secrétariat et main courante"]
    assert {one["code"] for one in made["sheets"]} == {"", "flood", "heat_wave", "industrial_accident", "power_loss"}
    assert made["sheets"][0]["text"].startswith("1. Noter qui a appelé")
    assert (made["exercise_due"], made["exercise_over"]) == (None, False)
    again = send(house.author, "post", "pcs/", site=str(house.site.pk), name="Another")
    assert (again.status_code, again.json()["code"]) == (409, "one_is_there")


def test_who_directs_deputies_cells_shelters_and_volunteers_are_of_the_directory(
    house: House, plan: SafeguardPlan
) -> None:
    mayor, deputy, helper = (person(house, name) for name in ("Mayor", "Deputy", "Helper"))
    body: dict[str, Any] = {
        "directors": [{"person": mayor, "function": "Mayor"}, {"person": deputy, "function": "First deputy"}],
        "cells": [{"name": "Field", "mission": "Looks", "posts": [{"person": helper, "role": "Leads"}]}],
        "shelters": [
            {"name": "Sports hall", "capacity": 120, "contact": helper},
            {"name": "School", "capacity": 80, "address": "Place de l'Église"},
        ],
        "volunteers": [{"person": helper, "skills": "First aid, boat"}],
    }
    answer = send(house.author, "patch", f"pcs/{plan.pk}/", version=1, **body)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert [one["person"]["name"] for one in shown["directors"]] == ["Mayor", "Deputy"]
    assert shown["cells"][0]["posts"] == [{"person": {"id": helper, "name": "Helper"}, "role": "Leads"}]
    assert (shown["places"], shown["version"]) == (200, 2)
    late = send(house.editor, "patch", f"pcs/{plan.pk}/", version=1, name="Mine")
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    twice = send(house.author, "patch", f"pcs/{plan.pk}/", version=2, directors=body["directors"] * 2)
    assert (twice.status_code, list(twice.json()["fields"])) == (400, ["directors"])
    # Who is removed from the directory stays where they were named, and is not named anew elsewhere.
    Person.objects.filter(pk=mayor).update(removed_at=clock.now())
    kept = send(house.author, "patch", f"pcs/{plan.pk}/", version=2, directors=list(reversed(body["directors"])))
    assert [one["person"]["name"] for one in kept.json()["directors"]] == ["Deputy", "Mayor"]
    unknown = [{"person": "5b1c1d3e-0000-4000-8000-000000000000"}]
    assert send(house.author, "patch", f"pcs/{plan.pk}/", version=3, volunteers=unknown).status_code == 400
    noted = Entry.objects.filter(organisation=house.site.organisation, action="pcs_changed").earliest("id")
    assert noted.details["after"]["shelters"] == 2
    assert "Mayor" not in json.dumps(noted.details)


def test_an_exercise_is_due_every_five_years(house: House, plan: SafeguardPlan) -> None:
    today = clock.now().date()
    adopted = today - dt.timedelta(days=4 * 365)
    send(house.author, "patch", f"pcs/{plan.pk}/", version=1, adopted_on=adopted.isoformat())
    assert get(house.author, f"pcs/{plan.pk}/")["exercise_due"] == adopted.replace(year=adopted.year + 5).isoformat()
    assert attention.needs_attention(house.author) == [], "more than half a year away"
    clock.move(dt.timedelta(days=250))
    assert [(one.kind, one.urgency) for one in attention.needs_attention(house.author)] == [("pcs_exercise", 1)]
    clock.move(dt.timedelta(days=150))
    (over,) = attention.needs_attention(house.author)
    assert (over.urgency, "was due on" in over.sentence) == (2, True)
    with translation.override("fr"):
        assert "L’exercice quinquennal" in attention.needs_attention(house.author)[0].sentence
    to_come = (clock.now().date() + dt.timedelta(days=3)).isoformat()
    path = f"pcs/{plan.pk}/exercises/"
    assert send(house.author, "post", path, held_on=to_come, kind="full").status_code == 400
    held = clock.now().date()
    answer = send(house.author, "post", path, held_on=held.isoformat(), kind="full", lessons="Two radios more.")
    assert (answer.status_code, answer.json()["exercise_over"]) == (201, False)
    assert attention.needs_attention(house.author) == []


def test_of_29_february_the_exercise_is_due_on_the_28th(house: House, plan: SafeguardPlan) -> None:
    plan.adopted_on = dt.date(2024, 2, 29)
    plan.save()
    assert exercise_due(plans(house.author).get(pk=plan.pk)) == dt.date(2029, 2, 28)


def test_who_is_vulnerable_is_readable_in_no_row_of_the_database(house: House, plan: SafeguardPlan) -> None:
    answer = send(house.author, "post", f"pcs/{plan.pk}/vulnerable/", **ROSE)
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in ROSE} == ROSE
    row = answer.json()["id"]
    changed = send(house.author, "patch", f"pcs/{plan.pk}/vulnerable/{row}/", version=1, **(ROSE | {"needs": "Oxygen"}))
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    late = send(house.editor, "patch", f"pcs/{plan.pk}/vulnerable/{row}/", version=1, **ROSE)
    assert late.status_code == 409
    get(house.author, f"pcs/{plan.pk}/vulnerable/")

    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT CAST("{table}" AS text) FROM "{table}"')
            whole = "\n".join(text for (text,) in cursor.fetchall() if text)
            for clear in (
                "Rose",
                "Delacroix",
                "Moulin",
                "12 34 56",
                "Oxygen",
                "bakery",
                b"Rose".hex(),
                b"Oxygen".hex(),
            ):
                assert clear not in whole, (table, clear)
    assert not Personal.objects.filter(text__contains="Rose").exists()
    assert not FeedEvent.objects.filter(organisation=house.site.organisation, payload__icontains="Rose").exists()
    assert "vulnerable" not in json.dumps([one.payload for one in FeedEvent.objects.all()])


def test_each_look_is_journalled_and_a_refused_one_too(house: House, plan: SafeguardPlan) -> None:
    vulnerable.add(house.author, plan.pk, Details(name="Zoé"))
    vulnerable.add(house.author, plan.pk, Details(name="abel"))
    agent = factories.MemberFactory(organisation=house.site.organisation, roles=[Role.AGENT])
    auditor = factories.MemberFactory(organisation=house.site.organisation, roles=[Role.AUDITOR])
    here = factories.MemberFactory(site=house.site, roles=[Role.ADMINISTRATOR])
    shown = client_of(agent).get(f"/api/pcs/{plan.pk}/vulnerable/")
    assert [one["name"] for one in shown.json()["results"]] == ["abel", "Zoé"]
    assert shown["Cache-Control"] == "no-store"
    look = Entry.objects.filter(organisation=house.site.organisation, action="pcs_vulnerable_seen").latest("id")
    assert (look.actor_id, look.details, look.subject_id) == (agent.pk, {"people": 2}, str(plan.pk))

    for member in (auditor, here):
        answer = client_of(member).get(f"/api/pcs/{plan.pk}/vulnerable/")
        assert (answer.status_code, answer.json()["code"]) == (403, "restricted")
        assert "Zoé" not in answer.content.decode()
        assert get(member, f"pcs/{plan.pk}/")["may_see_vulnerable"] is False
    assert actions(house) == [
        "pcs_vulnerable_added",
        "pcs_vulnerable_added",
        "pcs_vulnerable_seen",
        "pcs_vulnerable_refused",
        "pcs_vulnerable_refused",
    ]


def test_only_who_prepares_everywhere_changes_the_list(house: House, plan: SafeguardPlan) -> None:
    row = vulnerable.add(house.author, plan.pk, Details(name="Rose")).row
    here: Member = factories.MemberFactory(site=house.site, roles=[Role.ADMINISTRATOR])
    path = f"pcs/{plan.pk}/vulnerable/"
    answers = (
        send(here, "post", path, name="New"),
        send(here, "patch", f"{path}{row.pk}/", version=1, name="Changed"),
        client_of(here).delete(f"/api/{path}{row.pk}/"),
    )
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "restricted")] * 3
    assert actions(house)[1:] == ["pcs_vulnerable_refused"] * 3
    assert client_of(house.author).delete(f"/api/{path}{row.pk}/").status_code == 204
    assert not VulnerablePerson.objects.exists()
    assert client_of(house.author).delete(f"/api/{path}{row.pk}/").status_code == 404


def test_what_an_old_key_sealed_is_said_to_be_unreadable(
    house: House, plan: SafeguardPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    vulnerable.add(house.author, plan.pk, Details(name="Rose"))
    monkeypatch.setattr(config().credential_key, "_secret_value", "another key of forty characters and more")
    (shown,) = get(house.author, f"pcs/{plan.pk}/vulnerable/")["results"]
    assert (shown["readable"], shown["name"]) == (False, "")


def test_a_stranger_is_told_that_there_is_no_such_plan(plan: SafeguardPlan) -> None:
    stranger = factories.MemberFactory(roles=list(Role))
    with pytest.raises(Refusal, match="not_found"):
        vulnerable.look(stranger, plan.pk)
    assert not Entry.objects.filter(action="pcs_vulnerable_refused").exists()


def test_everybody_who_is_named_is_found_with_their_roles_and_numbers(house: House, plan: SafeguardPlan) -> None:
    mayor, helper = (person(house, name) for name in ("Mayor", "Helper"))
    numbered(house, mayor, "+33639980001")
    numbered(house, helper, "+33639980002")
    body: dict[str, Any] = {
        "directors": [{"person": mayor, "function": "Mayor of Saint-Martin"}],
        "cells": [{"name": "Field", "posts": [{"person": helper, "role": "Leads"}, {"person": mayor}]}],
        "shelters": [{"name": "Sports hall", "capacity": 1, "contact": helper}],
        "volunteers": [{"person": helper, "skills": "Boat"}],
    }
    assert send(house.author, "patch", f"pcs/{plan.pk}/", version=1, **body).status_code == 200
    first, second = get(house.author, f"pcs/{plan.pk}/directory/")["results"]
    assert (first["person"]["name"], first["roles"]) == ("Mayor", ["directs (DOS), Mayor of Saint-Martin", "Field"])
    assert first["ways"] == [{"kind": "phone", "address": "+33639980001", "written": "+33 6 39 98 00 01"}]
    assert second["roles"] == ["Field, Leads", "opens Sports hall", "volunteer, Boat"]
    # Who is removed keeps the role in the plan, and is not offered to be called.
    Person.objects.filter(pk=helper).update(removed_at=clock.now())
    gone = get(house.author, f"pcs/{plan.pk}/directory/")["results"][1]
    assert (gone["in_directory"], gone["ways"]) == (False, [])


def test_numbers_are_for_those_who_see_the_directory(house: House, plan: SafeguardPlan) -> None:
    auditor = factories.MemberFactory(organisation=house.site.organisation, roles=[Role.AUDITOR])
    mayor = person(house, "Mayor")
    numbered(house, mayor, "+33639980001")
    send(house.author, "patch", f"pcs/{plan.pk}/", version=1, directors=[{"person": mayor}])
    assert client_of(auditor).get(f"/api/pcs/{plan.pk}/directory/").status_code == 403
    assert "39 98 00 01" in paper(house.author, plan)
    assert "39 98 00 01" not in paper(auditor, plan)
    assert "Mayor" in paper(auditor, plan)
    printed = Entry.objects.filter(organisation=house.site.organisation, action="pcs_printed")
    assert list(printed.order_by("id").values_list("actor_id", flat=True)) == [house.author.pk, auditor.pk, auditor.pk]


HOSTILE = '#panic("no") *bold* $x$ @cite <label> \\ `raw` // gone ]'


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["Communal safeguard plan", "Who directs the rescue operations", "Page 1 of", "1 place", "Next exercise"],
        ),
        ("fr", ["Plan communal de sauvegarde", "Fiches réflexes", "Page 1 sur", "suppléant 1", "Prochain exercice"]),
    ],
)
def test_on_paper_stands_all_but_who_is_vulnerable(
    house: House, plan: SafeguardPlan, language: str, words: list[str]
) -> None:
    vulnerable.add(house.author, plan.pk, Details(**ROSE))
    mayor, deputy = person(house, "Mayor"), person(house, HOSTILE)
    body: dict[str, Any] = {
        "adopted_on": "2026-01-15",
        "command_post": HOSTILE,
        "directors": [{"person": mayor, "function": "Mayor"}, {"person": deputy, "function": HOSTILE}],
        "cells": [{"name": HOSTILE, "mission": HOSTILE, "posts": [{"person": deputy, "role": HOSTILE}]}],
        "sheets": [{"title": HOSTILE, "text": f"1. {HOSTILE}\n2. Call", "code": "flood"}],
        "shelters": [{"name": HOSTILE, "capacity": 1, "contact": deputy, "notes": HOSTILE, "address": HOSTILE}],
        "volunteers": [{"person": deputy, "skills": HOSTILE}],
    }
    assert send(house.author, "patch", f"pcs/{plan.pk}/", version=1, **body).status_code == 200
    house.author.language = language
    house.author.save()
    text = paper(house.author, plan)
    assert [one for one in words if one not in text] == []
    assert text.count('#panic("no")') >= 12, "a text of anybody is shown as it is"
    assert "Rose" not in text
    assert "Oxygen" not in text


def numbered(house: House, pk: str, number: str) -> None:
    ContactWay.objects.create(organisation=house.site.organisation, person_id=pk, kind=WayKind.PHONE, address=number)


def paper(reader: Member, plan: SafeguardPlan) -> str:
    answer = client_of(reader).get(f"/api/pcs/{plan.pk}/pdf/")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    read = PdfReader(io.BytesIO(answer.content))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in read.pages))

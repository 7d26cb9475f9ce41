"""The offline binder: whom to call with which numbers, what to say, what to do; and nobody whom its reader may not see."""

from __future__ import annotations

import uuid
from typing import Any, cast

import lxml.html
import pytest
from rest_framework.test import APIClient

from crisis.plans.binder import MOST_PEOPLE, binder, by_hand
from crisis.plans.binder_page import page
from crisis.plans.models import PlanVersion
from crisis.plans.parts import Part, PartKind
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories
from tests.crisis.plans.conftest import House, Known

pytestmark = pytest.mark.django_db


def printed(version: PlanVersion, reader: Member) -> dict[str, Any]:
    return cast("dict[str, Any]", binder(version, reader, clock.now()))


def test_it_says_whom_to_call_by_which_number_and_what_to_say(house: House) -> None:
    person = house.person(display_name="Camille Martin")
    words = {"en": {"text": "Danger at {site}, {zone}: {{stay}} inside."}}
    version = house.version(house.message(words=words), house.message("again", delay_s=120))
    told = printed(version, house.author)
    (group,) = told["calls"]
    assert group["steps"] == ["Tell guards", "Tell again"]  # the same people are listed once
    assert {"name": "Camille Martin", "numbers": person.ways.get().address} in group["people"]
    first, again = told["steps"]
    assert (first["when"], again["when"]) == ("At once", "After 2 min")
    assert first["said"] == [
        {"language": "English", "text": f"Danger at {house.site.name}, [zone: ………]: {{stay}} inside."}
    ]
    assert told["end"] == [{"language": "English", "text": "It is over."}]
    assert told["approved"] == "This is a draft: nobody has approved it."


def test_people_out_of_the_readers_reach_are_counted_and_not_named(house: House) -> None:
    house.person(display_name="Camille Martin")
    told = printed(house.version(), house.member(Role.AUDITOR))
    assert "Camille" not in str(told)
    assert told["calls"] == [{"steps": ["Tell guards"], "people": [], "more": "and 2 more"}]


def test_of_a_crowd_the_first_are_printed_and_the_others_counted(house: House) -> None:
    factories.PersonFactory.create_batch(MOST_PEOPLE + 4, organisation=house.organisation, site=house.site)
    (group,) = printed(house.version(), house.author)["calls"]
    assert (len(group["people"]), group["more"]) == (MOST_PEOPLE, "and 5 more")


def test_each_kind_of_step_says_what_is_done_by_hand(house: House, rooms: dict[PartKind, Known]) -> None:
    script, contact = uuid.uuid4(), uuid.uuid4()
    rooms[PartKind.SCRIPT].known[script] = Part("Lock doors", lines=("Door 3: key in the guards’ room.",))
    rooms[PartKind.CONTACT].known[contact] = Part("Police", lines=("17", "Say the address first."))
    steps = [
        house.message(),
        {"kind": "task", "key": "t", "name": "Look", "role": "Guard", "within_s": 120, "by_hand": True},
        {"kind": "devices", "key": "d", "name": "Doors", "script": str(script)},
        {"kind": "emergency", "key": "e", "name": "Police", "contact": str(contact), "how": "sheet"},
        {"kind": "instruction", "key": "i", "name": "Say", "words": {"en": "Stay inside."}},
        house.message("late", after="guards", delay_s=60, unless={"step": "guards", "needed": 2}),
    ]
    told = {step["name"]: step for step in printed(house.version(*steps), house.author)["steps"]}
    assert told["Look"]["lines"] == ["Guard", "Within 2 min."]
    assert told["Look"]["when"] == "When whoever directs says so"
    assert told["Doors"]["lines"] == ["Lock doors", "Door 3: key in the guards’ room."]
    assert told["Police"]["lines"] == ["somebody calls and reads the sheet", "Police", "17", "Say the address first."]
    assert told["Say"]["said"][0]["text"] == "Stay inside."
    assert told["Tell late"]["when"] == "After 1 min, only if fewer than 2 people answered “Tell guards”"


def test_what_was_approved_is_named_with_its_digest(house: House) -> None:
    plan = factories.ResponsePlanFactory(site=house.site)
    version = factories.PlanVersionFactory(plan=plan, document=house.document(), approved_by=house.approver)
    told = printed(version, house.author)
    assert told["digest"] == version.digest
    assert house.approver.display_name in told["approved"]


def test_no_fact_that_is_not_known_beforehand_is_made_up(house: House) -> None:
    assert by_hand("{time} {director} {callback}{exercise}", house.version()).count("………") == 3


def test_the_phones_binder_is_one_file_with_numbers_to_press_and_nothing_that_runs(
    house: House, rooms: dict[PartKind, Known]
) -> None:
    contact = uuid.uuid4()
    rooms[PartKind.CONTACT].known[contact] = Part("Police", lines=("17", "Say the address first."))
    person = house.person(display_name="<script>alert(1)</script>")
    steps = [
        house.message(),
        {"kind": "emergency", "key": "e", "name": "Police", "contact": str(contact), "how": "sheet"},
    ]
    version = house.version(*steps)
    made = APIClient()
    made.force_authenticate(house.author)
    answer = made.get(f"/api/plans/{version.plan_id}/versions/{version.pk}/binder/page/")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    found = lxml.html.fromstring(answer.content.decode())
    links = {link.get("href") for link in found.iter("a")}
    assert {"tel:17", f"tel:{person.ways.get().address}"} <= links
    assert [one.tag for one in found.iter("script", "link", "img", "iframe")] == []
    assert [one.tag for one in found.iter() if one.get("src") is not None] == []
    told = "".join(str(text) for text in found.itertext())
    assert "<script>alert(1)</script>" in told
    assert "Say the address first." in told
    entry = Entry.objects.filter(action=Action.PLAN_PRINTED).get()
    assert (entry.actor_id, entry.details["as"]) == (house.author.pk, "html")


def test_the_phones_binder_names_nobody_out_of_the_readers_reach(house: House) -> None:
    house.person(display_name="Camille Martin")
    told = page(house.version(), house.member(Role.AUDITOR), clock.now())
    assert "Camille" not in told
    assert "and 2 more" in told

"""Schedules, rotations and overrides by the API: what holds from when, what is refused, what is journalled and told."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.directory.models import Person
from soc.people.on_call import overrides, rotations, selectors
from soc.people.on_call.models import Kind, Override, Participant, Rotation, Schedule, Terms
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.soc.people.on_call.conftest import At, Room

pytestmark = pytest.mark.django_db


def removed(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(removed_at=clock.now())


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_turns_change_at_eight_in_paris_in_winter_and_in_summer(room: Room, at: At) -> None:
    at("2027-03-01T06:00")
    room.add_rotation(room.ada, room.ben)
    assert room.who(utc("2027-03-01T06:59")) == []  # not begun
    assert room.who(utc("2027-03-01T07:00")) == [room.ada.pk]
    assert room.who(utc("2027-03-28T05:59")) == [room.ada.pk]  # 7:59 on the Sunday on which the clocks change
    assert room.who(utc("2027-03-28T06:00")) == [room.ben.pk]
    (turn,) = (shift for shift in room.get("shifts/", since="2027-03-27T08:00", until="2027-03-28T08:00")["shifts"])
    assert (turn["starts_at"], turn["ends_at"]) == ("2027-03-27T07:00:00Z", "2027-03-28T06:00:00Z")


def test_a_rotation_entered_late_puts_nobody_on_call_in_the_past(room: Room, at: At) -> None:
    at("2027-03-03T12:00")
    added = room.add_rotation(room.ada, room.ben, room.cyd)
    assert room.who() == [room.cyd.pk]  # the third day
    assert room.who(utc("2027-03-03T11:00")) == []
    assert added["participants"][0] == {"id": str(room.ada.pk), "name": "Ada", "removed": False}
    assert (added["handover"], added["kind"], added["length"], added["level"]) == ("08:00", "daily", 1, 1)


def test_a_colleague_who_is_added_puts_nobody_else_on_call_and_changes_nothing_in_the_past(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    added = room.add_rotation(room.ada, room.ben)
    now = at("2027-03-04T12:00")
    assert room.who() == [room.ben.pk]
    before = room.get("shifts/", since="2027-03-01T14:00", until="2027-03-04T12:30")["shifts"]
    people = [str(one.pk) for one in (room.cyd, room.ada, room.ben)]
    changed = room.patch(f"rotations/{added['id']}/", version=1, participants=people)
    assert (changed["id"], changed["version"]) == (added["id"], 2)
    assert room.who() == [room.ben.pk]
    assert room.who(now + dt.timedelta(days=1)) == [room.cyd.pk]
    assert room.get("shifts/", since="2027-03-01T14:00", until="2027-03-04T12:30")["shifts"] == before
    assert [terms.until is None for terms in Terms.objects.order_by("since")] == [False, True]


def test_who_leaves_the_rotation_is_off_at_once(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    added = room.add_rotation(room.ada, room.ben, room.cyd)
    at("2027-03-02T12:00")
    room.patch(f"rotations/{added['id']}/", version=1, participants=[str(room.ada.pk), str(room.cyd.pk)])
    assert room.who() == [room.cyd.pk]
    assert room.who(utc("2027-03-02T11:59")) == [room.ben.pk]


def test_a_name_alone_opens_no_new_terms_and_what_is_the_same_changes_nothing(room: Room) -> None:
    added = room.add_rotation(room.ada)
    room.patch(f"rotations/{added['id']}/", version=1, name="Second line")
    same = room.patch(f"rotations/{added['id']}/", version=2, name="Second line", length=1, ends_on=None)
    assert (same["name"], same["version"]) == ("Second line", 2)
    assert Terms.objects.count() == 1
    assert Entry.objects.filter(action=Action.ROTATION_CHANGED).count() == 1


def test_the_schedule_moves_to_another_clock_from_now_on(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    room.add_rotation(room.ada, room.ben)
    at("2027-03-02T14:00")
    room.patch("", version=1, timezone="America/New_York")
    edges = [shift["starts_at"] for shift in room.get("shifts/", since="2027-03-01T12:00:00Z")["shifts"]]
    assert edges[1:4] == [
        "2027-03-02T07:00:00Z",  # 8:00 in Paris
        "2027-03-03T13:00:00Z",  # 8:00 in New York
        "2027-03-04T13:00:00Z",
    ]


def test_people_by_level_with_hours_and_an_override(room: Room, at: At) -> None:
    at("2027-03-01T12:00")  # a Monday
    room.add_rotation(room.ada, hours=[{"days": [0, 1, 2, 3, 4], "start": "08:00", "end": "18:00"}])
    second = room.add_rotation(room.ben, name="Second line", level=2)
    assert room.who() == [room.ada.pk, room.ben.pk]
    assert room.who(utc("2027-03-06T12:00")) == [room.ben.pk]
    entered = room.post(
        "overrides/",
        person=str(room.cyd.pk),
        starts_at="2027-03-06T08:00",
        ends_at="2027-03-07T08:00",
        rotation=second["id"],
        reason="Holidays",
    )
    assert entered["starts_at"] == "2027-03-06T07:00:00Z"  # read on the schedule's clock
    assert room.who(utc("2027-03-06T12:00")) == [room.cyd.pk]
    assert room.who(utc("2027-03-07T07:00")) == [room.ben.pk]
    shown = room.get("shifts/", since="2027-03-06T00:00:00Z", until="2027-03-07T00:00:00Z")
    assert [(one["person"]["name"], one["override"]) for one in shown["shifts"]] == [
        ("Ben", None),
        ("Cyd", entered["id"]),
    ]
    assert shown["gaps"] == []


def test_a_time_that_comes_twice_can_be_entered_with_its_offset(room: Room, at: At) -> None:
    at("2027-10-01T12:00")
    body = {"person": str(room.ada.pk), "ends_at": "2027-10-31T12:00"}
    assert room.post("overrides/", starts_at="2027-10-31T02:30", **body)["starts_at"] == "2027-10-31T00:30:00Z"
    assert room.post("overrides/", starts_at="2027-10-31T02:30+01:00", **body)["starts_at"] == "2027-10-31T01:30:00Z"
    at("2028-03-01T12:00")
    skipped = room.post("overrides/", **body | {"starts_at": "2028-03-26T02:30", "ends_at": "2028-03-26T03:45"})
    assert (skipped["starts_at"], skipped["ends_at"]) == ("2028-03-26T01:30:00Z", "2028-03-26T01:45:00Z")


def test_an_override_under_way_is_changed_from_now_on(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    room.rotation(room.ada)
    entered = room.post(
        "overrides/",
        person=str(room.ben.pk),
        replaces=str(room.ada.pk),
        starts_at="2027-03-01T14:00Z",
        ends_at="2027-03-05T14:00Z",
    )
    at("2027-03-02T14:00")
    longer = room.patch(
        f"overrides/{entered['id']}/", version=1, ends_at="2027-03-06T14:00Z", starts_at="2027-03-01T14:00Z"
    )
    assert (longer["starts_at"], longer["ends_at"]) == ("2027-03-01T14:00:00Z", "2027-03-06T14:00:00Z")
    changed = room.patch(f"overrides/{entered['id']}/", version=2, person=str(room.cyd.pk))
    assert (changed["id"], changed["person"]["name"], changed["version"]) == (entered["id"], "Cyd", 3)
    assert [room.who(utc(text)) for text in ("2027-03-01T13:59", "2027-03-02T13:00", "2027-03-02T15:00")] == [
        [room.ada.pk],
        [room.ben.pk],
        [room.cyd.pk],
    ]
    at("2027-03-03T14:00")
    room.delete(f"overrides/{entered['id']}/")
    assert room.who() == [room.ada.pk]
    assert room.who(utc("2027-03-03T13:59")) == [room.cyd.pk]  # it was
    assert room.get("overrides/")["results"] == []
    assert room.patch(f"overrides/{entered['id']}/", 409, version=4, reason="late")["code"] == "over"
    room.delete(f"overrides/{entered['id']}/", 409)


def test_an_override_that_has_not_begun_is_moved_and_removed_without_a_trace(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    entered = room.post(
        "overrides/", person=str(room.ben.pk), starts_at="2027-03-01T11:00Z", ends_at="2027-03-05T14:00Z"
    )
    assert utc("2027-03-01T12:00") <= dt.datetime.fromisoformat(entered["starts_at"]) < utc("2027-03-01T12:01")
    later = room.post("overrides/", person=str(room.ada.pk), starts_at="2027-03-09T11:00Z", ends_at="2027-03-10T14:00Z")
    moved = room.patch(f"overrides/{later['id']}/", version=1, starts_at="2027-03-08T11:00Z")
    assert moved["starts_at"] == "2027-03-08T11:00:00Z"
    assert [one["id"] for one in room.get("overrides/")["results"]] == [entered["id"], later["id"]]
    room.delete(f"overrides/{later['id']}/")
    assert Override.objects.count() == 1


def test_who_is_removed_from_the_directory_is_on_call_no_more_and_the_gap_is_told(room: Room, at: At) -> None:
    now = at("2027-03-01T12:00")
    room.add_rotation(room.ada, room.ben)
    assert room.get()["filled_until"] is None
    at("2027-03-01T13:00")
    removed(room.ada)
    assert room.who() == []
    assert room.who(now) == []  # left out whenever that was: nobody is to be called
    first, *_rest = room.get("shifts/", since="2027-03-01T12:30Z")["gaps"]
    assert first["starts_at"][:16] == "2027-03-01T13:00"
    assert first["ends_at"] == "2027-03-02T07:00:00Z"
    assert selectors.filled_until(room.schedule, clock.now()) is not None
    at("2027-03-02T12:00")
    assert room.get()["filled_until"] == "2027-03-03T07:00:00Z"
    assert room.get("rotations/")[0]["participants"][0]["removed"] is True


def test_on_call_is_filled_until_the_rotation_ends(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    room.add_rotation(room.ada, room.ben, ends_on="2027-12-31")
    assert selectors.filled_until(room.schedule, clock.now()) == utc("2027-12-31T07:00")
    assert selectors.gaps(room.schedule, utc("2027-12-30T00:00"), utc("2028-01-01T00:00"))[0].start == utc(
        "2027-12-31T07:00"
    )
    at("2028-01-01T12:00")
    now = clock.now()
    assert selectors.filled_until(room.schedule, now) == now


def test_who_is_on_call_takes_two_queries_however_much_there_is(room: Room) -> None:
    for level in (1, 2, 3):
        room.rotation(room.ada, room.ben, room.cyd, level=level)
    for _ in range(5):
        factories.OverrideFactory(schedule=room.schedule, person=room.ben)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert room.who()
    assert len(asked) == 2
    both = [room.schedule, factories.ScheduleFactory(organisation=room.member.organisation)]
    with CaptureQueriesContext(connection) as asked:
        selectors.standing(both)
    assert len(asked) == 2


def test_who_is_on_call_now_by_all_schedules_in_reach(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    room.add_rotation(room.ada, room.ben)
    room.rotation(room.cyd, level=2)
    empty = factories.ScheduleFactory(organisation=room.member.organisation, name="Zeppelins")
    factories.ScheduleFactory()  # another organisation's
    found, nobody = room.client.get("/api/on-call/").json()
    assert found["schedule"]["id"] == str(room.schedule.pk)
    assert [(one["person"]["name"], one["level"]) for one in found["on_call"]] == [("Ada", 1), ("Cyd", 2)]
    assert [one["ends_at"] for one in found["on_call"]] == ["2027-03-02T07:00:00Z", None]
    assert found["filled_until"] is None
    assert (nobody["schedule"]["id"], nobody["on_call"]) == (str(empty.pk), [])
    assert nobody["filled_until"] is not None
    elsewhere = factories.MemberFactory(
        site=factories.SiteFactory(organisation=room.member.organisation), roles=[Role.AGENT]
    )
    client = Client()
    client.force_login(elsewhere)
    assert [one["schedule"]["name"] for one in client.get("/api/on-call/").json()] == ["Zeppelins"]  # of all sites


def test_another_organisation_has_nobody_on_call_by_our_schedule(room: Room) -> None:
    room.rotation(room.ada)
    assert room.who() == [room.ada.pk]
    assert selectors.on_call(factories.OrganisationFactory().pk, room.schedule.pk, clock.now()) == []
    assert selectors.on_call(room.member.organisation_id, uuid.uuid4(), clock.now()) == []


def test_what_is_removed_puts_nobody_on_call_and_the_past_stays(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    room.rotation(room.ada)
    second = room.add_rotation(room.ben, level=2)
    factories.OverrideFactory(schedule=room.schedule, person=room.cyd)
    soon = factories.OverrideFactory(
        schedule=room.schedule, person=room.cyd, starts_at=clock.now() + dt.timedelta(days=9)
    )
    at("2027-03-02T12:00")
    room.delete(f"rotations/{second['id']}/")
    room.delete(f"rotations/{second['id']}/", 404)
    assert room.who(utc("2027-03-02T11:00")) == [room.cyd.pk, room.ada.pk, room.ben.pk]
    at("2027-03-02T11:59")
    room.delete("")
    assert room.who(clock.now() + dt.timedelta(days=9)) == []
    assert len(selectors.shifts(room.schedule, utc("2027-03-01T13:00"), utc("2027-04-01T00:00"))) == 3
    assert not Override.objects.filter(pk=soon.pk).exists()
    room.get(status=404)
    again = room.client.post("/api/schedules/", {"name": room.schedule.name}, content_type="application/json")
    assert again.status_code == 201  # the name is free again


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"participants": []}, "participants"),
        ({"participants": [str(uuid.uuid4())]}, "participants.0"),
        ({"length": 0}, "length"),
        ({"length": 367}, "length"),
        ({"level": 10}, "level"),
        ({"kind": "yearly"}, "kind"),
        ({"starts_on": "1999-12-31"}, "starts_on"),
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"ends_on": "2027-03-01"}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"handover": "24:00"}, "handover"),
        ({"handover": "8h"}, "handover"),
        ({"hours": [{"days": [], "start": "08:00", "end": "18:00"}]}, "hours.0.days"),
        ({"hours": [{"days": [7], "start": "08:00", "end": "18:00"}]}, "hours.0.days.0"),
        ({"hours": [{"days": [1], "start": "08:00", "end": "25:00"}]}, "hours.0.end"),
        ({"hours": [{"days": [1], "start": "08:00", "end": "18:00"}] * 29}, "hours"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_rotation_that_makes_no_sense_is_refused_in_words(room: Room, entered: dict[str, Any], field: str) -> None:
    refused = room.add_rotation(room.ada, status=400, **entered)
    assert any(name == field or name == field.split(".")[0] for name in refused["fields"]), refused
    assert not Rotation.objects.exists()


@pytest.mark.parametrize(
    ("entered", "code"),
    [
        ({"ends_at": "2027-03-02T08:00"}, "ends_before_it_starts"),
        ({"starts_at": "2027-02-02T08:00", "ends_at": "2027-02-03T08:00"}, "over_already"),
        ({"ends_at": "2028-09-02T08:00"}, "too_long"),
        ({"ends_at": "9999-12-31T23:59"}, "too_far"),
        ({"starts_at": "0001-01-01T00:00+14:00"}, "too_far"),
        ({"replaces": "person"}, "own_place"),
        ({"rotation": str(uuid.uuid4())}, "no_such_rotation"),
        ({"person": str(uuid.uuid4())}, "no_such_person"),
        ({"replaces": str(uuid.uuid4())}, "no_such_person"),
        ({"level": 0}, "invalid"),
        ({"starts_at": "tomorrow"}, "invalid"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused_in_words(
    room: Room, at: At, entered: dict[str, Any], code: str
) -> None:
    at("2027-03-01T12:00")
    body = {"person": str(room.ada.pk), "starts_at": "2027-03-02T08:00", "ends_at": "2027-03-03T08:00"} | entered
    body = {name: str(room.ada.pk) if value == "person" else value for name, value in body.items()}
    assert room.post("overrides/", 400, **body)["code"] == code
    assert not Override.objects.exists()


def test_an_override_is_in_one_place_of_its_own_schedule(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    body = {"person": str(room.ada.pk), "starts_at": "2027-03-02T08:00", "ends_at": "2027-03-03T08:00"}
    own = str(room.rotation(room.ben).pk)
    assert room.post("overrides/", 400, **body, rotation=own, replaces=str(room.ben.pk))["code"] == "two_places"
    other = factories.RotationFactory(schedule__organisation=room.member.organisation)
    assert room.post("overrides/", 400, **body, rotation=str(other.pk))["code"] == "no_such_rotation"


def test_who_is_removed_is_not_put_on_call(room: Room) -> None:
    removed(room.cyd)
    assert room.add_rotation(room.ada, room.cyd, status=400)["code"] == "no_such_person"
    added = room.add_rotation(room.ada, room.ben)
    removed(room.ben)
    kept = room.patch(f"rotations/{added['id']}/", version=1, length=2)  # who is there may stay there
    assert len(kept["participants"]) == 2


def test_a_colleague_who_was_first_is_not_overwritten(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    rotation = room.add_rotation(room.ada)
    entered = room.post("overrides/", person=str(room.ada.pk), starts_at="2027-03-02T08:00", ends_at="2027-03-03T08:00")
    room.patch("", version=1, name="Crisis cell")
    room.patch(f"rotations/{rotation['id']}/", version=1, length=2)
    room.patch(f"overrides/{entered['id']}/", version=1, reason="Ill")
    for address in ("", f"rotations/{rotation['id']}/", f"overrides/{entered['id']}/"):
        field = {"reason": "x"} if "overrides" in address else {"name": "x"}
        assert room.patch(address, 409, version=1, **field)["code"] == "changed_meanwhile"
        assert "version" in room.patch(address, 400, **field)["fields"]


def test_names_are_taken_once_and_a_time_zone_exists(room: Room) -> None:
    first = room.add_rotation(room.ada)
    assert room.add_rotation(room.ada, status=409)["fields"].keys() == {"name"}
    second = room.add_rotation(room.ada, name="Second")
    room.patch(f"rotations/{second['id']}/", 409, version=1, name=first["name"])
    other = factories.ScheduleFactory(organisation=room.member.organisation)
    room.patch("", 409, version=1, name=other.name)
    for unknown in ("Europe/Atlantis", "../../etc/passwd", "Factory", "CET-1CEST"):
        assert room.patch("", 400, version=1, timezone=unknown)["fields"].keys() == {"timezone"}


def test_who_manages_one_site_changes_the_schedules_of_that_site_only(room: Room) -> None:
    assert room.schedule.site is not None
    local = factories.MemberFactory(site=room.schedule.site, roles=[Role.SUPERVISOR])
    near = Room(local, room.schedule, room.ada, room.ben, room.cyd)
    near.add_rotation(room.ada)
    assert near.patch("", 403, version=1, site=None)["code"] == "not_your_site"
    of_all = factories.ScheduleFactory(organisation=room.member.organisation)
    everywhere = Room(local, of_all, room.ada, room.ben, room.cyd)
    everywhere.get("rotations/")
    assert everywhere.add_rotation(room.ada, status=403)["code"] == "not_your_site"
    afar = factories.PersonFactory(
        organisation=room.member.organisation, site=factories.SiteFactory(organisation=room.member.organisation)
    )
    assert near.add_rotation(afar, name="Afar", status=400)["code"] == "no_such_person"  # not in her directory
    near.client.post("/api/schedules/", {"name": "Of all"}, content_type="application/json")
    assert not Schedule.objects.filter(name="Of all").exists()


@pytest.mark.parametrize(
    "query", [{"since": "x"}, {"until": "2027-03-01T00:00"}, {"until": "2030-01-01T00:00"}, {"page": "1"}]
)
def test_a_period_that_makes_no_sense_is_refused(room: Room, at: At, query: dict[str, str]) -> None:
    at("2027-03-01T12:00")
    assert room.get("shifts/", 400, **query)["fields"]


def test_what_is_changed_is_journalled_without_names_and_told(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    rotation = room.add_rotation(room.ada, room.ben)
    entered = room.post(
        "overrides/",
        person=str(room.cyd.pk),
        starts_at="2027-03-02T08:00",
        ends_at="2027-03-03T08:00",
        rotation=rotation["id"],
        reason="Ada is ill",
    )
    room.delete(f"overrides/{entered['id']}/")
    room.delete(f"rotations/{rotation['id']}/")
    room.delete("")
    entries = list(Entry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == [
        Action.ROTATION_ADDED,
        Action.OVERRIDE_ADDED,
        Action.OVERRIDE_REMOVED,
        Action.ROTATION_REMOVED,
        Action.SCHEDULE_REMOVED,
    ]
    assert all(entry.site_id == room.schedule.site_id and entry.actor_id == room.member.pk for entry in entries)
    assert not any(name in json.dumps(entry.details) for entry in entries for name in ("Ada", "Cyd", "ill"))
    assert json.loads(Personal.objects.get(entry=entries[1]).text) == {"reason": "Ada is ill"}
    assert entries[0].details["after"]["participants"] == [str(room.ada.pk), str(room.ben.pk)]
    told = FeedEvent.objects.order_by("number")
    assert [event.kind for event in told] == ["on_call.changed"] * 5
    assert told[4].payload == {"schedule": str(room.schedule.pk), "removed": True}
    assert told[0].site_id == room.schedule.site_id
    auditor = factories.MemberFactory(organisation=room.member.organisation, roles=[Role.AUDITOR])
    client = Client()
    client.force_login(auditor)
    read = client.get(f"/api/journal/{entries[0].pk}/", headers={"accept-language": "en"}).json()
    words = {change["label"]: change["after"] for change in read["changes"]}
    assert words["Turns taken by"] == "Ada, Ben"
    assert (words["Turns counted in"], words["Handover at"]) == ("days", "08:00")


def test_those_at_the_site_that_a_schedule_leaves_are_told_that_it_is_gone(room: Room) -> None:
    left = room.schedule.site_id
    site = factories.SiteFactory(organisation=room.member.organisation)
    room.patch("", version=1, site=str(site.pk))
    told = [(event.site_id, event.payload["removed"]) for event in FeedEvent.objects.order_by("number")]
    assert told == [(left, True), (site.pk, False)]


def test_the_database_refuses_a_rotation_of_nobody_and_a_past_that_is_rewritten(room: Room) -> None:
    rotation = room.rotation(room.ada)
    terms = rotation.terms.get()
    said = {"kind": Kind.DAILY, "starts_on": dt.date(2027, 1, 1), "handover": dt.time(8), "timezone": "UTC"}
    empty = factories.RotationFactory(schedule=room.schedule, until=clock.now())

    def tried(act: Callable[[], object]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            act()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def refused(act: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError):
            tried(act)

    organisation = room.member.organisation
    refused(lambda: Terms.objects.create(organisation=organisation, rotation=empty, since=clock.now(), **said))
    refused(lambda: Participant.objects.filter(terms=terms).delete())
    refused(lambda: Terms.objects.filter(pk=terms.pk).update(level=2))
    refused(lambda: Terms.objects.filter(rotation=empty).update(until=None))
    refused(lambda: Terms.objects.filter(pk=terms.pk).update(until=terms.since - dt.timedelta(1)))
    stranger = factories.PersonFactory()
    refused(lambda: Participant.objects.create(organisation=organisation, terms=terms, person=stranger, position=9))
    now = clock.now()
    override = {"schedule": room.schedule, "person": room.ada, "starts_at": now}
    refused(lambda: factories.OverrideFactory(**override, ends_at=now))
    refused(lambda: factories.OverrideFactory(**override, replaces=room.ada))
    refused(lambda: factories.OverrideFactory(**override, rotation=rotation, replaces=room.ben))
    foreign = factories.RotationFactory(schedule__organisation=organisation)
    refused(lambda: factories.OverrideFactory(**override, rotation=foreign))
    refused(lambda: factories.OverrideFactory(schedule=room.schedule, person=stranger))


def test_who_may_only_see_changes_nothing(room: Room) -> None:
    agent = Room(
        factories.MemberFactory(organisation=room.member.organisation, roles=[Role.AGENT]),
        room.schedule,
        room.ada,
        room.ben,
        room.cyd,
    )
    agent.add_rotation(room.ada, status=403)
    agent.get("shifts/")
    draft = overrides.OverrideDraft(room.ada.pk, clock.now(), clock.now() + dt.timedelta(days=1))
    with pytest.raises(Refusal, match="not_found"):
        overrides.add_override(agent.member, room.schedule.pk, draft)  # the service asks by itself


def test_a_zone_that_the_machine_forgot_leaves_people_on_call_and_can_be_changed(room: Room, at: At) -> None:
    at("2027-03-01T12:00")
    room.rotation(room.ada, room.ben, timezone="US/Forgotten", kind=Kind.DAILY, starts_on=dt.date(2027, 3, 1))
    Schedule.objects.filter(pk=room.schedule.pk).update(timezone="US/Forgotten")
    assert room.who() == [room.ada.pk]
    room.patch("", version=1, timezone="America/New_York")
    assert room.who(utc("2027-03-02T12:59")) == [room.ada.pk]
    assert room.who(utc("2027-03-02T13:00")) == [room.ben.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_rotation_at_once_one_is_told_and_one_thing_is_said(room: Room) -> None:
    added = room.add_rotation(room.ada)
    rotation, schedule = UUID(added["id"]), room.schedule.pk
    together = threading.Barrier(4)

    def change(length: int) -> str:
        with closing(connection):
            together.wait()
            try:
                rotations.change_rotation(room.member, schedule, rotation, {"length": length}, version=1)
            except Refusal as refusal:
                return refusal.code
            return "changed"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(change, range(2, 6)))
    assert answers == ["changed", *["changed_meanwhile"] * 3]
    assert Terms.objects.filter(rotation=rotation, until=None).count() == 1
    assert Terms.objects.filter(rotation=rotation).count() == 2

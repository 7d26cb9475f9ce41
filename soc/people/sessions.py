"""Sessions kept in the database with their member, so that a revoked right or a new password ends them at once.

What a list shows of a session (number, browser, network, since when) lies in the session's own data and is written to the row's
columns with it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone
from typing_extensions import override

from soc import clock
from soc.people.models import Member, MemberSession

SEEN_EVERY = dt.timedelta(minutes=1)
_DEVICE = "device"


class SessionStore(DatabaseStore):
    """Django's database sessions, in a table of our own."""

    seen_at: dt.datetime | None = None
    """When the session was last seen, as it was read; `None` before."""

    @classmethod
    @override
    def get_model_class(cls) -> type[MemberSession]:
        return MemberSession

    @override
    def load(self) -> dict[str, Any]:
        """What the session holds (after `DatabaseStore.load`, which keeps nothing else of the row)."""
        row = MemberSession.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        self.seen_at = row.seen_at
        return self.decode(row.session_data)

    @override
    def create_model_instance(self, data: dict[str, Any]) -> MemberSession:
        device = data.setdefault(_DEVICE, _device("", ""))
        session = super().create_model_instance(data)
        if not isinstance(session, MemberSession):
            raise TypeError("Sessions are kept as MemberSession.")
        session.member_id = data.get(SESSION_KEY)
        session.number = UUID(device["number"])
        session.begun_at = dt.datetime.fromisoformat(device["begun_at"])
        session.user_agent = device["user_agent"]
        session.network = device["network"]
        return session


def begin(request: HttpRequest, member: Member) -> None:
    """Open a session for who has just proved to be the member; its key is a new one."""
    login(request, member, backend=settings.AUTHENTICATION_BACKENDS[0])
    _saw_member(member)
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    request.session[_DEVICE] = _device(agent, str(request.META.get("REMOTE_ADDR", "")))


def number_of(request: HttpRequest) -> UUID | None:
    """The number of the session that asks, when there is one."""
    device = request.session.get(_DEVICE)
    return UUID(device["number"]) if device else None


def saw(request: HttpRequest) -> None:
    """Note that the session, and on this day its member, was seen: once a minute at most."""
    if not isinstance(request.user, Member):
        return
    now = clock.now()
    session = request.session
    if isinstance(session, SessionStore) and session.seen_at is not None and session.seen_at >= now - SEEN_EVERY:
        return  # the database need not be asked
    rows = MemberSession.objects.filter(session_key=request.session.session_key, seen_at__lt=now - SEEN_EVERY)
    if rows.update(seen_at=now):
        _saw_member(request.user)


def _saw_member(member: Member) -> None:
    today = clock.now().date()
    Member.objects.filter(pk=member.pk).exclude(last_seen_on=today).update(last_seen_on=today)


def coarse(address: str) -> str:
    """The network an address is in: enough to know a place again, not to find a household."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _device(agent: str, address: str) -> dict[str, str]:
    return {
        "number": str(uuid4()),
        "begun_at": clock.now().isoformat(),
        "user_agent": agent[:256],
        "network": coarse(address),
    }

"""Sessions kept in the database with their member, so that a revoked right or a new password ends them at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from typing_extensions import override

from soc.people.models import MemberSession


class SessionStore(DatabaseStore):
    """Django's database sessions, in a table of our own."""

    @classmethod
    @override
    def get_model_class(cls) -> type[MemberSession]:
        return MemberSession

    @override
    def create_model_instance(self, data: dict[str, Any]) -> MemberSession:
        session = super().create_model_instance(data)
        if not isinstance(session, MemberSession):
            raise TypeError("Sessions are kept as MemberSession.")
        session.member_id = data.get(SESSION_KEY)
        return session

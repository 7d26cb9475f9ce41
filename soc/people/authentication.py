"""How a request says who it is: a session for pages, a token for programs."""

from __future__ import annotations

import hashlib

from django.utils import translation
from rest_framework import authentication, exceptions
from rest_framework.request import Request
from typing_extensions import override

from soc import clock
from soc.people.models import ApiToken, Member


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session, answering 401 (not 403) to who is not signed in."""

    @override
    def authenticate_header(self, request: Request) -> str:
        return "Session"


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer <token>``. Only the token's SHA-256 is in the database."""

    keyword = "Bearer"

    @override
    def authenticate(self, request: Request) -> tuple[Member, ApiToken] | None:
        header = authentication.get_authorization_header(request).decode("latin-1").split()
        if not header or header[0].lower() != self.keyword.lower():
            return None
        token = find_token(header[1]) if len(header) == 2 else None
        if token is None:
            raise exceptions.AuthenticationFailed()
        translation.activate(token.member.language)  # as `ReadersLanguage` does for a session
        return token.member, token

    @override
    def authenticate_header(self, request: Request) -> str:
        return self.keyword


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_token(token: str) -> ApiToken | None:
    """The live token with this text, of a member who is active, or ``None``."""
    return (
        ApiToken.objects.select_related("member__organisation")
        .filter(digest=digest(token), revoked_at=None, expires_at__gt=clock.now(), member__is_active=True)
        .first()
    )

"""What is done with every request of a signed-in member: its language, the session noted as seen, rights read once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from soc.people import sessions
from soc.people.models import Member
from soc.people.scope import rights_read_once


class ReadersLanguage:
    """Activates the member's language for the API; comes after the session's middleware.

    A program's token is read later: `TokenAuthentication` does the same there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the member's language."""
        if request.path.startswith("/api/") and isinstance(request.user, Member):
            translation.activate(request.user.language)
            sessions.saw(request)
        return self.get_response(request)


class RightsReadOnce:
    """Where a request changes nothing, its member's rights are read from the database once, however often they are asked for.

    One that changes something asks anew each time: what it checks under a lock must hold at that moment.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with rights_read_once():
            return self.get_response(request)

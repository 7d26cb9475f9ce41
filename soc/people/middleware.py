"""What is done with every request of a signed-in member: its language is spoken, and the session is noted as seen."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from soc.people import sessions
from soc.people.models import Member


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

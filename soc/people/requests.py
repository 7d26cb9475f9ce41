"""What the doors to people share: who asks, and the session that a page reads."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from soc.people import account, passkeys, proof, selectors, sessions, sign_in
from soc.people.models import Member, Organisation
from soc.people.scope import Everywhere
from soc.people.serializers import SessionView
from soc.refusals import Refusal, Status

DEVICE_COOKIE = "vigie_device"


def member_of(request: Request) -> Member:
    """Who asks. Behind `HasRight` that is always a member."""
    return cast("Member", request.user)


def organisation_of(request: Request) -> Organisation:
    """The organisation of who asks."""
    return Organisation.objects.get(pk=member_of(request).organisation_id)


def address_of(request: Request) -> str:
    """The network address that asks."""
    return str(request.META.get("REMOTE_ADDR", ""))


def no_program(request: Request) -> None:
    """A token that was stolen must not be able to make itself a successor.

    Raises:
        Refusal: a program asks.
    """
    if request.auth is not None:
        raise Refusal(
            "not_with_a_token",
            _("A program cannot do this. Sign in with name and password."),
            status=Status.FORBIDDEN,
        )


def by_own_hand(request: Request, within: dt.timedelta = proof.GOOD_FOR) -> None:
    """The member does it in a page, with a recent proof. The proof is the session's, so a token beside it is refused.

    Args:
        request: who asks.
        within: how recent the proof must be.

    Raises:
        Refusal: a program asks, or there is no such proof.
    """
    no_program(request)
    proof.need(request._request, within)


def enter(request: Request, member: Member, way: sign_in.Way) -> Response:
    """Open a session for who has just proved to be the member, and answer with it."""
    device = sign_in.signed_in(member, way, address=address_of(request))
    sessions.begin(request._request, member)
    proof.proved(request._request)
    request.user = member
    response = Response(session_view(request))
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=sign_in.DEVICE_KNOWN_FOR,
        path="/api/session/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def session_view(request: Request, second_steps: tuple[sign_in.Way, ...] = ()) -> dict[str, Any]:
    """Who is signed in and what they may do, as the page reads it."""
    view: dict[str, Any] = {
        "csrf_token": get_token(request._request),
        "member": None,
        "organisation": None,
        "second_steps": [way.value for way in second_steps],
        "passkeys_refused": "",
    }
    member = request.user
    if isinstance(member, Member):
        translation.activate(member.language)
        view["member"] = _me(member)
        view["organisation"] = Organisation.objects.get(pk=member.organisation_id)
    view["passkeys_refused"] = str(passkeys.refused_because(request._request) or "")
    return dict(SessionView(view).data)


def _me(member: Member) -> dict[str, Any]:
    rights = [
        {"right": right.value, "sites": None if isinstance(where, Everywhere) else sorted(where)}
        for right, where in selectors.rights_of(member).items()
    ]
    names = (
        "name", "display_name", "email", "language", "theme", "contrast", "density", "sounds", "volume", "first_steps_left",
    )  # fmt: skip
    needed = sign_in.demanded(member) and not account.has_second_factor(member)
    own = {name: getattr(member, name) for name in names}
    return {"id": member.pk, **own, "second_factor_needed": needed, "rights": rights}

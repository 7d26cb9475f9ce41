"""The API's doors to the session: who is signed in, signing in by password, code or passkey, signing out."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.contrib.auth import logout
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from soc import clock
from soc.api import checked
from soc.people import codes, passkeys, proof, services, sign_in
from soc.people.authentication import SessionAuthentication
from soc.people.models import Member
from soc.people.permissions import Open, Rights
from soc.people.requests import DEVICE_COOKIE, address_of, enter, member_of, session_view
from soc.people.rights import Right
from soc.people.serializers import Challenge, CodeInput, CredentialAnswer, Credentials, SessionView
from soc.people.sign_in import Way
from soc.people.throttle import Tries, by_address
from soc.refusals import Refusal, Status

SECOND_STEP_WITHIN = dt.timedelta(minutes=5)
_PENDING = "password_was_right"


class SessionDoor(APIView):
    """Who is signed in; sign in; sign out."""

    rights: ClassVar[Rights] = {"GET": Open.TO_ALL, "POST": Open.TO_ALL, "DELETE": Right.SIGNED_IN}

    @extend_schema(responses=SessionView)
    def get(self, request: Request) -> Response:
        """Who is signed in, what they may do, and the token that a change must carry."""
        return Response(session_view(request))

    @extend_schema(request=Credentials, responses=SessionView)
    def post(self, request: Request) -> Response:
        """Sign in with name and password. `second_steps` says what is asked next; then nobody is signed in yet."""
        own_page(request)
        entered = checked(Credentials(data=request.data))
        member = sign_in.check_password(
            entered["name"],
            entered["password"],
            address=address_of(request),
            device=request.COOKIES.get(DEVICE_COOKIE, ""),
        )
        steps = sign_in.second_steps(member)
        if not steps:
            return enter(request, member, Way.PASSWORD)
        request._request.session[_PENDING] = {
            "member": str(member.pk),
            "password": member.get_session_auth_hash(),
            "at": clock.now().isoformat(),
        }
        return Response(session_view(request, steps))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out; the session's sockets close within seconds."""
        member = member_of(request)
        sign_in.sign_out(member)
        logout(request._request)
        services.announce_people(member.organisation_id)
        return Response(status=204)


class CodeDoor(APIView):
    """The second step of signing in."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=CodeInput, responses=SessionView)
    def post(self, request: Request) -> Response:
        """Take a code from the phone, or one of those on paper, after the password."""
        own_page(request)
        entered = checked(CodeInput(data=request.data))
        member = _pending(request)
        from_paper = codes.check(member, entered["code"])
        request._request.session.pop(_PENDING, None)
        return enter(request, member, Way.RECOVERY_CODE if from_paper else Way.CODE)


class PasskeyQuestion(APIView):
    """What the browser is asked to sign in by passkey."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=None, responses=Challenge)
    def post(self, request: Request) -> Response:
        """A challenge for any passkey that the browser has for this host."""
        own_page(request)
        asked = passkeys.ask_known(passkeys.party_of(request._request))
        proof.keep_challenge(request._request, "sign_in", asked.state)
        return Response(asked.options)


class PasskeyDoor(APIView):
    """Signing in by passkey."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=CredentialAnswer, responses=SessionView)
    def post(self, request: Request) -> Response:
        """Sign in with what the browser answered."""
        own_page(request)
        entered = checked(CredentialAnswer(data=request.data))
        tries = Tries(by_address(address_of(request)))
        state = proof.take_challenge(request._request, "sign_in")
        used = passkeys.prove(passkeys.party_of(request._request), state, entered["credential"])
        tries.succeeded()
        request._request.session.pop(_PENDING, None)
        return enter(request, used.member, Way.PASSKEY)


def own_page(request: Request) -> None:
    """Refuse another site's form: nobody is signed in, or made a member, by one."""
    SessionAuthentication().enforce_csrf(request)


def _pending(request: Request) -> Member:
    """Who has entered the right password just now.

    Raises:
        Refusal: nobody, it was too long ago, or the password has changed since.
    """
    kept = request._request.session.get(_PENDING)
    if kept is not None and clock.now() - dt.datetime.fromisoformat(kept["at"]) <= SECOND_STEP_WITHIN:
        member = Member.objects.filter(pk=UUID(kept["member"]), is_active=True).first()
        if member is not None and constant_time_compare(kept["password"], member.get_session_auth_hash()):
            return member
    raise Refusal("no_password_yet", _("That took too long. Enter your password again."), status=Status.CONFLICT)

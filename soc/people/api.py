"""The API's doors to people: session, own account, tokens, sites, members."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.auth import login, logout
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc.api import checked
from soc.people import selectors, services, sign_in, tokens
from soc.people.authentication import SessionAuthentication
from soc.people.models import ApiToken, Member, Organisation, Site
from soc.people.permissions import Open, Rights
from soc.people.rights import Right
from soc.people.scope import Everywhere
from soc.people.serializers import (
    Credentials,
    MemberChange,
    MemberSerializer,
    NewMember,
    NewTokenSerializer,
    PasswordChange,
    ProfileChange,
    SessionView,
    SiteChange,
    SiteInput,
    SiteSerializer,
    TokenInput,
    TokenSerializer,
    grant_of,
)
from soc.refusals import Refusal, Status

DEVICE_COOKIE = "vigie_device"


def member_of(request: Request) -> Member:
    """Who asks. Behind `HasRight` that is always a member."""
    return cast("Member", request.user)


class SessionDoor(APIView):
    """Who is signed in; sign in; sign out."""

    rights: ClassVar[Rights] = {"GET": Open.TO_ALL, "POST": Open.TO_ALL, "DELETE": Right.SIGNED_IN}

    @extend_schema(responses=SessionView)
    def get(self, request: Request) -> Response:
        """Who is signed in, what they may do, and the token that a change must carry."""
        return Response(_session_view(request))

    @extend_schema(request=Credentials, responses=SessionView)
    def post(self, request: Request) -> Response:
        """Sign in with name and password."""
        SessionAuthentication().enforce_csrf(request)  # nobody is signed in by another site's form
        entered = checked(Credentials(data=request.data))
        answer = sign_in.sign_in(
            entered["name"],
            entered["password"],
            address=str(request.META.get("REMOTE_ADDR", "")),
            device=request.COOKIES.get(DEVICE_COOKIE, ""),
        )
        login(request._request, answer.member)  # rotates the session's key
        request.user = answer.member
        response = Response(_session_view(request))
        response.set_cookie(
            DEVICE_COOKIE,
            answer.device,
            max_age=sign_in.DEVICE_KNOWN_FOR,
            path="/api/session/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
        return response

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out; the session's sockets close within seconds."""
        member = member_of(request)
        sign_in.sign_out(member)
        logout(request._request)
        services.announce_people(member.organisation_id)
        return Response(status=204)


class MeDoor(APIView):
    """The own account."""

    rights: ClassVar[Rights] = {"PATCH": Right.SIGNED_IN}

    @extend_schema(request=ProfileChange, responses=SessionView)
    def patch(self, request: Request) -> Response:
        """Change the own display name or language."""
        entered = checked(ProfileChange(data=request.data))
        request.user = services.change_own_profile(member_of(request), **entered)
        return Response(_session_view(request))


class PasswordDoor(APIView):
    """The own password."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=PasswordChange, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change the own password. Every other session of the member ends."""
        _no_program(request)
        entered = checked(PasswordChange(data=request.data))
        member = services.change_own_password(member_of(request), **entered)
        login(request._request, member, backend=settings.AUTHENTICATION_BACKENDS[0])
        return Response(status=204)


class TokenList(generics.ListAPIView[ApiToken]):
    """The own tokens for programs."""

    rights: ClassVar[Rights] = {"GET": Right.SIGNED_IN, "POST": Right.SIGNED_IN}
    serializer_class = TokenSerializer
    queryset = ApiToken.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.tokens(member_of(self.request))

    @extend_schema(request=TokenInput, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token. Its text is shown this once."""
        _no_program(request)
        entered = checked(TokenInput(data=request.data))
        made = tokens.make_token(member_of(request), entered["name"], valid_for=dt.timedelta(days=entered["days"]))
        return Response(NewTokenSerializer(made).data, status=201)


class TokenDetail(generics.GenericAPIView[ApiToken]):
    """One of the own tokens."""

    rights: ClassVar[Rights] = {"DELETE": Right.SIGNED_IN}
    serializer_class = TokenSerializer
    queryset = ApiToken.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.tokens(member_of(self.request))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Revoke the token."""
        tokens.revoke_token(self.get_object(), actor=member_of(request))
        return Response(status=204)


class SiteList(generics.ListAPIView[Site]):
    """The sites the member may see."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_SITES, "POST": Right.MANAGE_SITES}
    serializer_class = SiteSerializer
    queryset = Site.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.sites(member_of(self.request))

    @extend_schema(request=SiteInput, responses={201: SiteSerializer})
    def post(self, request: Request) -> Response:
        """Add a site."""
        entered = checked(SiteInput(data=request.data))
        site = services.create_site(_organisation(request), **entered, actor=member_of(request))
        return Response(SiteSerializer(site).data, status=201)


class SiteDetail(generics.RetrieveAPIView[Site]):
    """One site."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_SITES, "PATCH": Right.MANAGE_SITES}
    serializer_class = SiteSerializer
    queryset = Site.objects.none()

    @override
    def get_queryset(self) -> Any:
        right = Right.MANAGE_SITES if self.request.method == "PATCH" else Right.SEE_SITES
        return selectors.sites(member_of(self.request), right)

    @extend_schema(request=SiteChange, responses=SiteSerializer)
    def patch(self, request: Request, **_: str) -> Response:
        """Change a site; 409 when a colleague was first."""
        entered = checked(SiteChange(data=request.data, partial=True))
        version = entered.pop("version", None)
        change = cast("services.SiteEntry", entered)
        site = services.change_site(self.get_object(), change, version=version, actor=member_of(request))
        return Response(SiteSerializer(site).data)


class MemberList(generics.ListAPIView[Member]):
    """The members."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_PEOPLE, "POST": Right.MANAGE_PEOPLE}
    serializer_class = MemberSerializer
    queryset = Member.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.members(member_of(self.request))

    @extend_schema(request=NewMember, responses={201: MemberSerializer})
    def post(self, request: Request) -> Response:
        """Add a member."""
        entered = checked(NewMember(data=request.data))
        grants = [grant_of(grant) for grant in entered.pop("grants", [])]
        actor = member_of(request)
        member = services.create_member(_organisation(request), **entered, grants=grants, actor=actor)
        return Response(MemberSerializer(member).data, status=201)


class MemberDetail(generics.RetrieveAPIView[Member]):
    """One member."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_PEOPLE, "PATCH": Right.MANAGE_PEOPLE}
    serializer_class = MemberSerializer
    queryset = Member.objects.none()

    @override
    def get_queryset(self) -> Any:
        right = Right.MANAGE_PEOPLE if self.request.method == "PATCH" else Right.SEE_PEOPLE
        return selectors.members(member_of(self.request), right)

    @extend_schema(request=MemberChange, responses=MemberSerializer)
    def patch(self, request: Request, **_: str) -> Response:
        """Change a member: name, roles, password, or switch the account off or on."""
        entered = checked(MemberChange(data=request.data))
        grants = entered.pop("grants", None)
        if grants is not None:
            grants = [grant_of(grant) for grant in grants]
        actor = member_of(request)
        changed = services.change_member(self.get_object(), **entered, grants=grants, actor=actor)
        return Response(MemberSerializer(selectors.members(actor).get(pk=changed.pk)).data)


def _organisation(request: Request) -> Organisation:
    return Organisation.objects.get(pk=member_of(request).organisation_id)


def _no_program(request: Request) -> None:
    """A token that was stolen must not be able to make itself a successor."""
    if request.auth is not None:
        raise Refusal(
            "not_with_a_token",
            _("A program cannot do this. Sign in with name and password."),
            status=Status.FORBIDDEN,
        )


def _session_view(request: Request) -> dict[str, Any]:
    token = get_token(request._request)
    member = request.user
    if not isinstance(member, Member):
        return {"csrf_token": token, "member": None, "organisation": None}
    translation.activate(member.language)
    rights = [
        {"right": right.value, "sites": None if isinstance(where, Everywhere) else sorted(where)}
        for right, where in selectors.rights_of(member).items()
    ]
    me = {"id": member.pk, "name": member.name, "display_name": member.display_name, "language": member.language}
    organisation = Organisation.objects.get(pk=member.organisation_id)
    view = {"csrf_token": token, "member": {**me, "rights": rights}, "organisation": organisation}
    return dict(SessionView(view).data)

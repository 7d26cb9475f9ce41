"""The API's doors to people: own tokens, sites, members, roles."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc.api import checked
from soc.people import account, mail, resets, selectors, services, sites, tokens
from soc.people.models import ApiToken, Member, MemberSession, Site
from soc.people.permissions import Rights
from soc.people.requests import by_own_hand, member_of, no_program, organisation_of
from soc.people.rights import RIGHTS, Right, Role
from soc.people.serializers import (
    LinkMadeSerializer,
    MemberChange,
    MemberSerializer,
    NewMember,
    NewTokenSerializer,
    ResetInput,
    RoleSerializer,
    SecondFactorRoles,
    SessionSerializer,
    SiteChange,
    SiteInput,
    SiteSerializer,
    TokenInput,
    TokenSerializer,
    grant_of,
)
from soc.refusals import Refusal, Status

__all__ = ["member_of"]


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
        by_own_hand(request)  # a way in, for a year
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
        site = sites.create_site(organisation_of(request), **entered, actor=member_of(request))
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
        change = cast("sites.SiteEntry", entered)
        site = sites.change_site(self.get_object(), change, version=version, actor=member_of(request))
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
        no_program(request)
        entered = checked(NewMember(data=request.data))
        grants = [grant_of(grant) for grant in entered.pop("grants", [])]
        actor = member_of(request)
        member = services.create_member(organisation_of(request), **entered, grants=grants, actor=actor)
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
        """Change a member: name, roles, password, or switch the account off or on. Own ways in are changed under `me/`."""
        no_program(request)
        entered = checked(MemberChange(data=request.data))
        member = self.get_object()
        if member.pk == member_of(request).pk:
            _check_own(request, member, entered)
        grants = entered.pop("grants", None)
        if grants is not None:
            grants = [grant_of(grant) for grant in grants]
        actor = member_of(request)
        changed = services.change_member(member, **entered, grants=grants, actor=actor)
        return Response(MemberSerializer(selectors.members(actor).get(pk=changed.pk)).data)


def _check_own(request: Request, member: Member, entered: dict[str, Any]) -> None:
    """Who manages people changes the own ways in like everybody: with the present password, or with a recent proof.

    Raises:
        Refusal: a password was entered, or there is no recent proof for another e-mail.
    """
    if "password" in entered:
        sentence = _("Change your own password on your profile.")
        raise Refusal("own_password", sentence, fields={"password": sentence}, status=Status.CONFLICT)
    if entered.get("email", member.email) != member.email:
        by_own_hand(request)  # the address to which changes of the account are told


class MemberSessions(generics.ListAPIView[MemberSession]):
    """Where a member is signed in, for who manages people."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_PEOPLE, "DELETE": Right.MANAGE_PEOPLE}
    serializer_class = SessionSerializer
    queryset = MemberSession.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.sessions(self._member())

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Sign the member out everywhere."""
        member = self._member()
        services.must_manage(member_of(request), services.grants_of(member), None)
        account.end_all_sessions(member, actor=member_of(request))
        return Response(status=204)

    def _member(self) -> Member:
        found = selectors.members(member_of(self.request), Right.MANAGE_PEOPLE)
        return generics.get_object_or_404(found, pk=self.kwargs["pk"])


class ResetDoor(generics.GenericAPIView[Member]):
    """A link for a member who cannot sign in."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_PEOPLE}
    queryset = Member.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.members(member_of(self.request), Right.MANAGE_PEOPLE)

    @extend_schema(request=ResetInput, responses={201: LinkMadeSerializer})
    def post(self, request: Request, **_: str) -> Response:
        """Make the link. Its secret is shown this once. For oneself it takes a recent proof: it is a new way in."""
        no_program(request)
        member = self.get_object()
        if member.pk == member_of(request).pk:
            by_own_hand(request)
        entered = checked(ResetInput(data=request.data))
        secret = resets.make(member, actor=member_of(request), **entered)
        path = f"/reset#{secret}"
        mailed = mail.send_reset_link(member, request.build_absolute_uri(path))
        return Response(LinkMadeSerializer({"path": path, "mailed": mailed}).data, status=201)


class RoleList(APIView):
    """The roles, with what each may do in plain words."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_PEOPLE}

    @extend_schema(responses=RoleSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All roles, and for which the organisation demands a second factor."""
        demanded = set(organisation_of(request).second_factor_roles.values_list("role", flat=True))
        rows = [
            {
                "role": role.value,
                "name": role.label,
                "may": [right.words for right in Right if right in RIGHTS[role] and right is not Right.SIGNED_IN],
                "second_factor": role.value in demanded,
            }
            for role in Role
        ]
        return Response(RoleSerializer(rows, many=True).data)


class SecondFactorDoor(APIView):
    """For which roles the organisation demands a second factor."""

    rights: ClassVar[Rights] = {"PATCH": Right.MANAGE_PEOPLE}

    @extend_schema(request=SecondFactorRoles, responses=SecondFactorRoles)
    def patch(self, request: Request) -> Response:
        """Demand it for these roles, and no other: they count for members who have a second factor."""
        no_program(request)
        entered = checked(SecondFactorRoles(data=request.data))
        roles = [Role(role) for role in entered["roles"]]
        account.demand_second_factor(organisation_of(request), roles, actor=member_of(request))
        return Response(SecondFactorRoles({"roles": roles}).data)

"""The API's doors to invitations, and to the links by which somebody gets in who cannot sign in (yet)."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc.api import checked
from soc.people import invitations, links, mail, passkeys, proof, resets, selectors
from soc.people.models import Invitation, Member
from soc.people.permissions import Open, Rights
from soc.people.requests import address_of, enter, member_of, no_program, organisation_of, session_view
from soc.people.rights import Right
from soc.people.serializers import (
    Challenge,
    InvitationInput,
    InvitationSerializer,
    LinkPasskey,
    LinkSecret,
    LinkUse,
    LinkView,
    NewInvitationSerializer,
    SessionView,
    grant_of,
)
from soc.people.session_api import own_page
from soc.people.sign_in import Way
from soc.refusals import Refusal

_OF_DEVICE = _("Chosen at the first sign-in")


class InvitationList(generics.ListAPIView[Invitation]):
    """The invitations."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_PEOPLE, "POST": Right.MANAGE_PEOPLE}
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.invitations(member_of(self.request))

    @extend_schema(request=InvitationInput, responses={201: NewInvitationSerializer})
    def post(self, request: Request) -> Response:
        """Invite somebody. The link is shown this once; it is also sent where e-mail is set up."""
        no_program(request)
        entered = checked(InvitationInput(data=request.data))
        grants = [grant_of(grant) for grant in entered.pop("grants")]
        made = invitations.invite(organisation_of(request), grants=grants, actor=member_of(request), **entered)
        path = f"/invitation#{made.secret}"
        mailed = mail.send_invitation(made.invitation, request.build_absolute_uri(path))
        view = {"invitation": made.invitation, "link": {"path": path, "mailed": mailed}}
        return Response(NewInvitationSerializer(view).data, status=201)


class InvitationDetail(generics.GenericAPIView[Invitation]):
    """One invitation."""

    rights: ClassVar[Rights] = {"DELETE": Right.MANAGE_PEOPLE}
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.invitations(member_of(self.request))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Take it back."""
        invitations.revoke(self.get_object(), actor=member_of(request))
        return Response(status=204)


class LinkDoor(APIView):
    """What a link opens."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=LinkSecret, responses=LinkView)
    def post(self, request: Request) -> Response:
        """Look at a link, without using it."""
        own_page(request)
        entered = checked(LinkSecret(data=request.data))
        found = links.find(entered["secret"], address=address_of(request))
        invited = isinstance(found, Invitation)
        who = found if isinstance(found, Invitation) else found.member
        view = {
            "kind": "invitation" if invited else "reset",
            "organisation": found.organisation.name,
            "name": who.name if isinstance(who, Member) else "",
            "display_name": who.display_name,
            "language": who.language,
        }
        return Response(LinkView(view).data)


class LinkPasskeyQuestion(APIView):
    """What the browser is asked to make a passkey for a link."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=LinkPasskey, responses=Challenge)
    def post(self, request: Request) -> Response:
        """A challenge for the first passkey of who holds the link."""
        own_page(request)
        entered = checked(LinkPasskey(data=request.data))
        found = links.find(entered["secret"], address=address_of(request))
        party = passkeys.party_of(request._request)
        if isinstance(found, Invitation):
            handle = uuid4()  # it becomes the member's id
            asked = passkeys.ask_new(party, handle=handle, name=entered["name"], display_name=entered["display_name"])
        else:
            handle, of = found.member_id, found.member
            asked = passkeys.ask_new(party, handle=handle, name=of.name, display_name=of.display_name)
        proof.keep_challenge(request._request, "link", {**asked.state, "handle": str(handle)})
        return Response(asked.options)


class LinkUseDoor(APIView):
    """Using a link: once."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}

    @extend_schema(request=LinkUse, responses=SessionView)
    def post(self, request: Request) -> Response:
        """Choose a name and a way in. Who was invited is signed in; who signs in anew does so with the new way."""
        own_page(request)
        entered = checked(LinkUse(data=request.data))
        links.find(entered["secret"], address=address_of(request))  # a wrong one is counted, whatever is undone below
        with transaction.atomic():
            found = links.find(entered["secret"], address=address_of(request), lock=True)
            state = None
            if entered["credential"] is not None:
                state = proof.take_challenge(request._request, "link")
            password = None if state is not None else entered["password"]
            if isinstance(found, Invitation):
                member = _accept(found, entered, password, state)
            else:
                member = resets.use(found, password=password)
            if state is not None:
                party = passkeys.party_of(request._request)
                passkeys.keep(party, state, entered["credential"], member=member, name=str(_OF_DEVICE))
        if isinstance(found, Invitation):
            return enter(request, member, Way.INVITATION)
        mail.tell_account_changed(member)
        return Response(session_view(request))


def _accept(
    invitation: Invitation, entered: dict[str, Any], password: str | None, state: dict[str, Any] | None
) -> Member:
    missing = {name: _("This is needed.") for name in ("name", "display_name") if not entered[name].strip()}
    if missing:
        raise Refusal("invalid", _("Some of what was entered is not valid."), fields=dict(missing))
    return invitations.accept(
        invitation,
        name=entered["name"],
        display_name=entered["display_name"],
        language=entered.get("language") or invitation.language,
        password=password,
        pk=None if state is None else UUID(state["handle"]),
    )

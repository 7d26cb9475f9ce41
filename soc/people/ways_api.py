"""The API's doors to the own account: profile, password, passkeys, codes, sessions. Changing a way in asks for a recent proof."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc.api import checked
from soc.people import account, codes, mail, passkeys, proof, selectors, sessions, sign_in
from soc.people.models import CodeSecret, MemberSession, Passkey
from soc.people.permissions import Rights
from soc.people.requests import by_own_hand, member_of, no_program, session_view
from soc.people.rights import Right
from soc.people.serializers import (
    Challenge,
    CodeInput,
    CodeSetup,
    PasskeyInput,
    PasskeySerializer,
    PasswordChange,
    ProfileChange,
    Proof,
    RecoveryCodes,
    SessionSerializer,
    SessionView,
    WaysIn,
)
from soc.refusals import Refusal


class MeDoor(APIView):
    """The own account."""

    rights: ClassVar[Rights] = {"PATCH": Right.SIGNED_IN}

    @extend_schema(request=ProfileChange, responses=SessionView)
    def patch(self, request: Request) -> Response:
        """Change the own name, language or how the pages look and sound."""
        entered = checked(ProfileChange(data=request.data))
        if "email" in entered and entered["email"] != member_of(request).email:
            by_own_hand(request)  # the address to which changes of the account are told
        request.user = account.change_own(member_of(request), **entered)
        return Response(session_view(request))


class PasswordDoor(APIView):
    """The own password."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=PasswordChange, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change the own password, or choose the first one. Every other session of the member ends."""
        no_program(request)
        entered = checked(PasswordChange(data=request.data))
        member = member_of(request)
        if member.has_usable_password():
            proof.by_password(member, entered["password"])
            member = account.change_own_password(member, **entered)
        else:
            proof.need(request._request)
            member = account.choose_password(member, new_password=entered["new_password"])
        sessions.begin(request._request, member)
        proof.proved(request._request)
        mail.tell_account_changed(member)
        return Response(status=204)


class ProofQuestion(APIView):
    """What the browser is asked to show again who it is."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=None, responses=Challenge)
    def post(self, request: Request) -> Response:
        """A challenge for one of the own passkeys."""
        no_program(request)
        asked = passkeys.ask_known(passkeys.party_of(request._request), member_of(request))
        proof.keep_challenge(request._request, "proof", asked.state)
        return Response(asked.options)


class ProofDoor(APIView):
    """Showing again who it is, before a way in is changed."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=Proof, responses={204: None})
    def post(self, request: Request) -> Response:
        """Take the password or a passkey. How long it is good for depends on what it is needed for."""
        no_program(request)
        entered = checked(Proof(data=request.data))
        if entered["credential"] is not None:
            state = proof.take_challenge(request._request, "proof")
            party = passkeys.party_of(request._request)
            passkeys.prove(party, state, entered["credential"], member=member_of(request))
        else:
            proof.by_password(member_of(request), entered["password"])
        proof.proved(request._request)
        return Response(status=204)


class WaysDoor(APIView):
    """How the member signs in."""

    rights: ClassVar[Rights] = {"GET": Right.SIGNED_IN}

    @extend_schema(responses=WaysIn)
    def get(self, request: Request) -> Response:
        """Password, passkeys, codes, and what was done to them lately."""
        member = member_of(request)
        secret = CodeSecret.objects.filter(member=member, confirmed_at__isnull=False).first()
        view = {
            "has_password": member.has_usable_password(),
            "passkeys": selectors.passkeys(member),
            "codes_since": secret.confirmed_at if secret else None,
            "recovery_left": codes.recovery_left(member),
            "second_factor_demanded": sign_in.demanded(member),
            "changes": selectors.account_changes(member),
        }
        return Response(WaysIn(view).data)


class PasskeyNewQuestion(APIView):
    """What the browser is asked to make a passkey."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=None, responses=Challenge)
    def post(self, request: Request) -> Response:
        """A challenge for a new passkey."""
        by_own_hand(request)
        member = member_of(request)
        party = passkeys.party_of(request._request)
        asked = passkeys.ask_new(
            party, handle=member.pk, name=member.name, display_name=member.display_name, member=member
        )
        proof.keep_challenge(request._request, "new_passkey", asked.state)
        return Response(asked.options)


class PasskeyList(APIView):
    """The own passkeys."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=PasskeyInput, responses={201: PasskeySerializer})
    def post(self, request: Request) -> Response:
        """Keep the passkey that the browser made."""
        by_own_hand(request)
        entered = checked(PasskeyInput(data=request.data))
        state = proof.take_challenge(request._request, "new_passkey")
        party = passkeys.party_of(request._request)
        made = passkeys.keep(party, state, entered["credential"], member=member_of(request), name=entered["name"])
        mail.tell_account_changed(member_of(request))
        return Response(PasskeySerializer(made).data, status=201)


class PasskeyDetail(generics.GenericAPIView[Passkey]):
    """One of the own passkeys."""

    rights: ClassVar[Rights] = {"DELETE": Right.SIGNED_IN}
    serializer_class = PasskeySerializer
    queryset = Passkey.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.passkeys(member_of(self.request))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Take it no more."""
        passkey = self.get_object()
        by_own_hand(request)
        account.remove_passkey(passkey, actor=member_of(request))
        mail.tell_account_changed(member_of(request))
        return Response(status=204)


class CodesDoor(APIView):
    """The codes from the own phone."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN, "DELETE": Right.SIGNED_IN}

    @extend_schema(request=None, responses={201: CodeSetup})
    def post(self, request: Request) -> Response:
        """Make a secret for the phone; it counts once a code of it was entered."""
        by_own_hand(request)
        return Response(CodeSetup(codes.set_up(member_of(request))).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Ask for no more codes."""
        by_own_hand(request)
        account.remove_codes(member_of(request))
        mail.tell_account_changed(member_of(request))
        return Response(status=204)


class CodesConfirmation(APIView):
    """The first code from the phone."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=CodeInput, responses=RecoveryCodes)
    def post(self, request: Request) -> Response:
        """Begin to ask for codes; the recovery codes are shown this once."""
        by_own_hand(request)
        entered = checked(CodeInput(data=request.data))
        made = codes.confirm(member_of(request), entered["code"])
        mail.tell_account_changed(member_of(request))
        return Response(RecoveryCodes({"codes": made}).data)


class RecoveryDoor(APIView):
    """The codes on paper."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=None, responses={201: RecoveryCodes})
    def post(self, request: Request) -> Response:
        """Make new ones; those from before are good no more."""
        by_own_hand(request)
        member = member_of(request)
        if not codes.has_codes(member):
            raise Refusal("no_codes", _("Recovery codes stand in for codes from a phone. Set these up first."))
        return Response(RecoveryCodes({"codes": codes.make_recovery_codes(member)}).data, status=201)


class OwnSessions(generics.ListAPIView[MemberSession]):
    """Where the member is signed in."""

    rights: ClassVar[Rights] = {"GET": Right.SIGNED_IN, "DELETE": Right.SIGNED_IN}
    serializer_class = SessionSerializer
    queryset = MemberSession.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.sessions(member_of(self.request))

    @override
    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "here": sessions.number_of(self.request._request)}

    @extend_schema(operation_id="me_sessions_destroy_others", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """End all but this one."""
        account.end_other_sessions(member_of(request), keep=sessions.number_of(request._request))
        return Response(status=204)


class OwnSession(APIView):
    """One of the own sessions."""

    rights: ClassVar[Rights] = {"DELETE": Right.SIGNED_IN}

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, number: UUID) -> Response:
        """End it."""
        generics.get_object_or_404(selectors.sessions(member_of(request)), number=number)
        account.end_session(member_of(request), number, actor=member_of(request))
        return Response(status=204)

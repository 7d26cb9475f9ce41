"""The API's doors to emergency contacts and their sheets."""

from __future__ import annotations

from typing import ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crisis import templates
from crisis.emergency import selectors, services, sheets, wire
from crisis.emergency.models import EmergencyContact
from crisis.emergency.serializers import (
    EmergencyContactChange,
    EmergencyContactInput,
    EmergencyContactSerializer,
    EmergencyPreviewInput,
    EmergencyPreviewSerializer,
    EmergencySheetChange,
    EmergencySheetInput,
    EmergencySheetSerializer,
    TextPlaceSerializer,
    lines_of,
)
from crisis.emergency.services import ContactEntry
from soc import clock
from soc.api import checked
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class ContactList(APIView):
    """The emergency contacts; add one."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}

    @extend_schema(responses=EmergencyContactSerializer(many=True), operation_id="emergency_contacts")
    def get(self, request: Request) -> Response:
        """The contacts in the member's reach, in their order."""
        found = [wire.contact_view(one) for one in selectors.contacts(member_of(request))]
        return Response(EmergencyContactSerializer(found, many=True).data)

    @extend_schema(request=EmergencyContactInput, responses={201: EmergencyContactSerializer})
    def post(self, request: Request) -> Response:
        """Add a contact; it goes last."""
        entered = checked(EmergencyContactInput(data=request.data))
        made = services.add_contact(member_of(request), cast("ContactEntry", entered))
        return _answer(member_of(request), made.pk, status=201)


class ContactDoor(APIView):
    """One contact."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE, "DELETE": Right.PREPARE}

    @extend_schema(responses=EmergencyContactSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A contact, and whether plans may call or write to it by themselves."""
        return _answer(member_of(request), pk)

    @extend_schema(request=EmergencyContactChange, responses=EmergencyContactSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change it; 409 when a colleague was first. An agreement falls with the number or address it was about."""
        entered = checked(EmergencyContactChange(data=request.data))
        version = entered.pop("version")
        services.change_contact(member_of(request), pk, cast("ContactEntry", entered), version=version)
        return _answer(member_of(request), pk)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove it: nothing calls it any more."""
        services.remove_contact(member_of(request), pk)
        return Response(status=204)


class SheetList(APIView):
    """What to say to a contact, in each language."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}

    @extend_schema(responses=EmergencySheetSerializer(many=True), operation_id="emergency_sheets")
    def get(self, request: Request, contact: UUID) -> Response:
        """Its own sheets, and the usual one of each other language, from which a new one is begun."""
        member = member_of(request)
        row = _contact(member, contact)
        own = {sheet.language: wire.sheet_view(sheet) for sheet in selectors.sheets(member, contact)}
        found = [own.get(code) or wire.usual_view(sheets.usual(row, code)) for code in sorted(sheets.LANGUAGES)]
        return Response(EmergencySheetSerializer(found, many=True).data)

    @extend_schema(request=EmergencySheetInput, responses={201: EmergencySheetSerializer})
    def post(self, request: Request, contact: UUID) -> Response:
        """Write a sheet in a language in which there is none yet."""
        entered = checked(EmergencySheetInput(data=request.data))
        lines = lines_of(entered["lines"])
        sheet = services.write_sheet(member_of(request), contact, entered["language"], lines)
        return Response(EmergencySheetSerializer(wire.sheet_view(sheet)).data, status=201)


class SheetDoor(APIView):
    """One sheet."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE, "DELETE": Right.PREPARE}

    @extend_schema(responses=EmergencySheetSerializer)
    def get(self, request: Request, contact: UUID, pk: UUID) -> Response:
        """A sheet with its places."""
        sheet = get_object_or_404(selectors.sheets(member_of(request), contact), pk=pk)
        return Response(EmergencySheetSerializer(wire.sheet_view(sheet)).data)

    @extend_schema(request=EmergencySheetChange, responses=EmergencySheetSerializer)
    def patch(self, request: Request, contact: UUID, pk: UUID) -> Response:
        """Replace its lines; 409 when a colleague was first."""
        entered = checked(EmergencySheetChange(data=request.data))
        lines = lines_of(entered["lines"])
        sheet = services.change_sheet(member_of(request), contact, pk, lines, version=entered["version"])
        return Response(EmergencySheetSerializer(wire.sheet_view(sheet)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, contact: UUID, pk: UUID) -> Response:
        """Remove it: the usual one is shown again."""
        services.remove_sheet(member_of(request), contact, pk)
        return Response(status=204)


class PreviewDoor(APIView):
    """A sheet as it will be read."""

    rights: ClassVar[Rights] = {"POST": Right.SEE_CRISIS}

    @extend_schema(request=EmergencyPreviewInput, responses=EmergencyPreviewSerializer)
    def post(self, request: Request, contact: UUID) -> Response:
        """Fill it with example facts, and say what is wrong with it. Nothing is kept."""
        entered = checked(EmergencyPreviewInput(data=request.data))
        row = _contact(member_of(request), contact)
        sheet = sheets.sheet_for(row, entered["language"])
        if "lines" in entered:
            sheet = sheets.SheetText(row, entered["language"], tuple(lines_of(entered["lines"])), own=True)
        whose = row.organisation
        facts = templates.example(
            whose.name, whose.timezone, language=sheet.language, at=clock.now(), exercise=entered["exercise"]
        )
        problems = [
            wire.TextProblemView(line=at, code=one.code, start=one.start, end=one.end, sentence=one.sentence)
            for at, line in enumerate(sheet.lines)
            for one in templates.check(line.text)
        ]
        filled = wire.filled_view(sheets.filled_sheet(sheet, facts))
        return Response(EmergencyPreviewSerializer(wire.EmergencySheetPreview(filled=filled, problems=problems)).data)


class PlaceList(APIView):
    """What texts of plans and sheets may name."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=TextPlaceSerializer(many=True), operation_id="text_places")
    def get(self, request: Request) -> Response:
        """Each place with its words and an example, in the reader's language."""
        whose, language = member_of(request).organisation, get_language() or "en"
        facts = templates.example(whose.name, whose.timezone, language=language, at=clock.now(), exercise=True)
        found = [
            wire.TextPlaceView(name=one, token=one.token, label=str(one.label), example=templates.said(one, facts))
            for one in templates.Place
        ]
        return Response(TextPlaceSerializer(found, many=True).data)


def _contact(member: Member, pk: UUID) -> EmergencyContact:
    return get_object_or_404(selectors.contacts(member), pk=pk)


def _answer(member: Member, pk: UUID, *, status: int = 200) -> Response:
    return Response(EmergencyContactSerializer(wire.contact_view(_contact(member, pk))).data, status=status)

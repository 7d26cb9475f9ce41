"""The API's doors to people who can be reached."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc.api import checked
from soc.people.directory import languages, selectors, services, verification
from soc.people.directory.filters import PersonFilter
from soc.people.directory.models import ContactWay, Person
from soc.people.directory.serializers import (
    CodeEntry,
    LanguageSerializer,
    PersonChange,
    PersonInput,
    PersonSerializer,
    PersonVersion,
    WaySerializer,
    way_entries,
)
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right


class PersonList(generics.ListAPIView[Person]):
    """Who can be reached; add to it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_DIRECTORY, "POST": Right.MANAGE_DIRECTORY}
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    queryset = Person.objects.none()

    @override
    def get_queryset(self) -> Any:
        found = selectors.people(member_of(self.request))
        # Who was removed is shown only to who asks.
        return found if "removed" in self.request.query_params else found.filter(removed_at=None)

    @extend_schema(request=PersonInput, responses={201: PersonSerializer})
    def post(self, request: Request) -> Response:
        """Add somebody without an account."""
        person = services.add_person(member_of(request), _entry(checked(PersonInput(data=request.data))))
        return _written(request, person, 201)


class PersonDoor(generics.RetrieveAPIView[Person]):
    """One person."""

    rights: ClassVar[Rights] = {
        "GET": Right.SEE_DIRECTORY,
        "PATCH": Right.MANAGE_DIRECTORY,
        "DELETE": Right.MANAGE_DIRECTORY,
    }
    serializer_class = PersonSerializer
    queryset = Person.objects.none()

    @override
    def get_queryset(self) -> Any:
        right = Right.SEE_DIRECTORY if self.request.method == "GET" else Right.MANAGE_DIRECTORY
        return selectors.people(member_of(self.request), right)

    @extend_schema(request=PersonChange, responses=PersonSerializer)
    def patch(self, request: Request, **_: str) -> Response:
        """Change a person; 409 when a colleague was first."""
        person = self.get_object()
        entered = checked(PersonChange(data=request.data))
        version = entered.pop("version")
        return _written(
            request, services.change_person(member_of(request), person, _entry(entered), version=version)
        )  # fmt: skip

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Tell the person nothing any more. The row stays for what refers to it, and can be taken back."""
        services.remove_person(member_of(request), self.get_object())
        return Response(status=204)


class RestoreDoor(APIView):
    """A person who was removed."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}

    @extend_schema(request=PersonVersion, responses=PersonSerializer, operation_id="people_restore")
    def post(self, request: Request, pk: UUID) -> Response:
        """Take the person back."""
        person = _managed(request, pk)
        version = checked(PersonVersion(data=request.data))["version"]
        return _written(request, services.restore_person(member_of(request), person, version=version))


class EraseDoor(APIView):
    """A person who wants to be forgotten."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}

    @extend_schema(request=PersonVersion, responses=PersonSerializer, operation_id="people_erase")
    def post(self, request: Request, pk: UUID) -> Response:
        """Forget who it was, for good, here and in the journal."""
        person = _managed(request, pk)
        version = checked(PersonVersion(data=request.data))["version"]
        return _written(request, services.erase_person(member_of(request), person, version=version))


class WayCodeDoor(APIView):
    """A code for somebody's number or address."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}

    @extend_schema(request=None, responses={204: None}, operation_id="people_ways_code")
    def post(self, request: Request, pk: UUID, way: UUID) -> Response:
        """Send a code there."""
        verification.ask_verification(member_of(request), _way(request, pk, way))
        return Response(status=204)


class WayConfirmationDoor(APIView):
    """The code that was sent to somebody's number or address."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}

    @extend_schema(request=CodeEntry, responses=WaySerializer, operation_id="people_ways_confirmation")
    def post(self, request: Request, pk: UUID, way: UUID) -> Response:
        """Verify the way."""
        found = _way(request, pk, way)
        code = checked(CodeEntry(data=request.data))["code"]
        return Response(WaySerializer(verification.confirm(member_of(request), found, code)).data)


class LanguageList(APIView):
    """The languages that people can be written to in."""

    rights: ClassVar[Rights] = {"GET": Right.SIGNED_IN}

    @extend_schema(responses=LanguageSerializer(many=True), operation_id="people_languages")
    def get(self, _request: Request) -> Response:
        """Code and own name of each."""
        rows = [{"code": code, "name": name} for code, name in languages.LANGUAGES.items()]
        return Response(LanguageSerializer(rows, many=True).data)


def _entry(entered: dict[str, Any]) -> services.PersonEntry:
    if "ways" in entered:
        entered["ways"] = way_entries(entered["ways"])
    return cast("services.PersonEntry", entered)


def _managed(request: Request, pk: UUID) -> Person:
    return get_object_or_404(selectors.people(member_of(request), Right.MANAGE_DIRECTORY), pk=pk)


def _way(request: Request, pk: UUID, way: UUID) -> ContactWay:
    member = member_of(request)
    found: ContactWay = get_object_or_404(selectors.ways(member, Right.MANAGE_DIRECTORY), pk=way, person=pk)
    services.must_manage(member, found.person.site_id)
    return found


def _written(request: Request, person: Person, status: int = 200) -> Response:
    found = selectors.people(member_of(request), Right.MANAGE_DIRECTORY).get(pk=person.pk)
    return Response(PersonSerializer(found).data, status=status)

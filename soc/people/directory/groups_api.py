"""The API's doors to profiles and lists of people."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from soc.api import checked
from soc.people.directory import groups, selectors
from soc.people.directory.models import PersonList, Profile
from soc.people.directory.serializers import (
    GroupChange,
    GroupDelete,
    GroupInput,
    GroupPeople,
    GroupPut,
    PersonListSerializer,
    ProfileSerializer,
)
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right

_WITH_PEOPLE = OpenApiParameter("with_people", bool, description="Delete it although people have it.")


class ProfileList(generics.ListAPIView[Profile]):
    """What people are to the organisation; add to it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_DIRECTORY, "POST": Right.MANAGE_DIRECTORY}
    serializer_class = ProfileSerializer
    queryset = Profile.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.profiles(member_of(self.request))

    @extend_schema(request=GroupInput, responses={201: ProfileSerializer})
    def post(self, request: Request) -> Response:
        """Add a profile."""
        made = groups.add_profile(member_of(request), checked(GroupInput(data=request.data))["name"])
        return Response(ProfileSerializer(self.get_queryset().get(pk=made.pk)).data, status=201)


class ProfileDoor(generics.GenericAPIView[Profile]):
    """One profile."""

    rights: ClassVar[Rights] = {"PATCH": Right.MANAGE_DIRECTORY, "DELETE": Right.MANAGE_DIRECTORY}
    serializer_class = ProfileSerializer
    queryset = Profile.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.profiles(member_of(self.request), Right.MANAGE_DIRECTORY)

    @extend_schema(request=GroupChange, responses=ProfileSerializer)
    def patch(self, request: Request, **_: str) -> Response:
        """Rename it; 409 when a colleague was first."""
        profile = self.get_object()
        groups.rename(member_of(request), profile, **checked(GroupChange(data=request.data)))
        return Response(ProfileSerializer(self.get_object()).data)

    @extend_schema(request=None, parameters=[_WITH_PEOPLE], responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Delete it; 409 when people have it, unless `with_people` is said. The people stay."""
        groups.delete(member_of(request), self.get_object(), **checked(GroupDelete(data=request.query_params)))
        return Response(status=204)


class ProfilePeople(generics.GenericAPIView[Profile]):
    """Who has a profile: `people/?profile=` lists them."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}
    queryset = Profile.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.profiles(member_of(self.request), Right.MANAGE_DIRECTORY)

    @extend_schema(request=GroupPeople, responses=GroupPut)
    def post(self, request: Request, **_: str) -> Response:
        """Give it to people, or take it from them."""
        return _put(request, self.get_object())


class PersonListList(generics.ListAPIView[PersonList]):
    """The lists of people; add to them."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_DIRECTORY, "POST": Right.MANAGE_DIRECTORY}
    serializer_class = PersonListSerializer
    queryset = PersonList.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.lists(member_of(self.request))

    @extend_schema(request=GroupInput, responses={201: PersonListSerializer})
    def post(self, request: Request) -> Response:
        """Add a list."""
        made = groups.add_list(member_of(request), checked(GroupInput(data=request.data))["name"])
        return Response(PersonListSerializer(self.get_queryset().get(pk=made.pk)).data, status=201)


class PersonListDoor(generics.GenericAPIView[PersonList]):
    """One list."""

    rights: ClassVar[Rights] = {"PATCH": Right.MANAGE_DIRECTORY, "DELETE": Right.MANAGE_DIRECTORY}
    serializer_class = PersonListSerializer
    queryset = PersonList.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.lists(member_of(self.request), Right.MANAGE_DIRECTORY)

    @extend_schema(request=GroupChange, responses=PersonListSerializer)
    def patch(self, request: Request, **_: str) -> Response:
        """Rename it; 409 when a colleague was first."""
        found = self.get_object()
        groups.rename(member_of(request), found, **checked(GroupChange(data=request.data)))
        return Response(PersonListSerializer(self.get_object()).data)

    @extend_schema(request=None, parameters=[_WITH_PEOPLE], responses={204: None})
    def delete(self, request: Request, **_: str) -> Response:
        """Delete it; 409 when people are on it, unless `with_people` is said. The people stay."""
        groups.delete(member_of(request), self.get_object(), **checked(GroupDelete(data=request.query_params)))
        return Response(status=204)


class PersonListPeople(generics.GenericAPIView[PersonList]):
    """Who is on a list: `people/?list=` lists them."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}
    queryset = PersonList.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.lists(member_of(self.request), Right.MANAGE_DIRECTORY)

    @extend_schema(request=GroupPeople, responses=GroupPut)
    def post(self, request: Request, **_: str) -> Response:
        """Put people on it, or take them off."""
        return _put(request, self.get_object())


def _put(request: Request, group: groups.Group) -> Response:
    entered = checked(GroupPeople(data=request.data))
    changed = groups.put_people(member_of(request), group, entered["people"], on=entered["on"])
    return Response(GroupPut({"changed": changed}).data)

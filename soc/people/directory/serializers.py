"""How people who can be reached are written in the API, and what may be entered about them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from soc.people.directory import phones
from soc.people.directory.groups import MOST_PEOPLE
from soc.people.directory.models import ContactWay, Person, PersonList, Profile, WayKind
from soc.people.directory.ways import WayEntry
from soc.people.serializers import Strict

_MOST_GROUPS = 100


class WaySerializer(serializers.ModelSerializer[ContactWay]):
    """A number or address."""

    written = serializers.SerializerMethodField(help_text="As people write it.")

    class Meta:
        model = ContactWay
        fields = ("id", "kind", "address", "written", "sms", "voice", "verified_at", "stopped_at")

    def get_written(self, way: ContactWay) -> str:
        """A number with its spaces; an address as it is."""
        return phones.written(way.address) if way.kind == WayKind.PHONE else way.address


class GroupName(serializers.Serializer[Any]):
    """A profile or list that a person has."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class PersonAccount(serializers.Serializer[Any]):
    """The account of a person."""

    id = serializers.UUIDField()
    is_active = serializers.BooleanField(help_text="Whether the app reaches the person.")


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Somebody who can be reached. Of who was erased the name is empty."""

    site = serializers.UUIDField(source="site_id", allow_null=True)
    site_name = serializers.CharField(source="site.name", default="")
    account = PersonAccount(source="member", allow_null=True)
    ways = WaySerializer(many=True)
    profiles = GroupName(many=True)
    lists = GroupName(many=True)

    class Meta:
        model = Person
        fields = (
            "id",
            "display_name",
            "language",
            "site",
            "site_name",
            "inside",
            "latitude",
            "longitude",
            "account",
            "ways",
            "profiles",
            "lists",
            "removed_at",
            "erased_at",
            "version",
        )


class WayInput(Strict):
    """A way as it is entered."""

    kind = serializers.ChoiceField(choices=WayKind.choices)
    address = serializers.CharField(max_length=254, help_text="A number as people write it, or an e-mail address.")
    sms = serializers.BooleanField(
        required=False, allow_null=True, help_text="Of a phone: it receives SMS; left out: as its kind of number lets expect."
    )  # fmt: skip
    voice = serializers.BooleanField(default=True, help_text="Of a phone: it can be called.")


def way_entries(entered: list[dict[str, Any]]) -> list[WayEntry]:
    """Validated `WayInput`s as the services take them."""
    return [WayEntry(WayKind(one["kind"]), one["address"], one.get("sms"), one["voice"]) for one in entered]


class PersonInput(Strict):
    """What is entered about a person. Ways, profiles and lists replace those that there were."""

    display_name = serializers.CharField(max_length=150)
    language = serializers.CharField(max_length=35, required=False, help_text="See people/languages/.")
    site = serializers.UUIDField(allow_null=True, required=False)
    inside = serializers.BooleanField(required=False)
    latitude = serializers.FloatField(min_value=-90, max_value=90, allow_null=True, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, allow_null=True, required=False)
    ways = WayInput(many=True, required=False)
    profiles = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=_MOST_GROUPS)
    lists = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=_MOST_GROUPS)


class PersonChange(PersonInput):
    """What changes about a person, and the version that was seen."""

    display_name = serializers.CharField(max_length=150, required=False)
    version = serializers.IntegerField(min_value=1)


class PersonVersion(Strict):
    """The version of the person that was seen."""

    version = serializers.IntegerField(min_value=1)


class CodeEntry(Strict):
    """The code that was sent."""

    code = serializers.CharField(max_length=20)


class OwnReach(serializers.Serializer[Any]):
    """How the member who asks is reached."""

    language = serializers.CharField()
    ways = WaySerializer(many=True)
    removed_at = serializers.DateTimeField(allow_null=True, help_text="Since when the member is told nothing.")
    version = serializers.IntegerField()


class OwnReachChange(Strict):
    """What changes about it, and the version that was seen. Ways replace those that there were."""

    language = serializers.CharField(max_length=35, required=False)
    ways = WayInput(many=True, required=False)
    version = serializers.IntegerField(min_value=1)


class LanguageSerializer(serializers.Serializer[Any]):
    """A language that people can be written to in."""

    code = serializers.CharField()
    name = serializers.CharField(help_text="Its own name.")


class ProfileSerializer(serializers.ModelSerializer[Profile]):
    """What people are to the organisation."""

    count = serializers.IntegerField(help_text="How many people, of those that the reader sees.")

    class Meta:
        model = Profile
        fields = ("id", "name", "count", "version")


class PersonListSerializer(serializers.ModelSerializer[PersonList]):
    """People put together by hand."""

    count = serializers.IntegerField(help_text="How many people, of those that the reader sees.")

    class Meta:
        model = PersonList
        fields = ("id", "name", "count", "version")


class GroupInput(Strict):
    """What a profile or list is called."""

    name = serializers.CharField(max_length=80)


class GroupChange(GroupInput):
    """What it is called from now on, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)


class GroupDelete(serializers.Serializer[Any]):
    """Whether it is deleted although people have it."""

    with_people = serializers.BooleanField(default=False)


class GroupPeople(Strict):
    """Who is put on it, or taken off."""

    people = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=MOST_PEOPLE)
    on = serializers.BooleanField(help_text="True: put on; false: taken off.")


class GroupPut(serializers.Serializer[Any]):
    """For how many people that changed something."""

    changed = serializers.IntegerField()

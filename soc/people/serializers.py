"""How people are written in the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from soc.people.models import ApiToken, Member, Organisation, Site
from soc.people.rights import Right, Role
from soc.people.services import Grant
from soc.people.tokens import LONGEST


class Strict(serializers.Serializer[Any]):
    """Refuses what it does not know, so that a misspelt field is told, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the field names, then the fields."""
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({str(name): [_("There is no such field.")] for name in unknown})
        return super().to_internal_value(data)


class GrantSerializer(Strict):
    """A role at one site or, with `site` null, at all sites."""

    role = serializers.ChoiceField(choices=Role.choices)
    site = serializers.UUIDField(allow_null=True, default=None, source="site_id")


def grant_of(entered: dict[str, Any]) -> Grant:
    """One validated `GrantSerializer` as the services take it."""
    return Grant(Role(entered["role"]), entered["site_id"])


class SiteSerializer(serializers.ModelSerializer[Site]):
    """A site."""

    class Meta:
        model = Site
        fields = ("id", "name", "address", "latitude", "longitude", "version")


class SiteInput(Strict):
    """What is entered about a site. Its position is optional: without one it is not on the map."""

    name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=255, allow_blank=True, required=False)
    latitude = serializers.FloatField(min_value=-90, max_value=90, allow_null=True, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, allow_null=True, required=False)


class SiteChange(SiteInput):
    """What changes about a site; with `version`, the version that was seen, a colleague's change is not overwritten."""

    version = serializers.IntegerField(required=False, min_value=1)


class MemberSerializer(serializers.ModelSerializer[Member]):
    """A member with the roles held."""

    grants = GrantSerializer(many=True, read_only=True)

    class Meta:
        model = Member
        fields = ("id", "name", "display_name", "language", "is_active", "grants")


class NewMember(Strict):
    """What is entered about a new member."""

    name = serializers.CharField(max_length=150)
    display_name = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    grants = GrantSerializer(many=True, required=False)


class MemberChange(Strict):
    """What may be changed about a member; `grants` replaces all grants."""

    display_name = serializers.CharField(max_length=150, required=False)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    is_active = serializers.BooleanField(required=False)
    grants = GrantSerializer(many=True, required=False)


class ProfileChange(Strict):
    """What every member may change of the own account."""

    display_name = serializers.CharField(max_length=150, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


class PasswordChange(Strict):
    """The present password and the one that replaces it."""

    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    new_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class Credentials(Strict):
    """A name and a password."""

    name = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class HeldRight(serializers.Serializer[Any]):
    """A right and where it is held: at these sites, or everywhere (null)."""

    right = serializers.ChoiceField(choices=[(right.value, right.value) for right in Right])
    sites = serializers.ListField(child=serializers.UUIDField(), allow_null=True)


class Me(serializers.Serializer[Any]):
    """The member who is signed in."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    display_name = serializers.CharField()
    language = serializers.CharField()
    rights = HeldRight(many=True)


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """The organisation of who is signed in."""

    class Meta:
        model = Organisation
        fields = ("id", "name", "timezone", "language")


class SessionView(serializers.Serializer[Any]):
    """Who is signed in; `member` and `organisation` are null when nobody is."""

    csrf_token = serializers.CharField()
    member = Me(allow_null=True)
    organisation = OrganisationSerializer(allow_null=True)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token for a program, without its text."""

    class Meta:
        model = ApiToken
        fields = ("id", "name", "created_at", "expires_at", "revoked_at")


class TokenInput(Strict):
    """What a new token is for, and for how long."""

    name = serializers.CharField(max_length=120)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST.days, default=90)


class NewTokenSerializer(serializers.Serializer[Any]):
    """A new token with its text, which is shown this once."""

    token = TokenSerializer()
    text = serializers.CharField()

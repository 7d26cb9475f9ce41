"""How people are written in the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from soc.people.models import (
    ApiToken,
    Contrast,
    Density,
    Invitation,
    Member,
    MemberSession,
    Organisation,
    Passkey,
    Site,
    Theme,
)
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
        fields = ("id", "name", "display_name", "email", "language", "is_active", "last_seen_on", "grants")


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
    email = serializers.EmailField(allow_blank=True, required=False)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    is_active = serializers.BooleanField(required=False)
    grants = GrantSerializer(many=True, required=False)


class ProfileChange(Strict):
    """What every member may change of the own account."""

    display_name = serializers.CharField(max_length=150, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = serializers.ChoiceField(choices=Theme.choices, required=False)
    contrast = serializers.ChoiceField(choices=Contrast.choices, required=False)
    density = serializers.ChoiceField(choices=Density.choices, required=False)
    sounds = serializers.BooleanField(required=False)
    volume = serializers.IntegerField(min_value=0, max_value=100, required=False)
    first_steps_left = serializers.BooleanField(required=False)


class PasswordChange(Strict):
    """The present password (empty where there is none yet) and the one that replaces it."""

    password = serializers.CharField(
        max_length=256, trim_whitespace=False, write_only=True, allow_blank=True, default=""
    )
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
    email = serializers.CharField()
    language = serializers.CharField()
    theme = serializers.ChoiceField(choices=Theme.choices)
    contrast = serializers.ChoiceField(choices=Contrast.choices)
    density = serializers.ChoiceField(choices=Density.choices)
    sounds = serializers.BooleanField()
    volume = serializers.IntegerField()
    first_steps_left = serializers.BooleanField()
    second_factor_needed = serializers.BooleanField(
        help_text="A role is held back until the member adds a passkey or codes."
    )
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
    second_steps = serializers.ListField(
        child=serializers.ChoiceField(choices=[("code", "code"), ("passkey", "passkey")]),
        help_text="The password was right, and one of these is asked next. Empty: nothing is.",
    )
    passkeys_refused = serializers.CharField(
        help_text="Why browsers offer no passkey at this address; empty when they do."
    )


class RoleSerializer(serializers.Serializer[Any]):
    """A role, and what it lets somebody do."""

    role = serializers.ChoiceField(choices=Role.choices)
    name = serializers.CharField()
    may = serializers.ListField(
        child=serializers.CharField(), help_text="What follows “may …”, in the reader's language."
    )
    second_factor = serializers.BooleanField(help_text="It counts only for members with a second factor.")


class SecondFactorRoles(Strict):
    """The roles that need a second factor."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=True)


class SessionSerializer(serializers.ModelSerializer[MemberSession]):
    """Where somebody is signed in: browser, network with its last part left out, and since when."""

    here = serializers.SerializerMethodField()

    class Meta:
        model = MemberSession
        fields = ("number", "begun_at", "seen_at", "user_agent", "network", "here")

    def get_here(self, session: MemberSession) -> bool:
        """Whether it is the session that asks."""
        return bool(session.number == self.context.get("here"))


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation, without its secret."""

    grants = GrantSerializer(many=True, read_only=True)
    invited_by = serializers.CharField(source="invited_by.display_name", default="", read_only=True)

    class Meta:
        model = Invitation
        fields = (
            "id",
            "display_name",
            "email",
            "language",
            "grants",
            "invited_by",
            "created_at",
            "expires_at",
            "accepted_at",
            "revoked_at",
        )


class InvitationInput(Strict):
    """Who is invited, to what."""

    display_name = serializers.CharField(max_length=150)
    email = serializers.EmailField(allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    grants = GrantSerializer(many=True)


class LinkMadeSerializer(serializers.Serializer[Any]):
    """A link to give to somebody, shown this once."""

    path = serializers.CharField(help_text="The page's path, with the secret behind a #.")
    mailed = serializers.BooleanField(help_text="It was sent by e-mail too.")


class NewInvitationSerializer(serializers.Serializer[Any]):
    """A new invitation with its link."""

    invitation = InvitationSerializer()
    link = LinkMadeSerializer()


class ResetInput(Strict):
    """What a link to sign in anew does."""

    second_factor = serializers.BooleanField(default=False, help_text="Also forget codes and passkeys from before.")


class LinkSecret(Strict):
    """The secret of a link."""

    secret = serializers.CharField(max_length=200)


class LinkView(serializers.Serializer[Any]):
    """What a link opens."""

    kind = serializers.ChoiceField(choices=[("invitation", "invitation"), ("reset", "reset")])
    organisation = serializers.CharField()
    name = serializers.CharField(help_text="What the member signs in with; empty for an invitation.")
    display_name = serializers.CharField()
    language = serializers.CharField()


class LinkPasskey(LinkSecret):
    """For whom the browser makes a passkey; empty where the account exists."""

    name = serializers.CharField(max_length=150, allow_blank=True, default="")
    display_name = serializers.CharField(max_length=150, allow_blank=True, default="")


class LinkUse(LinkPasskey):
    """What somebody chose: a password, or the passkey that the browser made."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    password = serializers.CharField(
        max_length=256, trim_whitespace=False, write_only=True, allow_blank=True, default=""
    )
    credential = serializers.JSONField(required=False, allow_null=True, default=None)


class PasskeySerializer(serializers.ModelSerializer[Passkey]):
    """A passkey, without its key."""

    class Meta:
        model = Passkey
        fields = ("id", "name", "host", "created_at", "used_on")


class PasskeyInput(Strict):
    """The passkey that the browser made, and what the member calls the device."""

    name = serializers.CharField(max_length=80)
    credential = serializers.JSONField()


class Proof(Strict):
    """Shows again who it is: by password or by passkey."""

    password = serializers.CharField(
        max_length=256, trim_whitespace=False, write_only=True, allow_blank=True, default=""
    )
    credential = serializers.JSONField(required=False, allow_null=True, default=None)


class CredentialAnswer(Strict):
    """What the browser answered to a challenge."""

    credential = serializers.JSONField()


class CodeInput(Strict):
    """A code from the phone, or one of those on paper."""

    code = serializers.CharField(max_length=40)


class CodeSetup(serializers.Serializer[Any]):
    """What a phone needs to make codes, shown this once."""

    secret = serializers.CharField()
    address = serializers.CharField()
    picture = serializers.CharField(help_text="The address as an SVG to point the phone at.")


class RecoveryCodes(serializers.Serializer[Any]):
    """Codes to print, shown this once; each is good once."""

    codes = serializers.ListField(child=serializers.CharField())


class Challenge(serializers.Serializer[Any]):
    """What the browser is asked for a passkey (WebAuthn's JSON)."""

    publicKey = serializers.DictField()  # noqa: N815  (WebAuthn's name)


class AccountChange(serializers.Serializer[Any]):
    """Something that was done to the ways into an account."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    words = serializers.CharField(help_text="What was done, in the reader's language.")
    by_other = serializers.BooleanField()


class WaysIn(serializers.Serializer[Any]):
    """How a member signs in."""

    has_password = serializers.BooleanField()
    passkeys = PasskeySerializer(many=True)
    codes_since = serializers.DateTimeField(allow_null=True)
    recovery_left = serializers.IntegerField()
    second_factor_demanded = serializers.BooleanField()
    changes = AccountChange(many=True)


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

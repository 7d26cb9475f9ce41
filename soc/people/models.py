"""Organisations, their sites, their members and what each member may do where."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from soc import clock
from soc.people.rights import Role


class Organisation(models.Model):
    """One customer of the installation. Nothing crosses from one to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    timezone = models.CharField(max_length=64, default="Europe/Paris")
    language = models.CharField(max_length=8, default="en")
    legal_frame = models.CharField(
        max_length=32, default="fr", help_text="Key of the legal frame, see detection.lawful."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place the organisation looks after: a building, a campus, a street."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=255, blank=True)
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north, WGS 84; empty: not on the map.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east, WGS 84; empty: not on the map.")
    scope_site: ClassVar = "id"
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="people_site_name_once"),
            # What composite foreign keys of other tables point to: a row names a site of its own organisation only.
            models.UniqueConstraint(fields=["organisation", "id"], name="people_site_in_organisation"),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="people_site_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SecondFactorRole(models.Model):
    """A role that counts only for members with a second factor: what the organisation demands (see `soc.people.scope`)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="second_factor_roles")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "role"], name="people_second_factor_role_once"),
        ]


class Theme(models.TextChoices):
    """How the pages look. The front end's tokens have one set for each."""

    SYSTEM = "system", _("As the system")
    DARK = "dark", _("Dark")
    LIGHT = "light", _("Light")


class Contrast(models.TextChoices):
    """How strongly words and lines stand out, in any theme."""

    NORMAL = "normal", _("Normal")
    MORE = "more", _("High contrast")


class Density(models.TextChoices):
    """How much of a list fits on a page."""

    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class MemberManager(BaseUserManager["Member"]):
    """Finds members by the name they sign in with."""

    @override
    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(**{f"{self.model.USERNAME_FIELD}__iexact": username})


class Member(AbstractBaseUser):
    """An account: one person in one organisation. Who works for two organisations has two accounts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=150, unique=True, help_text="What the member signs in with.")
    display_name = models.CharField(max_length=150)
    email = models.EmailField(blank=True, help_text="Where changes of the account are told; nobody signs in with it.")
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_seen_on = models.DateField(null=True, blank=True, help_text="The day alone: nobody's hours are kept.")
    # How the member likes the pages: kept here, so that it follows to another computer.
    theme = models.CharField(max_length=16, choices=Theme.choices, default=Theme.DARK)
    contrast = models.CharField(max_length=16, choices=Contrast.choices, default=Contrast.NORMAL)
    density = models.CharField(max_length=16, choices=Density.choices, default=Density.COMFORTABLE)
    sounds = models.BooleanField(default=False)
    volume = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(100)], help_text="0 to 100.")
    first_steps_left = models.BooleanField(
        default=False, help_text="The first steps are not shown by themselves again."
    )

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[MemberManager] = MemberManager()

    class Meta:
        ordering: ClassVar = ["display_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="people_member_in_organisation"),
            models.UniqueConstraint(Lower("name"), name="people_member_name_once"),
        ]

    def __str__(self) -> str:
        return self.display_name


class RoleGrant(models.Model):
    """A role that a member holds, at one site or, without a site, at all sites of the organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "role", "site"], name="people_grant_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.role} {self.site_id or 'everywhere'}"


class ApiToken(models.Model):
    """A program's way in: it acts as its member. Only the digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120, help_text="What it is for.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class MemberSession(AbstractBaseSession):
    """A session that knows whose it is, so that all of a member's can be ended at once (see soc.people.sessions).

    Its key is the secret of the browser's cookie, so lists name it by `number`.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="sessions")
    number = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now)
    user_agent = models.CharField(max_length=256, blank=True)
    network = models.CharField(max_length=43, blank=True, help_text="The address with its last part left out.")

    scope_organisation: ClassVar = "member__organisation_id"

    @classmethod
    @override
    def get_session_store_class(cls) -> type[SessionBase]:
        from soc.people.sessions import SessionStore

        return SessionStore


class SignInTry(models.Model):
    """A try to sign in that has not succeeded, kept for minutes so that guessing can be slowed down.

    In the database, not in the broker: it holds with the broker down, and for all web processes together.
    """

    key = models.CharField(
        max_length=64, help_text="Keyed digest of whose tries are counted: a name, an address, a device."
    )
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "at"])]


class Passkey(models.Model):
    """A key pair on a member's device: only its public half is kept. Asked for with the device's own check, it is two factors."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80, help_text="What the member calls the device.")
    credential = models.BinaryField(
        unique=True, editable=False, help_text="The credential's id, as the device names it."
    )
    attested = models.BinaryField(editable=False, help_text="The attested credential data: id, model, public key.")
    host = models.CharField(max_length=253, help_text="The relying party: the host name it was made for.")
    signatures = models.BigIntegerField(default=0, help_text="The device's counter; one that goes back was copied.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.name


class CodeSecret(models.Model):
    """The secret from which a member's phone makes codes (TOTP); it counts once it is confirmed by one of them."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="code_secret", primary_key=True)
    sealed = models.BinaryField(editable=False, help_text="Encrypted: soc.people.codes.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0, help_text="The time step of the last code: each is good once.")


class RecoveryCode(models.Model):
    """One of the codes on paper, for who lost the phone. Only the digest is kept; each is good once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "digest"], name="people_recovery_code_once"),
        ]


class Invitation(models.Model):
    """A link by which somebody who is invited makes the own account. Only the secret's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    display_name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="en")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="people_invitation_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.display_name


class InvitedRole(models.Model):
    """A role that comes with an invitation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invitation", "role", "site"], name="people_invited_role_once", nulls_distinct=False
            ),
        ]


class ResetLink(models.Model):
    """A link by which a member who cannot sign in chooses a new way in. Only the secret's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="reset_links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    second_factor = models.BooleanField(default=False, help_text="Also forgets codes, recovery codes and passkeys.")
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

"""Organisations, their sites, their members and what each member may do where."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
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
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

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
    """A session that knows whose it is, so that all of a member's can be ended at once (see soc.people.sessions)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="sessions")

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

"""People who can be reached, the ways to reach each, and the groups that plans address."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.models import Member, Organisation, Site

ACCENTS = r"[\u0300-\u036f]"
"""What stands on and under letters once they are taken apart."""


def _folded(field: str) -> Func:
    """A text without accents and case, reckoned by the database, so that rows from any statement have it."""
    apart = Func(F(field), template="normalize(%(expressions)s, NFKD)")
    bare = Func(apart, Value(ACCENTS), Value(""), Value("g"), function="regexp_replace")
    return Func(bare, function="lower", output_field=models.TextField())


class Person(models.Model):
    """Somebody who can be told something: a member, or somebody without an account, inside the organisation or outside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    display_name = models.CharField(max_length=150)
    language = models.CharField(max_length=8, default="en", help_text="In which messages are written to this person.")
    member = models.OneToOneField(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        help_text="The account, by which the app and push reach this person; empty: none.",
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: no site of theirs."
    )
    inside = models.BooleanField(default=True, help_text="Of the organisation; not: neighbours, authorities, families.")
    latitude = models.FloatField(
        null=True, blank=True, help_text="Degrees north, WGS 84: where the person lives or works."
    )
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east, WGS 84.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Who is removed is told nothing any more.")
    erased_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when nothing says who this was; also removed then."
    )
    folded_name = models.GeneratedField(
        expression=_folded("display_name"),
        output_field=models.TextField(),
        db_persist=True,
        help_text="By which people are sorted and found.",
    )
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["display_name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="directory_person_in_organisation"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="directory_person_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(removed_at__isnull=False), name="directory_erased_is_removed"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "display_name"], condition=Q(removed_at=None), name="directory_people"
            ),
            models.Index(fields=["organisation", "folded_name", "id"], name="directory_people_by_name"),
        ]

    def __str__(self) -> str:
        return gettext("erased person") if self.erased_at else self.display_name


class WayKind(models.TextChoices):
    """What kind of address a way has."""

    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")


class ContactWay(models.Model):
    """A number or address of a person. Phones are kept as E.164, addresses in lower case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="ways")
    kind = models.CharField(max_length=8, choices=WayKind.choices)
    address = models.CharField(max_length=254)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower ones are tried first.")
    sms = models.BooleanField(default=True, help_text="Of a phone: it receives SMS.")
    voice = models.BooleanField(default=True, help_text="Of a phone: it can be called.")
    verified_at = models.DateTimeField(null=True, blank=True, help_text="When a code sent there came back.")
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when its owner wants no SMS (STOP); it is still called."
    )

    scope_site: ClassVar = "person__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "address"], name="directory_way_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="directory_way_in_organisation"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "kind", "address"], name="directory_ways_by_address")]

    def __str__(self) -> str:
        return self.address


class Profile(models.Model):
    """What a person is to the organisation: staff, security, first aider, parent, … Plans address profiles."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="profiles")
    name = models.CharField(max_length=80)
    people: models.ManyToManyField[Person, PersonProfile] = models.ManyToManyField(
        Person, through="PersonProfile", related_name="profiles"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="directory_profile_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="directory_profile_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonProfile(models.Model):
    """That a person has a profile."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "person"], name="directory_profile_of_a_person_once"),
        ]


class PersonList(models.Model):
    """People put together by hand: a crisis cell, the parents of a class, the neighbours of a plant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="person_lists")
    name = models.CharField(max_length=80)
    people: models.ManyToManyField[Person, ListEntry] = models.ManyToManyField(
        Person, through="ListEntry", related_name="lists"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="directory_list_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="directory_list_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class ListEntry(models.Model):
    """That a person is on a list."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    list = models.ForeignKey(PersonList, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "person"], name="directory_on_a_list_once"),
        ]


class WayCode(models.Model):
    """A code that was sent to a way, to see that its owner reads it there. Only a keyed digest is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    way = models.OneToOneField(ContactWay, on_delete=models.CASCADE, related_name="code", primary_key=True)
    digest = models.CharField(max_length=64, editable=False)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, help_text="Wrong codes that were entered.")

    scope_site: ClassVar = "way__person__site_id"
    scope_unplaced: ClassVar = True


class StoppedNumber(models.Model):
    """A number whose owner wants no SMS, kept apart from people: it still holds when the number is entered again one day.

    Only a keyed digest is kept, so that it can outlive the erasure of who had the number.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "digest"], name="directory_number_stopped_once"),
        ]

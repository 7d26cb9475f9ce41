"""Schedules of who is on call: rotations in local time, and overrides."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Organisation, Site
from soc.people.on_call.turns import Every

LOWEST_LEVEL = 9
LONGEST_TURN = 366


class Schedule(models.Model):
    """Somebody is on call, at every hour or at some: what plans and rules address as "whoever is on call now"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="schedules")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: all sites."
    )
    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=64, help_text="On whose clock shifts begin and end.")
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(removed_at=None), name="on_call_schedule_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="on_call_schedule_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Rotation(models.Model):
    """A line of a schedule: people who take turns. What it says is in its terms, one after the other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="rotations")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "schedule__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["schedule", "name"], condition=Q(removed_at=None), name="on_call_rotation_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="on_call_rotation_in_organisation"),
            models.UniqueConstraint(fields=["schedule", "id"], name="on_call_rotation_in_schedule"),
        ]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    """In what the length of a turn is counted."""

    HOURLY = Every.HOURS.value, _("hours")
    DAILY = Every.DAYS.value, _("days")
    WEEKLY = Every.WEEKS.value, _("weeks")
    MONTHLY = Every.MONTHS.value, _("months")


class Terms(models.Model):
    """What a rotation says from one instant on. A change ends them and opens others, so that the past stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="terms")
    since = models.DateTimeField(help_text="From when the rotation says this: when it was entered.")
    until = models.DateTimeField(null=True, blank=True, help_text="Until when it did; empty: it still does.")
    level = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(LOWEST_LEVEL)], help_text="1 is called first."
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    length = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TURN)],
        help_text="Of a turn, in hours, days, weeks or months.",
    )
    starts_on = models.DateField(help_text="The day of the first handover, which begins the first turn.")
    handover = models.TimeField(help_text="At which time of day turns change, on the clock of `timezone`.")
    ends_on = models.DateField(
        null=True, blank=True, help_text="The day on which, at `handover`, it ends; empty: it goes on."
    )
    timezone = models.CharField(max_length=64, help_text="The schedule's when this was entered.")
    first = models.PositiveSmallIntegerField(default=0, help_text="The position of who has the first turn.")
    hours = models.JSONField(
        default=list, blank=True, help_text="When it counts, see `soc.people.on_call.hours`; empty: always."
    )

    scope_site: ClassVar = "rotation__schedule__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="on_call_terms_in_organisation"),
            models.UniqueConstraint(
                fields=["rotation"], condition=Q(until=None), name="on_call_one_rotation_says_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="on_call_terms_end_after_they_begin"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="on_call_rotation_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(length__range=(1, LONGEST_TURN), level__range=(1, LOWEST_LEVEL)),
                name="on_call_length_and_level",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="on_call_kind"),
        ]


class Participant(models.Model):
    """Somebody who takes turns. The same person may come several times. The database refuses terms without anybody."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, on_delete=models.CASCADE, related_name="places")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    scope_site: ClassVar = "terms__rotation__schedule__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["terms", "position"], name="on_call_position_once"),
        ]


class Override(models.Model):
    """Somebody takes a period, in the place of a rotation, of a person, or in addition. See `soc.people.on_call.rota`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="overrides")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Not included.")
    rotation = models.ForeignKey(
        Rotation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="In whose place."
    )
    replaces = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="In whose place, in every rotation. Without a rotation or a person: in addition.",
    )
    level = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LOWEST_LEVEL)],
        help_text="Of who is on call in addition.",
    )
    reason = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(
        default=clock.now, editable=False, help_text="Those entered later act on what those before left."
    )
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "schedule__site_id"
    scope_unplaced: ClassVar = True
    named_by: ClassVar = "person"

    class Meta:
        ordering: ClassVar = ["starts_at", "entered_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="on_call_override_in_organisation"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="on_call_override_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(rotation=None) | Q(replaces=None), name="on_call_override_takes_one_place"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("person")), name="on_call_override_by_somebody_else"
            ),
            models.CheckConstraint(condition=Q(level__range=(1, LOWEST_LEVEL)), name="on_call_override_level"),
        ]
        indexes: ClassVar = [models.Index(fields=["schedule", "ends_at"], name="on_call_overrides")]

    def __str__(self) -> str:
        return self.person.display_name

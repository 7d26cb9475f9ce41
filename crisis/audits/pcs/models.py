"""What a communal safeguard plan holds. Who is vulnerable lies encrypted, and is shown to few (`vulnerable`)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member, Organisation, Site


class SafeguardPlan(models.Model):
    """The plan of a town: its site. All of its lists are changed together, under its version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    adopted_on = models.DateField(null=True, blank=True, help_text="The day of the mayor's order.")
    order_number = models.CharField(max_length=80, blank=True, help_text="Of the mayor's order.")
    command_post = models.CharField(max_length=255, blank=True, help_text="Where the command post is set up.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="pcs_plan_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class _Part(models.Model):
    """A row of one of the plan's lists."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "id"]


class Director(_Part):
    """Who directs the rescue (DOS): position 0; and who deputises, in this order."""

    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="directors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(max_length=120, blank=True, help_text="Mayor, first deputy, …")

    class Meta(_Part.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "person"], name="pcs_director_once"),
        ]


class CommandCell(_Part):
    """A cell of the command post: what it does."""

    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="cells")
    name = models.CharField(max_length=120)
    mission = models.TextField(blank=True)

    class Meta(_Part.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="pcs_cell_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class CellPost(_Part):
    """Somebody's role in a cell."""

    cell = models.ForeignKey(CommandCell, on_delete=models.CASCADE, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=120, blank=True)

    scope_site: ClassVar = "cell__plan__site_id"

    class Meta(_Part.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["cell", "person"], name="pcs_post_once")]


class ReflexSheet(_Part):
    """What is done first when something happens, on one sheet."""

    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="sheets")
    title = models.CharField(max_length=120)
    code = models.CharField(max_length=32, blank=True, help_text="Of the catalogue's risk that it answers; empty: any.")
    text = models.TextField()

    class Meta(_Part.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.title


class Shelter(_Part):
    """A place where people are taken in."""

    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="shelters")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=255, blank=True)
    capacity = models.PositiveIntegerField(help_text="People that can sleep there.")
    contact = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who opens it."
    )
    notes = models.TextField(blank=True)

    class Meta(_Part.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name


class Volunteer(_Part):
    """Somebody who helps: the communal reserve."""

    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="volunteers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    skills = models.CharField(max_length=255, blank=True)

    class Meta(_Part.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "person"], name="pcs_volunteer_once")]


class VulnerablePerson(models.Model):
    """Somebody who is looked after first: who, where, what is needed; nothing of it is readable in the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="vulnerable")
    sealed = models.BinaryField(editable=False, help_text="Encrypted with VIGIE_CREDENTIAL_KEY.")
    added_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        ordering: ClassVar = ["added_at", "id"]

    def __str__(self) -> str:
        """When it was added: who it is about stands in no log."""
        return f"{localtime(self.added_at):%Y-%m-%d %H:%M}"


class ExerciseKind(models.TextChoices):
    """How far an exercise goes."""

    TABLE = "table", _("at the table")
    PARTIAL = "partial", _("partial, in the field")
    FULL = "full", _("full, in the field")


class PcsExercise(models.Model):
    """An exercise of the plan that was held: at least one in five years."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(SafeguardPlan, on_delete=models.CASCADE, related_name="exercises")
    held_on = models.DateField()
    kind = models.CharField(max_length=8, choices=ExerciseKind.choices)
    lessons = models.TextField(blank=True, help_text="What was learnt.")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", help_text="Who wrote it down.")

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        ordering: ClassVar = ["-held_on", "id"]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d}"

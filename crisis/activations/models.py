"""A plan under way: its snapshot, its people, its steps as rows, what was said and done."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from alerts.channels.base import AnswerKind
from alerts.deliveries.models import Answer, Message
from alerts.logbook.models import LogbookEntry
from alerts.models import Alert
from crisis.activations.kinds import (
    SYSTEMS,
    ActivationState,
    Cause,
    EventKind,
    HelpState,
    StepState,
    TalkEnd,
    VerifiedHow,
)
from crisis.devices.models import ScriptRun
from crisis.plans.content import PlanContent
from crisis.plans.models import Plan, PlanVersion
from crisis.templates import Facts
from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member, Organisation, Site


class Numbering(models.Model):
    """The last number of an organisation's activations; its row is the lock."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last = models.PositiveIntegerField(default=0)


class Activation(models.Model):
    """A plan under way, or one that an agent is asked about. It runs on its own copy of the plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="activations")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ActivationState.choices)
    drill = models.BooleanField(default=False)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    cause_key = models.CharField(
        max_length=160,
        blank=True,
        help_text="Of what started it, so that the same cause starts it once; empty: a person.",
    )
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, blank=True, related_name="activations")
    document = models.JSONField(help_text="crisis.plans.content.PlanContent, as it was at the start.")
    kept_facts = models.JSONField(help_text="crisis.templates.Facts: what fills the texts.")
    asked_at = models.DateTimeField(default=clock.now)
    decide_by = models.DateTimeField(null=True, blank=True, help_text="When the countdown ends.")
    starts_when_silent = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Null: nobody, by itself."
    )
    director = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    deputy = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_how = models.CharField(max_length=16, choices=VerifiedHow.choices, blank=True)
    called_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When a person called about what a system had begun: that needs no verification.",
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When names, numbers and words were erased; figures stay."
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Counts decisions, so that two people deciding are told."
    )
    reference = models.CharField(max_length=24, help_text="What people see in every message of it, and answer with.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="activations_number_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_activation_in_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "plan", "cause_key"], condition=~Q(cause_key=""), name="activations_cause_once"
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None, verified_how="")
                | Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(verified_how=""),
                name="activations_verified_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["decide_by"], condition=Q(state="asking"), name="activations_to_decide"),
            models.Index(fields=["organisation"], condition=Q(state="running"), name="activations_running"),
            models.Index(fields=["organisation", "ended_at"], condition=Q(erased_at=None), name="activations_to_erase"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def content(self) -> PlanContent:
        """The plan it runs on, in its types."""
        return PlanContent.model_validate(self.document)

    @property
    def facts(self) -> Facts:
        """What fills its texts."""
        return Facts.read(self.kept_facts)

    @property
    def needs_verification(self) -> bool:
        """Doors and emergency services wait for an agent's recorded word: no person has called."""
        return self.cause in SYSTEMS and self.verified_at is None and self.called_at is None


class Participant(models.Model):
    """A person as the plan found them, with how they answered. What changes in the directory meanwhile changes nothing here."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=8)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    inside = models.BooleanField()
    sms = models.CharField(max_length=254, blank=True, help_text="The number that SMS go to; empty: none, or STOP.")
    voice = models.CharField(max_length=254, blank=True)
    email = models.CharField(max_length=254, blank=True)
    answer = models.CharField(max_length=8, choices=AnswerKind.choices, blank=True, help_text="The last one.")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the first one came.")
    answer_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activation", "person"], name="activations_person_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_participant_in_organisation"),
        ]
        indexes: ClassVar = [models.Index(fields=["activation", "answer"], name="activations_by_answer")]

    def __str__(self) -> str:
        return self.name


class StepRun(models.Model):
    """A step of the plan in this activation. All its state is this row's, so that it survives any restart."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    document = models.JSONField(help_text="One of crisis.plans.content.AnyStep: the plan's, or one that was added.")
    added = models.BooleanField(default=False, help_text="Not the plan's: a further message, the stand-down.")
    apart = models.BooleanField(
        default=False, help_text="Nobody is of the plan by it: it tells who helps, or that it is over."
    )
    state = models.CharField(max_length=12, choices=StepState.choices, default=StepState.WAITING)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Null: the step it comes after has not begun.")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    forced_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who let it go by hand."
    )
    reason = models.CharField(max_length=48, blank=True, help_text="Why it is where it is, a code.")
    fell_back = models.BooleanField(
        default=False, help_text="Nobody was in its audience: who directs was told instead."
    )
    script = models.JSONField(
        null=True, help_text="Of a step that moves things: the script's document, as it was at the start."
    )
    script_run = models.ForeignKey(ScriptRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activation", "key"], name="activations_step_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_step_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="activations_steps_due"),
        ]

    def __str__(self) -> str:
        return self.key


class StepPerson(models.Model):
    """That a participant is in a step's audience."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    step = models.ForeignKey(StepRun, on_delete=models.PROTECT, related_name="people")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the first answer to this step came.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "participant"], name="activations_step_person_once"),
        ]


class Telling(models.Model):
    """One way of one message on its way to its people, in chunks: the cursor moves in the transaction that owes a chunk."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="tellings")
    step = models.ForeignKey(StepRun, on_delete=models.PROTECT, related_name="tellings")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField(default=0)
    to_all = models.BooleanField(help_text="Also who has answered already.")
    due_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0, help_text="The last participant's number that was done.")
    done_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "channel", "round"], name="activations_telling_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None), name="activations_tellings_due")
        ]


class Instruction(models.Model):
    """What is shown and spoken on every screen that is connected at the site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="instructions")
    step = models.ForeignKey(StepRun, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.JSONField(help_text="Language code to what is said, filled in.")
    recordings = models.JSONField(default=dict, help_text="Language code to the recording that is played instead.")
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    again_at = models.DateTimeField(null=True, blank=True, help_text="When it is spoken again.")
    again_every_s = models.PositiveIntegerField(default=0)
    times_left = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        ordering: ClassVar = ["-given_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_instruction_in_organisation"),
        ]


class Talk(models.Model):
    """That somebody speaks, or spoke, live to everyone connected at the site. Of the sound nothing is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="talks")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(help_text="When it ends at the latest.")
    closed_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=8, choices=TalkEnd.choices, blank=True)

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_talk_in_organisation"),
            models.UniqueConstraint(
                fields=["activation"], condition=Q(closed_at=None), name="activations_one_speaks_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=Q(closed_at=None), name="activations_talks_open"),
        ]


class HelpCall(models.Model):
    """A person needs help. Each further call of the same person is linked to it and raises it; none is swallowed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="help_calls")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="help_calls")
    state = models.CharField(max_length=8, choices=HelpState.choices, default=HelpState.OPEN)
    place = models.CharField(max_length=255, blank=True)
    called_at = models.DateTimeField()
    again_at = models.DateTimeField(help_text="When it was called for last.")
    calls = models.PositiveIntegerField(default=1)
    taken_by = models.CharField(max_length=150, blank=True, help_text="Who goes, as the agent wrote it.")
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        ordering: ClassVar = ["again_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant"], condition=~Q(state="closed"), name="activations_one_call_a_person"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_help_in_organisation"),
        ]


class HelpAnswer(models.Model):
    """An answer that called for help, with the call it belongs to."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(HelpCall, on_delete=models.PROTECT, related_name="answers")
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="+")


class TaskDone(models.Model):
    """That a line of the checklist was done."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    step = models.OneToOneField(StepRun, on_delete=models.PROTECT, related_name="done")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=255, blank=True)


class ActivationEvent(models.Model):
    """One line of what happened, in the transaction in which it did. Never changed (migration 0002)."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    step = models.ForeignKey(StepRun, on_delete=models.PROTECT, null=True, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, related_name="+")
    details = models.JSONField(default=dict, help_text="Numbers and codes; words of people are in the logbook.")
    entry = models.ForeignKey(LogbookEntry, on_delete=models.PROTECT, null=True, related_name="+")

    scope_site: ClassVar = "activation__site_id"

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["activation", "id"], name="activations_events")]


class Stir(models.Model):
    """Something of an activation changed: pages are told once a second, however much that is. Rows are only added and taken."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    activation = models.ForeignKey(Activation, on_delete=models.CASCADE, related_name="+")


class StartIntent(models.Model):
    """The first of the two gestures by which somebody starts a plan: it names what is about to happen, and lasts for seconds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    activation = models.ForeignKey(
        Activation,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="The one that asks; null: a new one.",
    )
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, related_name="+")
    drill = models.BooleanField(default=False)
    chosen = models.JSONField(default=list, help_text="Of a drill: the people it is for; empty: all.")
    made_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, help_text="Of what was shown: the second gesture is about exactly that.")

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="activations_intent_in_organisation"),
        ]

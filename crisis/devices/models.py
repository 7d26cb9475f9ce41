"""What is kept of connected objects: brokers, devices with their last state, scripts, and runs whose steps are rows."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.devices.states import LOCKS, State, word_of
from soc import clock
from soc.people.models import Member, Organisation, Site


class Connection(models.Model):
    """An MQTT broker by which devices are reached, at one site or for all of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=1883)
    tls = models.BooleanField(default=False)
    authority = models.TextField(blank=True, help_text="PEM of who signed its certificate; empty: the usual ones.")
    credentials = models.BinaryField(null=True, blank=True, help_text="Sealed: `crisis.devices.secrets`.")
    listened_by = models.CharField(max_length=64, blank=True, help_text="The process that listens to its devices.")
    listened_until = models.DateTimeField(null=True, blank=True, help_text="Lease, on the database's clock.")
    up_since = models.DateTimeField(null=True, blank=True, help_text="Empty: not connected.")
    fault = models.CharField(max_length=32, blank=True, help_text="Why it is not connected: `drivers.base.Fault`.")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(removed_at=None), name="devices_connection_name_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="devices_connection_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceKind(models.TextChoices):
    """What a device is to people."""

    DOOR = "door", _("Door")
    GATE = "gate", _("Gate")
    LIGHT = "light", _("Lights")
    SIREN = "siren", _("Siren")
    SIGN = "sign", _("Sign")
    OTHER = "other", _("Other")


class Device(models.Model):
    """A connected object, and how it was last known to be. Its row stays when it is removed, for its actions' sake."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="devices")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=DeviceKind.choices)
    driver = models.CharField(max_length=16)
    address = models.CharField(max_length=500, blank=True, help_text="Of drivers without a connection: URL.")
    settings = models.JSONField(default=dict, help_text="As the driver's model describes them.")
    credentials = models.BinaryField(null=True, blank=True, help_text="Sealed: `crisis.devices.secrets`.")
    states = models.JSONField(help_text="A list of `crisis.devices.states.State`.")
    silent_after_min = models.PositiveSmallIntegerField(
        null=True, blank=True, default=15, help_text="Empty: it speaks only when something changes."
    )
    last_state = models.CharField(max_length=32, blank=True)
    last_state_at = models.DateTimeField(null=True, blank=True, help_text="When that was last known to be so.")
    last_seen_at = models.DateTimeField(null=True, blank=True, help_text="When it last spoke itself.")
    silent_since = models.DateTimeField(null=True, blank=True)
    last_asked = models.CharField(max_length=32, blank=True, help_text="The state it was last told to take.")
    last_asked_at = models.DateTimeField(null=True, blank=True)
    poll_at = models.DateTimeField(
        default=clock.now, help_text="When it is asked next, where it does not speak itself."
    )
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(removed_at=None), name="devices_device_name_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="devices_device_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def known_states(self) -> list[State]:
        """The states it can be told to take."""
        return [State.model_validate(kept) for kept in self.states]

    def knows(self, state: str) -> bool:
        """Whether it can be told to take this state."""
        return any(kept["key"] == state for kept in self.states)

    def secures_by(self, state: str) -> bool:
        """Whether taking this state locks somebody in or out: a closed door does, whatever else is entered."""
        if self.kind in (DeviceKind.DOOR, DeviceKind.GATE) and state in LOCKS:
            return True
        return any(kept["key"] == state and kept.get("secures", False) for kept in self.states)

    @property
    def secures(self) -> bool:
        """Whether it has such a state."""
        return any(self.secures_by(kept["key"]) for kept in self.states)

    def word(self, state: str) -> str:
        """What a state of it is called in the active language."""
        return word_of(state, self.states)

    def known_since(self, moment: dt.datetime) -> str | None:
        """Its state, if that was known to be so at or after `moment`."""
        if self.last_state_at is None or self.last_state_at < moment:
            return None
        return self.last_state or None


class Mode(models.TextChoices):
    """What happens when a script is started while it runs."""

    SINGLE = "single", _("the second start is refused")
    RESTART = "restart", _("the first run is stopped")
    QUEUED = "queued", _("the second waits its turn")


class Script(models.Model):
    """Actions that belong together, as a closed document: `crisis.devices.document`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: devices of any site."
    )
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.SINGLE)
    document = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(removed_at=None), name="devices_script_name_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="devices_script_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class RunState(models.TextChoices):
    """How a run stands."""

    QUEUED = "queued", _("waits its turn")
    RUNNING = "running", _("under way")
    ASKING = "asking", _("asks what to do")
    DONE = "done", _("done")
    FAILED = "failed", _("ended before its end")
    STOPPED = "stopped", _("stopped")


UNDER_WAY = (RunState.RUNNING, RunState.ASKING)
NOT_OVER = (RunState.QUEUED, *UNDER_WAY)


class EndReason(models.TextChoices):
    """Why a run ended where it did not simply come to its end."""

    NONE = "", ""
    STOP_STEP = "stop_step", _("the script says to stop there")
    BY_HAND = "by_hand", _("somebody stopped it")
    RESTARTED = "restarted", _("it was started anew")
    NOBODY_ANSWERED = "nobody_answered", _("it asked, and nobody answered in time")
    STEP_FAILED = "step_failed", _("a step failed, after which the script says to stop")


class ScriptRun(models.Model):
    """A script under way, on the document as it was at its start."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    script = models.ForeignKey(Script, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    name = models.CharField(max_length=120)
    script_version = models.PositiveIntegerField(null=True, blank=True)
    document = models.JSONField()
    asker = models.CharField(max_length=200, help_text="Opaque: who asks twice gets the same run.")
    exercise = models.BooleanField(default=False)
    really = models.BooleanField(default=False, help_text="An exercise that moves real devices.")
    verified = models.BooleanField(default=False, help_text="A person called, or the verification was recorded.")
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    reason = models.CharField(max_length=16, choices=EndReason.choices, blank=True)
    faults = models.PositiveIntegerField(default=0, help_text="Steps that did not do what they should.")
    asked_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When the engine looks at it next.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "asker"], name="devices_run_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="devices_run_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(ended_at=None), name="devices_runs_due"),
            models.Index(fields=["organisation", "-asked_at"], name="devices_runs_by_time"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def moves(self) -> bool:
        """Whether it moves real devices: an exercise only where that was said."""
        return not self.exercise or self.really


class StepState(models.TextChoices):
    """How a step of a run stands."""

    OPEN = "open", _("under way")
    ASKING = "asking", _("asks what to do")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("left out")
    STOPPED = "stopped", _("stopped")


class Outcome(models.TextChoices):
    """What became of a step, beyond its state."""

    NONE = "", ""
    CONFIRMED = "confirmed", _("the device says so")
    SENT = "sent", _("sent; the device cannot say")
    REHEARSED = "rehearsed", _("would have been done")
    REACHED = "reached", _("the state was reached")
    THEN = "then", _("the condition held")
    ELSE = "else", _("the condition did not hold")
    NOT_REACHED = "not_reached", _("the state was not reached in time")
    UNREADABLE = "unreadable", _("the device did not say how it is")
    NOT_CONFIRMED = "not_confirmed", _("sent, but the device does not say that it did it")
    LOST = "lost", _("nobody knows whether it was sent: the sender stopped meanwhile")
    NOT_DONE = "not_done", _("the device was not moved")


class StepRun(models.Model):
    """A step of a run: its open ones are the run's program counter. Each step of a document is entered once at most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ScriptRun, on_delete=models.PROTECT, related_name="steps")
    path = models.CharField(max_length=120, help_text="Where it stands in the document: `crisis.devices.paths`.")
    kind = models.CharField(max_length=8)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    wanted = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.OPEN)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    detail = models.CharField(max_length=32, blank=True, help_text="`drivers.base.Fault` of what failed.")
    entered_at = models.DateTimeField()
    since = models.DateTimeField(help_text="Only what is known of its device since then counts.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="The end of its wait, or of its time limit.")
    ended_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When its device is asked next how it is.")
    asked = models.PositiveSmallIntegerField(default=0, help_text="How many times it has asked what to do.")

    class Meta:
        ordering: ClassVar = ["entered_at", "path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "path"], name="devices_step_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="devices_step_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["read_at"], condition=Q(state="open"), name="devices_steps_to_read"),
        ]

    def __str__(self) -> str:
        return self.path


class ActionState(models.TextChoices):
    """How a device action stands."""

    PLANNED = "planned", _("planned")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    CONFIRMED = "confirmed", _("done, says the device")
    FAILED = "failed", _("not done")
    UNKNOWN = "unknown", _("nobody knows")
    DROPPED = "dropped", _("no longer wanted")
    REHEARSED = "rehearsed", _("would have been done")


class ActionRun(models.Model):
    """One device action, sent once at most: claimed, committed, sent, recorded. Only a human's decision makes a second."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ScriptRun, on_delete=models.PROTECT, related_name="actions")
    step = models.ForeignKey(StepRun, on_delete=models.PROTECT, related_name="actions")
    repetition = models.PositiveSmallIntegerField(default=0, help_text="How many times a human said: do it again.")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=ActionState.choices, default=ActionState.PLANNED)
    fault = models.CharField(max_length=32, blank=True, help_text="`drivers.base.Fault`.")
    planned_at = models.DateTimeField(default=clock.now)
    claim = models.UUIDField(null=True, blank=True, help_text="Fencing: only who holds it records what became of it.")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="On the database's clock.")
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["planned_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "repetition"], name="devices_action_once"),
            # Two actions never overtake each other on the way to one device.
            models.UniqueConstraint(fields=["device"], condition=Q(state="sending"), name="devices_one_send_at_a_time"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim__isnull=False, claimed_until__isnull=False),
                name="devices_sending_is_claimed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["planned_at"], condition=Q(state="planned"), name="devices_actions_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.wanted}"

"""What the states, kinds and reasons of an activation are called."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """What started it. After what a camera or another system says, doors and emergency services wait for an agent's word."""

    AGENT = "agent", _("an agent")
    ALERT = "alert", _("a camera's alert")
    PERSON = "person", _("a person's alert button")
    WEBHOOK = "webhook", _("another system")
    CALL = "call", _("a call or text with a code")
    CAP = "cap", _("a CAP message")
    DRILL = "drill", _("a drill")


SYSTEMS = (Cause.ALERT, Cause.WEBHOOK, Cause.CAP)
"""Causes that are no person's word: somebody makes sure before doors move and services are told."""


class ActivationState(models.TextChoices):
    """Where it stands."""

    ASKING = "asking", _("asks an agent")
    RUNNING = "running", _("under way")
    ENDED = "ended", _("over")
    DROPPED = "dropped", _("not started")


class VerifiedHow(models.TextChoices):
    """How an agent made sure that it is real (levée de doute)."""

    LIVE = "live", _("on the live picture")
    ON_SITE = "on_site", _("somebody went there")
    CALL = "call", _("by a call with somebody there")
    OTHER_CAMERA = "other_camera", _("on another camera")
    SENSOR = "sensor", _("by another sensor or system")


class StepState(models.TextChoices):
    """Where a step stands."""

    WAITING = "waiting", _("ahead")
    HELD = "held", _("held")
    UNVERIFIED = "unverified", _("waits for verification")
    BY_HAND = "by_hand", _("waits for somebody's word")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    SKIPPED = "skipped", _("not needed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("not done any more")


AHEAD = (StepState.WAITING, StepState.HELD, StepState.UNVERIFIED, StepState.BY_HAND)


class TalkEnd(models.TextChoices):
    """Why somebody does not speak live any more."""

    RELEASED = "released", _("the button was let go")
    LIMIT = "limit", _("the time was over")
    RIGHT = "right", _("the right to direct ended")
    LOST = "lost", _("the connection was lost")
    OVER = "over", _("the plan was over")
    TOO_MUCH = "too_much", _("more sound came than there can be")


class HelpState(models.TextChoices):
    """Where a call for help stands."""

    OPEN = "open", _("nobody yet")
    TAKEN = "taken", _("somebody goes")
    CLOSED = "closed", _("helped")


class EventKind(models.TextChoices):
    """What happened in an activation."""

    ASKED = "asked", _("asked whether to start")
    STARTED = "started", _("started")
    DROPPED = "dropped", _("not started")
    VERIFIED = "verified", _("verified")
    STEP_BEGAN = "step_began", _("step began")
    STEP_DONE = "step_done", _("step done")
    STEP_SKIPPED = "step_skipped", _("step not needed")
    STEP_HELD = "step_held", _("step held")
    STEP_RELEASED = "step_released", _("step let go")
    STEP_FAILED = "step_failed", _("step failed")
    FELL_BACK = "fell_back", _("nobody was on the step's list, so who directs was told")
    TOLD = "told", _("sent a message")
    SPOKEN = "spoken", _("gave an instruction")
    CALLED = "called", _("came in")
    TALK_OPENED = "talk_opened", _("began to speak live")
    TALK_CLOSED = "talk_closed", _("stopped speaking live")
    HELP = "help", _("called for help")
    HELP_TAKEN = "help_taken", _("sent somebody to help")
    HELP_CLOSED = "help_closed", _("call for help closed")
    TASK = "task", _("did a task")
    COMMAND = "command", _("command was handed over")
    NOTE = "note", _("wrote in the logbook")
    STOOD_DOWN = "stood_down", _("stood down")

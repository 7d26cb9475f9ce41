"""What is owed to whom, what was tried, what came back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries.bounds import Keeping as Keeping
from alerts.deliveries.bounds import Limits as Limits
from alerts.deliveries.bounds import OutsideMonitor as OutsideMonitor
from alerts.deliveries.bounds import Pace as Pace
from alerts.deliveries.bounds import Spent as Spent
from alerts.models import Alert, Rule
from soc import clock
from soc.people.directory.models import Person, PersonList, Profile
from soc.people.models import Member, Organisation, Site
from soc.people.on_call.models import Schedule


class Priority(models.IntegerChoices):
    """What leaves first; lower ones before higher ones, whatever waits."""

    ALARM = 0, _("first word of an emergency")
    URGENT = 1, _("urgent")
    ORDINARY = 2, _("ordinary")


class Numbering(models.Model):
    """The last number of an organisation's messages; its row is the lock."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last = models.PositiveIntegerField(default=0)


class Message(models.Model):
    """What is said to people, in every language it was written in, filled in already. Whoever asks twice has one message."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asker = models.CharField(
        max_length=160, help_text="Opaque key of what asks for it: the same key, the same message."
    )
    reference = models.CharField(
        max_length=24, help_text="What people see and answer with; messages of one emergency share it."
    )
    exercise = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.URGENT)
    texts = models.JSONField(help_text="Language code to alerts.deliveries.texts.Texts.")
    answers = models.JSONField(default=list, help_text="alerts.deliveries.texts.Offered, in their order.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    wanted_until = models.DateTimeField(null=True, blank=True, help_text="What has not left by then does not leave.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answers_until = models.DateTimeField(help_text="Until when it can be answered by its link.")
    done_at = models.DateTimeField(null=True, blank=True, help_text="Nothing waits to be sent; senders look no more.")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When words and numbers were erased; what became of it stays."
    )

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "asker"], name="deliveries_message_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="deliveries_message_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "created_at"], condition=Q(done_at=None), name="deliveries_messages_to_send"
            ),
            models.Index(
                fields=["organisation", "created_at"],
                condition=Q(erased_at=None),
                name="deliveries_messages_to_erase",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    PENDING = "pending", _("waiting")
    CLAIMED = "claimed", _("about to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("not sent any more")


LEFT = (DeliveryState.SENT, DeliveryState.DELIVERED)
"""It left: the person has it or may have it."""
TO_LEAVE = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING)


class Delivery(models.Model):
    """One message owed to one recipient by one channel. The number is part of what the person's link carries."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    recipient = models.CharField(
        max_length=64, help_text="Opaque key of who it is owed to; a person's id, where it is one."
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    round = models.PositiveSmallIntegerField(default=0, help_text="Which repetition; each is owed once.")
    address = models.CharField(
        max_length=254, help_text="Where to, as it was when it was asked for; empty: there is none."
    )
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    due_at = models.DateTimeField(help_text="Not before.")
    claim = models.UUIDField(
        null=True, blank=True, help_text="Whose claim it is; a sender that lost it writes nothing."
    )
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="By the database's clock.")
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, choices=Failure.choices, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When its link or the app was opened; no answer.")
    ask_at = models.DateTimeField(null=True, blank=True, help_text="When its receipt is asked for next.")

    scope_site: ClassVar = "message__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["message", "recipient", "channel", "round"], name="deliveries_delivery_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="deliveries_delivery_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["message", "channel", "due_at", "id"], condition=Q(state="pending"), name="deliveries_to_send"
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(state__in=["claimed", "sending"]), name="deliveries_claimed"
            ),
            models.Index(fields=["ask_at"], condition=Q(state="sent", ask_at__isnull=False), name="deliveries_to_ask"),
            models.Index(fields=["organisation", "address", "-id"], name="deliveries_by_address"),
            models.Index(fields=["person", "-id"], name="deliveries_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class Outcome(models.TextChoices):
    """What a try came to."""

    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    LOST = "lost", _("the sender stopped in mid-send")


class Attempt(models.Model):
    """One try at a provider, written before it is made: one without an end is one whose sender died."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=32, help_text="The provider's kind.")
    account = models.UUIDField(null=True, blank=True, help_text="By which account; null: one that needs none.")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    failure = models.CharField(max_length=16, choices=Failure.choices, blank=True)
    detail = models.CharField(max_length=255, blank=True, help_text="What the provider said.")
    provider_id = models.CharField(max_length=128, blank=True)
    segments = models.PositiveSmallIntegerField(default=1)
    receipt_at = models.DateTimeField(null=True, blank=True, help_text="When its last word came.")

    scope_site: ClassVar = "delivery__message__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="deliveries_attempt_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="deliveries_by_provider_id"),
        ]


class Answer(models.Model):
    """What a person answered to a message. A later answer does not write over an earlier one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="given")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=AnswerKind.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    text = models.TextField(blank=True)
    place = models.CharField(max_length=255, blank=True, help_text="Where help is needed, in the person's words.")
    at = models.DateTimeField(default=clock.now)
    key = models.CharField(max_length=160, help_text="Of where it came from: the same key, the same answer.")
    taken_down_by = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who bound it to the person.",
    )

    scope_site: ClassVar = "message__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "key"], name="deliveries_answer_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="deliveries_answer_in_organisation"),
        ]
        indexes: ClassVar = [models.Index(fields=["message", "person", "-at"], name="deliveries_answers_of_a_person")]


class Incoming(models.Model):
    """A text that could not be bound to one person's one message: an agent reads it. A call for help is always among them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    sender = models.CharField(max_length=254)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=AnswerKind.choices, help_text="What it seems to say.")
    at = models.DateTimeField(default=clock.now)
    key = models.CharField(max_length=160)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=255, blank=True, help_text="What was done about it, in the agent's words.")

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "key"], name="deliveries_incoming_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="deliveries_incoming_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "-at"], condition=Q(settled_at=None), name="deliveries_incoming_to_read"
            ),
        ]


class AlertNotice(models.Model):
    """Who is told by which ways when a rule raises an alert, without a plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="notices")
    name = models.CharField(max_length=80)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Whoever is on call."
    )
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person_list = models.ForeignKey(PersonList, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    people: models.ManyToManyField[Person, NoticePerson] = models.ManyToManyField(
        Person, through="NoticePerson", related_name="+"
    )
    ways = models.JSONField(help_text="alerts.deliveries.notices.NoticeWay, in the order in which they are used.")
    enabled = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "rule__camera__site_id"

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="deliveries_notice_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rule"], condition=Q(removed_at=None, enabled=True), name="deliveries_notices_of_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NoticePerson(models.Model):
    """That a notice goes to a person by name."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(AlertNotice, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person"], name="deliveries_notice_person_once"),
        ]


class RunState(models.TextChoices):
    """Where the telling of an alert stands."""

    WAITING = "waiting", _("under way")
    DONE = "done", _("everybody was told by every way")
    TAKEN = "taken", _("the alert was taken")
    NOBODY = "nobody", _("there was nobody to tell")
    OVER_LIMIT = "over_limit", _("held back: over the limit of alarms a minute")
    FAILED = "failed", _("could not be done")


class NoticeRun(models.Model):
    """A notice of one alert, from the alert's own transaction on: all its state is this row's, so it survives any restart."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(AlertNotice, on_delete=models.PROTECT, related_name="runs")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ways = models.JSONField(help_text="The notice's ways, as they were when the alert came.")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    way = models.PositiveSmallIntegerField(default=0, help_text="Which way is next.")
    began_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, help_text="When the next way is used.")
    done_at = models.DateTimeField(null=True, blank=True)
    fell_back = models.BooleanField(default=False, help_text="Nobody was its audience: supervisors were told instead.")
    held_back = models.PositiveIntegerField(default=0, help_text="How many deliveries were over the limit.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often its next way failed to be worked out.")

    scope_site: ClassVar = "alert__site_id"

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "alert"], name="deliveries_notice_once_an_alert"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None), name="deliveries_runs_due"),
            models.Index(fields=["message"], name="deliveries_run_of_a_message"),
        ]

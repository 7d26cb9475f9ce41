"""How a message of a plan will be received, filled with example facts: what the editor shows, and what SMS are measured by."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import Channel, Outgoing
from alerts.deliveries.texts import Content, Recipient, compose
from crisis import templates
from crisis.plans.content import AnyStep, InstructionStep, MessageStep, PlanContent, Words
from crisis.plans.models import PlanVersion
from crisis.plans.parts import segments
from crisis.plans.texts import filled, offered
from crisis.templates import Facts
from soc import clock
from soc.refusals import Refusal, Status

_LINK = "https://example.org/a/3f9c2d7be1"
"""As long as the links that people are sent."""
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Example:
    """What example facts are made of.

    Attributes:
        at: when it happens.
        exercise: in a drill.
    """

    organisation: str
    timezone: str
    site: str
    plan: str
    at: dt.datetime
    exercise: bool = False

    @classmethod
    def of(cls, version: PlanVersion, *, exercise: bool = False) -> Example:
        """What a version's are made of, now."""
        plan, organisation = version.plan, version.organisation
        return cls(organisation.name, organisation.timezone, plan.site.name, plan.name, clock.now(), exercise)

    def facts(self, language: str) -> Facts:
        """The facts, in a language."""
        made = templates.example(
            self.organisation, self.timezone, language=language, at=self.at, exercise=self.exercise
        )
        return templates.Facts.read({**made.kept(), "site": self.site, "plan": self.plan})


class Form(models.TextChoices):
    """In what a text reaches people."""

    APP = "app", _("App")
    PUSH = "push", _("Push")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("Voice call")
    EMAIL = "email", _("E-mail")
    PLAIN = "plain", _("Plain language")


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as it is received.

    Attributes:
        segments: of an SMS, how many it takes; ``None``: no SMS, or nobody can count them.
    """

    language: str
    subject: str
    text: str
    segments: int | None = None


def preview(
    content: PlanContent,
    key: str | None,
    language: str,
    form: Form,
    example: Example,
    words: Words | None = None,
) -> Preview:
    """A step's text as it is received; of no step, the one at the end.

    Args:
        content: the document.
        key: of the step.
        language: in which.
        form: how it reaches people.
        example: what it is filled with.
        words: the message as it is being written, instead of the one that is kept.

    Raises:
        Refusal: NOT_FOUND when there is no such step, it tells nobody anything, or not in this language.
    """
    facts = example.facts(language)
    step = content.step(key) if key is not None else None
    if words is None and isinstance(step, InstructionStep) and language in step.words:
        return Preview(language, "", templates.fill(step.words[language], facts, language))
    said = words or _kept(content, step, key, language)
    if said is None:
        raise Refusal("no_such_text", _("There is no such text in this plan."), status=Status.NOT_FOUND)
    if form is Form.PLAIN:
        return Preview(language, "", filled(said, facts, language).plain)
    channel = Channel(form.value)
    outgoing = _composed(said, step if isinstance(step, MessageStep) else None, language, channel, example)
    text = outgoing.spoken if channel is Channel.VOICE else outgoing.text
    return Preview(language, outgoing.subject, text, segments(text) if channel is Channel.SMS else None)


def _kept(content: PlanContent, step: AnyStep | None, key: str | None, language: str) -> Words | None:
    if isinstance(step, MessageStep):
        return step.words.get(language)
    return content.stand_down.get(language) if key is None else None


def as_received(step: MessageStep, language: str, channel: Channel, example: Example) -> Outgoing:
    """A step's message as one of its readers receives it.

    Raises:
        KeyError: it has no words in this language.
    """
    return _composed(step.words[language], step, language, channel, example)


def _composed(said: Words, step: MessageStep | None, language: str, channel: Channel, example: Example) -> Outgoing:
    facts = example.facts(language)
    content = Content(
        reference=facts.reference,
        exercise=example.exercise,
        texts={language: filled(said, facts, language)},
        answers=offered(step) if step is not None else (),
        fallback=language,
    )
    asks = step is not None and bool(step.choices)
    link = _LINK if asks and channel in (Channel.SMS, Channel.EMAIL) else ""
    return compose(content, Recipient(uuid.UUID(int=0), _NOBODY, channel, "", language, link, urgent=True))

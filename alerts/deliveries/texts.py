"""What a message says, by language, and how it is put together for each channel."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from alerts.channels.base import AnswerKind, AnswerOption, Channel, Outgoing


class Texts(BaseModel):
    """A message in one language, filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field("", max_length=200)
    text: str = Field(max_length=4000, description="What is read in the app and in an e-mail.")
    short: str = Field(max_length=1000, description="What goes by SMS and push.")
    spoken: str = Field(max_length=2000, description="What is said aloud.")
    plain: str = Field("", max_length=2000, description="The same in plain language.")


class Offered(BaseModel):
    """An answer that a message offers, in each language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[1-9]$", description="The digit of a reply or of a telephone.")
    kind: AnswerKind
    words: Mapping[str, str] = Field(
        description="Language code to what is read; the kind's own words where one is missing."
    )

    def in_language(self, language: str) -> AnswerOption:
        """As somebody reads it."""
        return AnswerOption(self.key, self.kind, self.words.get(language) or _own_words(self.kind, language))


def _own_words(kind: AnswerKind, language: str) -> str:
    with translation.override(_spoken_here(language)):
        return str(kind.label)


def _spoken_here(language: str) -> str:
    """The language itself where the product speaks it, else English: marks and hints around a text that others wrote."""
    return language if language in {code for code, _name in settings.LANGUAGES} else "en"


@dataclass(frozen=True, slots=True)
class Content:
    """A message as it is kept, read back into its types."""

    reference: str
    exercise: bool
    texts: Mapping[str, Texts]
    answers: tuple[Offered, ...]
    fallback: str

    def language_for(self, wanted: str) -> str:
        """The language in which somebody who reads `wanted` is written to."""
        for language in (wanted, self.fallback):
            if language in self.texts:
                return language
        return next(iter(self.texts))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one delivery goes."""

    attempt: uuid.UUID
    organisation: uuid.UUID
    channel: Channel
    address: str
    language: str
    link: str
    urgent: bool


def compose(content: Content, to: Recipient) -> Outgoing:
    """One delivery's message, complete: every text of a drill says so first, every text carries its reference."""
    language = content.language_for(to.language)
    texts = content.texts[language]
    options = tuple(offered.in_language(language) for offered in content.answers)
    with translation.override(_spoken_here(language)):
        mark = _("EXERCISE") if content.exercise else ""
        subject = _marked(mark, texts.subject or _first_line(texts.text))
        if to.channel in (Channel.SMS, Channel.PUSH):
            text = _short(content.reference, mark, texts.short, options, to)
        else:
            text = _long(content.reference, mark, texts.text, options, to.link)
        spoken = _spoken(language if content.exercise else "", texts.spoken, options)
    return Outgoing(
        attempt=to.attempt,
        organisation=to.organisation,
        reference=content.reference,
        to=to.address,
        language=language,
        subject=subject,
        text=text,
        spoken=spoken,
        answers=options,
        link=to.link,
        exercise=content.exercise,
        urgent=to.urgent,
    )


def _marked(mark: str, text: str) -> str:
    return f"{mark}: {text}" if mark else text


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:120] if text.strip() else ""


def _short(reference: str, mark: str, text: str, options: tuple[AnswerOption, ...], to: Recipient) -> str:
    parts = [_marked(mark, text)]
    if to.channel is Channel.SMS and options:
        parts.append(", ".join(f"{option.key} {option.words}" for option in options) + ".")
    if to.channel is Channel.SMS and to.link:
        parts.append(to.link)
    return " ".join((*parts, f"[{reference}]"))


def _long(reference: str, mark: str, text: str, options: tuple[AnswerOption, ...], link: str) -> str:
    parts = [mark, text] if mark else [text]
    if link and options:
        parts.append(_("Answer here: %(link)s") % {"link": link})
    elif link:
        parts.append(link)
    parts.append(_("Reference %(reference)s") % {"reference": reference})
    return "\n\n".join(parts)


def exercise_said(language: str) -> str:
    """What is said aloud before anything else in a drill."""
    with translation.override(_spoken_here(language)):
        return _("This is an exercise.")


def _spoken(exercise_in: str, text: str, options: tuple[AnswerOption, ...]) -> str:
    parts = [exercise_said(exercise_in) if exercise_in else "", text]
    parts += [_("Press %(key)s: %(words)s.") % {"key": option.key, "words": option.words} for option in options]
    return " ".join(part for part in parts if part)

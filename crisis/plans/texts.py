"""The texts of a plan's document, each with the field in which it stands; and a message filled for one reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.utils import translation

from alerts.deliveries.texts import Offered, Texts
from crisis import templates
from crisis.plans.content import InstructionStep, MessageStep, PlanContent, Words
from crisis.templates import Facts

LONGEST_SUBJECT = 200
LONGEST_SHORT = 1000
LONGEST_SPOKEN = 2000
_PARTS = ("subject", "text", "short", "spoken", "plain")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with places, and where it stands: ``steps.0.words.fr.text``."""

    field: str
    text: str


def texts(content: PlanContent) -> Iterator[Text]:
    """Every text of a document that is filled with facts."""
    for index, step in enumerate(content.steps):
        if isinstance(step, MessageStep):
            for language, words in step.words.items():
                yield from _of(f"steps.{index}.words.{language}", words)
        elif isinstance(step, InstructionStep):
            for language, text in step.words.items():
                yield Text(f"steps.{index}.words.{language}", text)
    for language, words in content.stand_down.items():
        yield from _of(f"stand_down.{language}", words)


def filled(words: Words, facts: Facts, language: str) -> Texts:
    """A message of a plan in one language, filled, as the outbox takes it: what is empty is said by another part.

    It never raises: what has become too long by its facts is cut.
    """
    text = templates.fill(words.text, facts, language)
    short = templates.fill(words.short, facts, language) or text
    spoken = templates.fill(words.spoken, facts, language) or short
    return Texts(
        subject=_cut(templates.one_line(templates.fill(words.subject, facts, language)), LONGEST_SUBJECT),
        text=_cut(text, templates.LONGEST_TEXT),
        short=_cut(short, LONGEST_SHORT),
        spoken=_cut(spoken, LONGEST_SPOKEN),
        plain=_cut(templates.fill(words.plain, facts, language), LONGEST_SPOKEN),
    )


def offered(step: MessageStep) -> tuple[Offered, ...]:
    """A step's choices, as the outbox takes them."""
    return tuple(Offered(key=one.key, kind=one.kind, words=dict(one.words)) for one in step.choices)


def language_name(code: str) -> str:
    """What a language is called in the active one; its code where Django has no name for it."""
    known = LANG_INFO.get(code.lower()) or LANG_INFO.get(code.lower().partition("-")[0])
    name = known.get("name") if known is not None else None
    return translation.gettext(name) if name else code


def _of(field: str, words: Words) -> Iterator[Text]:
    for part in _PARTS:
        yield Text(f"{field}.{part}", getattr(words, part))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"

"""What is missing in a plan's words: a language, an answer, the end; and what is too long for an SMS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.channels.base import AnswerKind, Channel
from crisis.plans.content import InstructionStep, MessageStep, PlanContent, Words
from crisis.plans.hole import At, Hole, HoleCode, Weight
from crisis.plans.parts import segments
from crisis.plans.preview import Example, as_received
from crisis.plans.texts import language_name

MOST_SEGMENTS = 6
"""An SMS of more is cut or lost on some networks, and reaches a town late."""


def words(content: PlanContent, example: Example) -> Iterator[Hole]:
    """What is missing in the words of steps and of the end.

    Args:
        content: the document.
        example: by which the length of an SMS is reckoned.
    """
    for index, step in enumerate(content.steps):
        at = At(index, step)
        if isinstance(step, MessageStep):
            yield from _languages(at, content, {language: one.text for language, one in step.words.items()})
            yield from _choices(at, step, content)
            yield from _length(at, step, example)
        elif isinstance(step, InstructionStep):
            yield from _languages(at, content, step.words)
    yield from _stand_down(content)


def languages(content: PlanContent, read: Mapping[str, int]) -> Iterator[Hole]:
    """Languages that people who would be reached read, and in which the plan says nothing."""
    for language, count in read.items():
        if language not in content.languages:
            sentence = ngettext(
                "%(count)d person reads %(language)s, in which this plan says nothing.",
                "%(count)d people read %(language)s, in which this plan says nothing.",
                count,
            ) % {"count": count, "language": language_name(language)}
            yield Hole(HoleCode.LANGUAGE_READ, sentence, Weight.WARNS, field="languages")


def _languages(at: At, content: PlanContent, said: Mapping[str, str]) -> Iterator[Hole]:
    missing = [language for language in content.languages if not said.get(language, "").strip()]
    if len(missing) == len(content.languages) and not any(text.strip() for text in said.values()):
        yield at.hole(HoleCode.NO_WORDS, _("“%(step)s” has no words.") % {"step": at.step.name}, field="words")
        return
    for language in missing:
        sentence = _("“%(step)s” has no words in this language: %(language)s.")
        named = {"step": at.step.name, "language": language_name(language)}
        yield at.hole(HoleCode.LANGUAGE_MISSING, sentence % named, field=f"words.{language}")


def _choices(at: At, step: MessageStep, content: PlanContent) -> Iterator[Hole]:
    for key, count in Counter(choice.key for choice in step.choices).items():
        if count > 1:
            sentence = _("Two answers to “%(step)s” have the same key: %(key)s.") % {"step": step.name, "key": key}
            yield at.hole(HoleCode.SAME_CHOICE, sentence, field="choices")
    if step.choices and not any(choice.kind == AnswerKind.HELP for choice in step.choices):
        sentence = _("Nobody can call for help in an answer to “%(step)s”.") % {"step": step.name}
        yield at.hole(HoleCode.NO_HELP_CHOICE, sentence, Weight.WARNS, field="choices")
    spoken = {code for code, _name in settings.LANGUAGES}
    for index, choice in enumerate(step.choices):
        for language in content.languages:
            # The product has words of its own in its own languages, but "something else" says nothing to anybody.
            if choice.words.get(language, "").strip() or (language in spoken and choice.kind != AnswerKind.OTHER):
                continue
            sentence = _("Answer %(key)s to “%(step)s” has no words in this language: %(language)s.")
            named = {"key": choice.key, "step": step.name, "language": language_name(language)}
            field = f"choices.{index}.words.{language}"
            yield at.hole(HoleCode.CHOICE_WORDS, sentence % named, Weight.WARNS, field=field)


def _length(at: At, step: MessageStep, example: Example) -> Iterator[Hole]:
    if all(way.channel != Channel.SMS for way in step.ways):
        return
    for language, said in step.words.items():
        if not (said.short or said.text).strip():
            continue
        count = segments(as_received(step, language, Channel.SMS, example).text)
        if count is not None and count > MOST_SEGMENTS:
            sentence = _(
                "The SMS of “%(step)s” takes %(count)d segments (%(language)s): it may arrive late or not at all. "
                "Write a shorter text for SMS."
            ) % {"step": step.name, "count": count, "language": language_name(language)}
            yield at.hole(HoleCode.LONG_SMS, sentence, Weight.WARNS, field=f"words.{language}.short")


def _stand_down(content: PlanContent) -> Iterator[Hole]:
    def text(said: Words | None) -> str:
        return said.text.strip() if said is not None else ""

    if not any(text(said) for said in content.stand_down.values()):
        sentence = _("Nothing is said at the end. Write what those who were reached are told when it is over.")
        yield Hole(HoleCode.NO_STAND_DOWN, sentence, field="stand_down")
        return
    for language in content.languages:
        if not text(content.stand_down.get(language)):
            sentence = _("The message at the end has no words in this language: %(language)s.")
            named = {"language": language_name(language)}
            yield Hole(HoleCode.LANGUAGE_MISSING, sentence % named, field=f"stand_down.{language}")

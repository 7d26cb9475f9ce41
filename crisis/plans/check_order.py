"""What is wrong with the order of a plan's steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.plans.content import LONGEST_DELAY_S, MessageStep, PlanContent
from crisis.plans.hole import At, Hole, HoleCode
from crisis.plans.order import begins, circles, repeated


def order(content: PlanContent) -> Iterator[Hole]:
    """Steps that come after nothing, or wait for each other; and answers that nobody can give."""
    if not content.steps:
        yield Hole(HoleCode.NO_STEP, _("There is no step. Add what is done first."), field="steps")
    twice, begun = repeated(content.steps), begins(content.steps)
    for index, step in enumerate(content.steps):
        at = At(index, step)
        if step.key in twice:
            yield at.hole(
                HoleCode.SAME_KEY, _("More than one step has the key %(key)s.") % {"key": step.key}, field="key"
            )
        yield from _after(content, at)
        yield from _unless(content, at, begun)
        if (seconds := begun.get(step.key)) is not None and seconds > LONGEST_DELAY_S:
            late = ngettext(
                "“%(step)s” begins more than %(hours)d hour after the start: the delays before it add up.",
                "“%(step)s” begins more than %(hours)d hours after the start: the delays before it add up.",
                LONGEST_DELAY_S // 3600,
            )
            words = late % {"step": step.name, "hours": LONGEST_DELAY_S // 3600}
            yield at.hole(HoleCode.TOO_LATE, words, field="delay_s")
    by_key = {step.key: At(index, step) for index, step in enumerate(content.steps)}
    for circle in circles(content.steps):
        names = ", ".join(f"“{by_key[key].step.name}”" for key in circle)
        yield by_key[circle[0]].hole(
            HoleCode.CIRCLE, _("These steps wait for each other and never begin: %(steps)s.") % {"steps": names}
        )


def _after(content: PlanContent, at: At) -> Iterator[Hole]:
    after = at.step.after
    if after is None:
        return
    if after == at.step.key:
        yield at.hole(
            HoleCode.AFTER_ITSELF, _("“%(step)s” comes after itself.") % {"step": at.step.name}, field="after"
        )
    elif content.step(after) is None:
        yield at.hole(
            HoleCode.AFTER_NOTHING,
            _("“%(step)s” comes after a step that there is not: %(key)s.") % {"step": at.step.name, "key": after},
            field="after",
        )


def _unless(content: PlanContent, at: At, begun: Mapping[str, int | None]) -> Iterator[Hole]:
    unless = at.step.unless
    if unless is None:
        return
    named = {"step": at.step.name, "key": unless.step}
    asked = content.step(unless.step)
    if unless.step == at.step.key:
        sentence = _("“%(step)s” depends on its own answers.") % named
        yield at.hole(HoleCode.AFTER_ITSELF, sentence, field="unless.step")
    elif asked is None:
        sentence = _("“%(step)s” depends on answers to a step that there is not: %(key)s.") % named
        yield at.hole(HoleCode.UNLESS_NOTHING, sentence, field="unless.step")
    elif not isinstance(asked, MessageStep) or not asked.choices:
        sentence = _("“%(step)s” depends on answers to “%(asked)s”, which asks for none.")
        yield at.hole(HoleCode.UNLESS_NO_ANSWER, sentence % {**named, "asked": asked.name}, field="unless.step")
    else:
        own, its = begun.get(at.step.key), begun.get(asked.key)
        if own is not None and its is not None and own <= its:
            sentence = _(
                "“%(step)s” looks for answers to “%(asked)s” before anybody can have answered. Let it wait longer."
            )
            yield at.hole(HoleCode.UNLESS_TOO_SOON, sentence % {**named, "asked": asked.name}, field="delay_s")

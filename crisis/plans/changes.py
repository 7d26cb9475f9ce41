"""Two versions of a plan compared, in words: steps that came, went and changed, and what else is different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alerts.channels.base import Channel
from crisis.plans.content import AnyStep, PlanContent, StepWay, Words
from crisis.plans.texts import language_name


class ChangeKind(StrEnum):
    """What became of a part of a plan."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A step, or the plan as a whole, that is different in the second version.

    Attributes:
        step: its key; ``None``: the plan as a whole.
        name: of the step, as the second version calls it (the first, if it is removed); empty for the plan as a whole.
        sentences: what is different, in the active language; empty when it was added or removed.
    """

    kind: ChangeKind
    step: str | None
    name: str
    sentences: tuple[str, ...] = ()


_CALLED: Mapping[str, Promise] = {
    "kind": gettext_lazy("What it is has changed."),
    "to": gettext_lazy("It goes to others."),
    "choices": gettext_lazy("The answers have changed."),
    "after": gettext_lazy("It comes after another step."),
    "unless": gettext_lazy("On which answers it depends has changed."),
    "script": gettext_lazy("It runs another script."),
    "contact": gettext_lazy("It names another emergency contact."),
    "how": gettext_lazy("The emergency service is told in another way."),
}
_ASKED = {
    "by_hand": (
        gettext_lazy("It waits for somebody who directs now."),
        gettext_lazy("It waits for nobody any more."),
    ),
    "first": (
        gettext_lazy("It is the plan’s first alarm now."),
        gettext_lazy("It is not the plan’s first alarm any more."),
    ),
    "in_drills": (
        gettext_lazy("Drills move these things now."),
        gettext_lazy("Drills do not move these things any more."),
    ),
}


def changes(before: PlanContent, after: PlanContent) -> tuple[Change, ...]:
    """What is different in `after`: the plan as a whole first, then its steps in their order, then those that went."""
    old = {step.key: step for step in before.steps}
    new = {step.key: step for step in after.steps}
    found: list[Change] = []
    if whole := tuple(_whole(before, after)):
        found.append(Change(ChangeKind.CHANGED, None, "", whole))
    for key, step in new.items():
        if key not in old:
            found.append(Change(ChangeKind.ADDED, key, step.name))
        elif said := tuple(_step(old[key], step)):
            found.append(Change(ChangeKind.CHANGED, key, step.name, said))
    found += [Change(ChangeKind.REMOVED, key, step.name) for key, step in old.items() if key not in new]
    return tuple(found)


def duration(seconds: int) -> str:
    """A duration as people say it: "6 min", "90 s", "2 h"."""
    if seconds and seconds % 3600 == 0:
        return _("%(count)d h") % {"count": seconds // 3600}
    if seconds and seconds % 60 == 0:
        return _("%(count)d min") % {"count": seconds // 60}
    return _("%(count)d s") % {"count": seconds}


def _whole(before: PlanContent, after: PlanContent) -> Iterator[str]:
    for language in after.languages:
        if language not in before.languages:
            yield _("It is in this language too: %(language)s.") % {"language": language_name(language)}
    for language in before.languages:
        if language not in after.languages:
            yield _("It is in this language no more: %(language)s.") % {"language": language_name(language)}
    for language in _differing(before.stand_down, after.stand_down):
        yield _("What is said at the end has changed: %(language)s.") % {"language": language_name(language)}
    if before.help_to != after.help_to:
        yield _("Calls for help go to others.")
    common = {step.key for step in before.steps} & {step.key for step in after.steps}
    if [one.key for one in before.steps if one.key in common] != [one.key for one in after.steps if one.key in common]:
        yield _("The steps are in another order.")


def _step(before: AnyStep, after: AnyStep) -> Iterator[str]:
    if before == after:
        return
    if before.kind != after.kind:
        yield str(_CALLED["kind"])
        return
    for field in type(after).model_fields:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield from _field(field, old, new)


def _field(field: str, old: Any, new: Any) -> Iterator[str]:
    if field in _ASKED:
        yield str(_ASKED[field][0 if new else 1])
    elif field in _CALLED:
        yield str(_CALLED[field])
    elif field == "words":
        for language in _differing(old, new):
            yield _("Its words have changed: %(language)s.") % {"language": language_name(language)}
    elif field == "recordings":
        for language in _differing(old, new):
            yield _("Its recording has changed: %(language)s.") % {"language": language_name(language)}
    elif field == "ways":
        yield _("Ways: %(before)s before, %(after)s now.") % {"before": _ways(old), "after": _ways(new)}
    elif field in ("delay_s", "within_s", "again_every_s"):
        said = {"delay_s": _("Delay"), "within_s": _("Deadline"), "again_every_s": _("Repeated every")}[field]
        named = {"what": said, "before": duration(old), "after": duration(new)}
        yield _("%(what)s: %(before)s before, %(after)s now.") % named
    elif field == "times":
        sentence = ngettext("It is spoken %(count)d time now.", "It is spoken %(count)d times now.", new)
        yield sentence % {"count": new}
    else:
        said = _("Who does it") if field == "role" else _("Name")
        yield _("%(what)s: “%(before)s” before, “%(after)s” now.") % {"what": said, "before": old, "after": new}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    nothing = (None, "", Words(text=""))
    return [
        one
        for one in dict.fromkeys((*new, *old))
        if old.get(one) != new.get(one) and not (old.get(one) in nothing and new.get(one) in nothing)
    ]


def _ways(ways: tuple[StepWay, ...]) -> str:
    return ", ".join(
        str(Channel(way.channel).label)
        if not way.after_s
        else _("%(way)s after %(time)s") % {"way": Channel(way.channel).label, "time": duration(way.after_s)}
        for way in ways
    )

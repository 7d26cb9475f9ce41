"""When the steps of a plan begin, and what is wrong with their order. Pure: of the document alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from crisis.plans.content import AnyStep


def repeated(steps: Sequence[AnyStep]) -> frozenset[str]:
    """Keys that more than one step has."""
    return frozenset(key for key, count in Counter(step.key for step in steps).items() if count > 1)


def waits_for(step: AnyStep) -> Iterator[str]:
    """The keys of the steps that must have begun before this one can."""
    if step.after is not None:
        yield step.after
    if step.unless is not None:
        yield step.unless.step


def circles(steps: Sequence[AnyStep]) -> tuple[tuple[str, ...], ...]:
    """Circles of steps that wait for each other and never begin, each from its first step on; at least one of each knot.

    What names itself or no step is another fault, and no circle.
    """
    edges = {step.key: [key for key in waits_for(step) if key != step.key] for step in steps}
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in edges:
        path: list[str] = []
        _follow(start, edges, path, done, found)
    return tuple(found)


def begins(steps: Sequence[AnyStep]) -> dict[str, int | None]:
    """Seconds from the start to the beginning of each step.

    ``None`` where that is not known: it, or one before it, waits for a hand; or its order is broken.
    """
    by_key = {step.key: step for step in steps}
    found: dict[str, int | None] = {}

    def begin(key: str) -> int | None:
        if key in found:
            return found[key]
        found[key] = None  # while it is looked at: a step that waits for itself has no time
        step = by_key[key]
        if step.by_hand or (step.after is not None and step.after not in by_key):
            return None
        before = 0 if step.after is None else begin(step.after)
        found[key] = None if before is None else before + step.delay_s
        return found[key]

    for key in by_key:
        begin(key)
    return found


def last_begin(begun: Mapping[str, int | None]) -> int:
    """When the last step begins whose time is known; 0 where there is none."""
    return max((seconds for seconds in begun.values() if seconds is not None), default=0)


def _follow(
    key: str, edges: Mapping[str, list[str]], path: list[str], done: set[str], found: list[tuple[str, ...]]
) -> None:
    """Walk what a step waits for, deep first. A plan has 60 steps at most, so the stack holds."""
    if key in path:
        circle = path[path.index(key) :]
        first = min(circle, key=list(edges).index)
        at = circle.index(first)
        turned = tuple(circle[at:] + circle[:at])
        if turned not in found:
            found.append(turned)
        return
    if key in done or key not in edges:
        return
    path.append(key)
    for before in edges[key]:
        _follow(before, edges, path, done, found)
    path.pop()
    done.add(key)

"""Where a step stands in a document: ``2`` the third step, ``2.then.0`` within a condition, ``2.1.0`` in a branch of it.

A path is a row's place in the run (`StepRun.path`), and so the program counter. Pure: no database.
"""

from __future__ import annotations

from crisis.devices.document import AnyStep, Document, IfStep, ParallelStep


def step_at(document: Document, path: str) -> AnyStep:
    """The step that stands there.

    Raises:
        KeyError: none does.
    """
    parts = path.split(".")
    steps: tuple[AnyStep, ...] = document.steps
    step = _nth(steps, parts[0])
    for way, number in zip(parts[1::2], parts[2::2], strict=True):
        steps = _within(step, way)
        step = _nth(steps, number)
    return step


def siblings(document: Document, path: str) -> tuple[AnyStep, ...]:
    """The list of steps that the one at `path` stands in."""
    parent, way, _ = split(path)
    return document.steps if parent is None else _within(step_at(document, parent), way)


def split(path: str) -> tuple[str | None, str, int]:
    """The path of the step around it (``None``: none), the way within that, and its own number there."""
    parts = path.split(".")
    if len(parts) == 1:
        return None, "", int(parts[0])
    return ".".join(parts[:-2]), parts[-2], int(parts[-1])


def after(document: Document, path: str) -> str | None:
    """The path of the step that follows in the same list; ``None``: it was the last."""
    parent, way, number = split(path)
    if number + 1 >= len(siblings(document, path)):
        return None
    return f"{number + 1}" if parent is None else f"{parent}.{way}.{number + 1}"


def firsts(step: AnyStep, path: str, way: str | None = None) -> list[str]:
    """The paths of the first steps within a step: of one way, or of all branches. Empty ways have none."""
    if isinstance(step, ParallelStep):
        return [f"{path}.{number}.0" for number, branch in enumerate(step.branches) if branch]
    if isinstance(step, IfStep) and way is not None:
        return [f"{path}.{way}.0"] if _within(step, way) else []
    return []


def level(path: str) -> int:
    """How deep a step stands: 1, the outermost."""
    return path.count(".") // 2 + 1


def is_within(path: str, around: str) -> bool:
    """Whether the step at `path` stands within the one at `around`."""
    return path.startswith(f"{around}.")


def _within(step: AnyStep, way: str) -> tuple[AnyStep, ...]:
    if isinstance(step, IfStep) and way in ("then", "else"):
        return step.then if way == "then" else step.else_
    if isinstance(step, ParallelStep) and way.isdigit() and int(way) < len(step.branches):
        return step.branches[int(way)]
    raise KeyError(way)


def _nth(steps: tuple[AnyStep, ...], number: str) -> AnyStep:
    try:
        return steps[int(number)]
    except (IndexError, ValueError):
        raise KeyError(number) from None

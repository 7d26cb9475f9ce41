"""What the law asks of a rule, from the rule's own fields; what a camera's facts allow, before they are saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alerts.models import Rule, RuleState
from alerts.rules.base import RuleKind
from alerts.rules.registry import KINDS
from detection import lawful
from detection.lawful import LegalRefusal, rule_refusals
from detection.models import Camera
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

_SOME_PURPOSE = "stated"
"""Each rule states a purpose of its own: what a place allows is asked as if it did."""


def refusals(rule: Rule) -> list[LegalRefusal]:
    """Why `rule` may not be on; empty when it may. Reads its camera and the camera's organisation."""
    return rule_refusals(
        rule.camera,
        purpose=rule.purpose,
        authorising_text=rule.authorising_text,
        authorised_from=rule.authorised_from,
        authorised_until=rule.authorised_until,
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whether rules of a kind may be switched on at a camera: ``missing`` is what each such rule still has to state."""

    kind: RuleKind[Any]
    missing: tuple[LegalRefusal, ...]


@dataclass(frozen=True, slots=True)
class Stopping:
    """A rule that is on and would be switched off, and why."""

    rule: Rule
    missing: tuple[LegalRefusal, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a camera's facts allow.

    Attributes:
        missing: what the law still asks for before the camera may be watched.
        ending: that its authorisation ends soon, if it does.
        kinds: every kind of rule, and what it needs at such a place. Nothing runs while the camera may not be watched.
        stopping: rules that are on now and that these facts would switch off.
    """

    missing: tuple[LegalRefusal, ...]
    ending: lawful.Ending | None
    kinds: tuple[Allowed, ...]
    stopping: tuple[Stopping, ...]


def standing(member: Member, camera: Camera) -> Standing:
    """What the facts of `camera`, saved or not, allow. Reads its organisation."""
    kinds = tuple(Allowed(kind, tuple(rule_refusals(camera, purpose=_SOME_PURPOSE))) for kind in KINDS.values())
    running = scoped(Rule.objects.filter(state=RuleState.ON, removed_at=None), member, Right.SEE_RULES)
    stopping = []
    for rule in running.filter(camera_id=camera.pk).order_by("name"):
        rule.camera = camera
        if missing := tuple(refusals(rule)):
            stopping.append(Stopping(rule, missing))
    return Standing(tuple(lawful.refusals(camera)), lawful.ending(camera), kinds, tuple(stopping))

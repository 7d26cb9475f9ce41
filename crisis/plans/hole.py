"""What a hole in a plan is: where it is, what is missing, and whether it stops the approval."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crisis.plans.content import AnyStep


class Weight(StrEnum):
    """How much a hole weighs."""

    STOPS = "stops"  # the approval
    WARNS = "warns"  # to be known before it is approved
    TELLS = "tells"  # for information


class HoleCode(StrEnum):
    """What can be missing or wrong."""

    NO_STEP = "no_step"
    NO_RISK = "no_risk"
    RISK_UNKNOWN = "risk_unknown"
    SAME_KEY = "same_key"
    AFTER_NOTHING = "after_nothing"
    AFTER_ITSELF = "after_itself"
    UNLESS_NOTHING = "unless_nothing"
    UNLESS_NO_ANSWER = "unless_no_answer"
    UNLESS_TOO_SOON = "unless_too_soon"
    UNLESS_TOO_MANY = "unless_too_many"
    CIRCLE = "circle"
    TOO_LATE = "too_late"
    NO_WORDS = "no_words"
    LANGUAGE_MISSING = "language_missing"
    LANGUAGE_READ = "language_read"
    NO_STAND_DOWN = "no_stand_down"
    LONG_SMS = "long_sms"
    SAME_CHOICE = "same_choice"
    NO_HELP_CHOICE = "no_help_choice"
    CHOICE_WORDS = "choice_words"
    NOBODY = "nobody"
    ON_CALL_GAP = "on_call_gap"
    ON_CALL_UNKNOWN = "on_call_unknown"
    WAY_REACHES_NOBODY = "way_reaches_nobody"
    UNREACHED = "unreached"
    PROFILE_GONE = "profile_gone"
    LIST_GONE = "list_gone"
    PERSON_GONE = "person_gone"
    SITE_GONE = "site_gone"
    SCHEDULE_GONE = "schedule_gone"
    SCRIPT_UNKNOWN = "script_unknown"
    SCRIPT_FAULT = "script_fault"
    LOCKS = "locks"
    NO_CONTACT = "no_contact"
    CONTACT_UNKNOWN = "contact_unknown"
    CONTACT_FAULT = "contact_fault"
    CONTACT_REFUSED = "contact_refused"
    RECORDING_UNKNOWN = "recording_unknown"
    RECORDING_FAULT = "recording_fault"
    RECORDING_LANGUAGE = "recording_language"
    RECORDING_WORDS = "recording_words"
    RECORDING_MISSING = "recording_missing"


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that is missing in a plan, or wrong.

    Attributes:
        code: what, for programs.
        sentence: what, in the language that was active.
        weight: whether it stops the approval.
        step: the key of the step; ``None``: of the plan as a whole.
        field: where in the document: ``steps.3.words.fr``; empty: nowhere in particular.
    """

    code: HoleCode
    sentence: str
    weight: Weight = Weight.STOPS
    step: str | None = None
    field: str = ""

    @property
    def stops(self) -> bool:
        """Whether the plan cannot be approved with it."""
        return self.weight is Weight.STOPS


@dataclass(frozen=True, slots=True)
class At:
    """A step of a document, and where it stands."""

    index: int
    step: AnyStep

    def hole(self, code: HoleCode, sentence: str, weight: Weight = Weight.STOPS, field: str = "") -> Hole:
        """A hole of this step; `field` is below it."""
        return Hole(
            code, sentence, weight, self.step.key, ".".join(part for part in (f"steps.{self.index}", field) if part)
        )

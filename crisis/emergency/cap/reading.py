"""Reading a CAP 1.2 message from outside: no entity, no file, no network, and what is not valid is refused in a sentence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from crisis.emergency.cap.schema import EARLIER, NAMESPACE, fault_of
from crisis.emergency.cap.values import (
    Area,
    CapAlert,
    CapFault,
    Category,
    Certainty,
    Circle,
    Info,
    MessageType,
    Named,
    Point,
    Polygon,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from soc.refusals import Refusal

MOST_BYTES: Final = 1024 * 1024
"""A message with a picture in it is smaller."""


def read(document: bytes) -> CapAlert:
    """The message.

    Raises:
        Refusal: it is too large, brings entities, is no XML or of another version, or is not valid; the sentence says which.
    """
    root = _parsed(document)
    _must_be_this_version(root)
    if (fault := fault_of(root)) is not None:
        raise _invalid(fault.element, fault.line)
    try:
        return _alert(root)
    except CapFault as broken:
        raise _invalid(broken.element, 0) from broken


def _parsed(document: bytes) -> etree._Element:
    """The tree. A document type is refused before any parser sees it, which no entity survives: they are declared there."""
    if len(document) > MOST_BYTES:
        raise Refusal(
            "cap_too_large", _("This CAP message is too large: %(most)d bytes at most."), params={"most": MOST_BYTES}
        )
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal("cap_not_utf8", _("This CAP message is not written in UTF-8. Send it in UTF-8.")) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refusal(
            "cap_with_entities",
            _("This CAP message declares a document type or entities. It was not read; send it without them."),
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("cap_not_xml", _("This is no XML document. Send a CAP 1.2 message.")) from error
    return root


def _must_be_this_version(root: etree._Element) -> None:
    name = etree.QName(root)
    if name.localname == "alert" and name.namespace == NAMESPACE:
        return
    if (version := EARLIER.get(name.namespace or "")) is not None:
        raise Refusal(
            "cap_version", _("This is CAP %(version)s. Only CAP 1.2 is accepted."), params={"version": version}
        )
    raise Refusal("cap_unknown", _("This is no CAP message: its schema is unknown. Only CAP 1.2 is accepted."))


def _invalid(element: str, line: int) -> Refusal:
    if line:
        return Refusal(
            "cap_invalid",
            _("This is no valid CAP 1.2 message: see <%(element)s> on line %(line)d."),
            params={"element": element, "line": line},
        )
    return Refusal(
        "cap_invalid", _("This is no valid CAP 1.2 message: see <%(element)s>."), params={"element": element}
    )


def _alert(root: etree._Element) -> CapAlert:
    return CapAlert(
        identifier=_text(root, "identifier"),
        sender=_text(root, "sender"),
        sent=_moment("sent", _text(root, "sent")),
        status=Status(_text(root, "status")),
        msg_type=MessageType(_text(root, "msgType")),
        scope=Scope(_text(root, "scope")),
        source=_text(root, "source"),
        restriction=_text(root, "restriction"),
        addresses=_text(root, "addresses"),
        codes=_texts(root, "code"),
        note=_text(root, "note"),
        references=tuple(_reference(one) for one in _text(root, "references").split()),
        incidents=_text(root, "incidents"),
        infos=tuple(_info(part) for part in _parts(root, "info")),
    )


def _info(part: etree._Element) -> Info:
    return Info(
        language=_text(part, "language") or "en-US",
        categories=tuple(Category(one) for one in _texts(part, "category")),
        event=_text(part, "event"),
        response_types=tuple(ResponseType(one) for one in _texts(part, "responseType")),
        urgency=Urgency(_text(part, "urgency")),
        severity=Severity(_text(part, "severity")),
        certainty=Certainty(_text(part, "certainty")),
        audience=_text(part, "audience"),
        event_codes=_named(part, "eventCode"),
        effective=_maybe_moment(part, "effective"),
        onset=_maybe_moment(part, "onset"),
        expires=_maybe_moment(part, "expires"),
        sender_name=_text(part, "senderName"),
        headline=_text(part, "headline"),
        description=_text(part, "description"),
        instruction=_text(part, "instruction"),
        web=_text(part, "web"),
        contact=_text(part, "contact"),
        parameters=_named(part, "parameter"),
        resources=tuple(_resource(one) for one in _parts(part, "resource")),
        areas=tuple(_area(one) for one in _parts(part, "area")),
    )


def _resource(part: etree._Element) -> Resource:
    size = _text(part, "size")
    return Resource(
        description=_text(part, "resourceDesc"),
        mime_type=_text(part, "mimeType"),
        size=int(size) if size and len(size) < 20 else None,
        uri=_text(part, "uri"),
        deref_uri=_text(part, "derefUri"),
        digest=_text(part, "digest"),
    )


def _area(part: etree._Element) -> Area:
    return Area(
        description=_text(part, "areaDesc"),
        polygons=tuple(_polygon(one) for one in _texts(part, "polygon")),
        circles=tuple(_circle(one) for one in _texts(part, "circle")),
        geocodes=_named(part, "geocode"),
        altitude=_decimal(part, "altitude"),
        ceiling=_decimal(part, "ceiling"),
    )


def _polygon(text: str) -> Polygon:
    """Its corners; one that its sender left open is closed: what it means is plain."""
    return Polygon.around(*(_point("polygon", one) for one in text.split()))


def _circle(text: str) -> Circle:
    try:
        centre, radius = text.split()
    except ValueError as error:
        raise CapFault("circle", "not a point and a radius") from error
    return Circle(_point("circle", centre), _float("circle", radius))


def _point(element: str, text: str) -> Point:
    latitude, comma, longitude = text.partition(",")
    if not comma:
        raise CapFault(element, "not a latitude and a longitude")
    return Point(_float(element, latitude), _float(element, longitude))


def _float(element: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise CapFault(element, "not a number") from error


def _decimal(part: etree._Element, name: str) -> Decimal | None:
    if not (text := _text(part, name)):
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise CapFault(name, "not a number") from error


def _reference(text: str) -> Reference:
    try:
        sender, identifier, sent = text.split(",")
    except ValueError as error:
        raise CapFault("references", "not sender,identifier,sent") from error
    return Reference(sender, identifier, _moment("references", sent))


def _maybe_moment(part: etree._Element, name: str) -> dt.datetime | None:
    return _moment(name, text) if (text := _text(part, name)) else None


def _moment(element: str, text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CapFault(element, "not a moment") from error


def _named(part: etree._Element, name: str) -> tuple[Named, ...]:
    return tuple(Named(_text(one, "valueName"), _text(one, "value")) for one in _parts(part, name))


def _parts(part: etree._Element, name: str) -> list[etree._Element]:
    return part.findall(f"{{{NAMESPACE}}}{name}")


def _texts(part: etree._Element, name: str) -> tuple[str, ...]:
    return tuple((one.text or "").strip() for one in _parts(part, name))


def _text(part: etree._Element, name: str) -> str:
    """The text of the only such element; empty where there is none."""
    return (part.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()

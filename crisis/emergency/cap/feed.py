"""The Atom feed of the messages that are given out, as consumers of CAP poll it: an entry and a link for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from lxml import etree

from crisis import templates
from crisis.emergency.cap.schema import MEDIA_TYPE, NAMESPACE
from crisis.emergency.models import CapMessage, CapReader, Direction
from soc import clock

ATOM: Final = "http://www.w3.org/2005/Atom"
ATOM_TYPE: Final = "application/atom+xml; charset=utf-8"
MOST_ENTRIES: Final = 100
_NSMAP = cast("dict[str, str]", {None: ATOM, "cap": NAMESPACE})


def given_out(reader: CapReader) -> QuerySet[CapMessage]:
    """What a reader may fetch, newest first: of its site those of the whole organisation too."""
    rows = CapMessage.objects.filter(organisation=reader.organisation_id, direction=Direction.OUT)
    return rows.filter(Q(site=reader.site_id) | Q(site=None)) if reader.site_id else rows


def atom(reader: CapReader, messages: Sequence[CapMessage], own: str, address: Callable[[UUID], str]) -> bytes:
    """The feed.

    Args:
        reader: whose feed.
        messages: newest first.
        own: the feed's address, without its key.
        address: where a message is fetched.
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NSMAP)
    _put(root, "id", reader.pk.urn)
    _put(root, "title", reader.organisation.name)
    newest = messages[0].created_at if messages else clock.now()
    _put(root, "updated", newest.isoformat(timespec="seconds"))
    _put(_part(root, "author"), "name", reader.organisation.name)
    _part(root, "link", rel="self", href=own, type="application/atom+xml")
    for message in messages:
        entry = _part(root, "entry")
        _put(entry, "id", message.pk.urn)
        _put(entry, "title", str(message))
        at = message.sent_at.isoformat(timespec="seconds")
        _put(entry, "updated", at)
        _put(entry, "published", at)
        _put(entry, "summary", message.event)
        _part(entry, "link", rel="alternate", href=address(message.pk), type=MEDIA_TYPE)
        for name in ("status", "msg_type", "urgency", "severity", "certainty"):
            if value := getattr(message, name):
                etree.SubElement(entry, f"{{{NAMESPACE}}}{_ELEMENTS.get(name, name)}").text = value
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


_ELEMENTS = {"msg_type": "msgType"}


def _put(parent: etree._Element, name: str, text: str) -> None:
    _part(parent, name).text = templates.clean(text).translate({0xFFFE: None, 0xFFFF: None})


def _part(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)

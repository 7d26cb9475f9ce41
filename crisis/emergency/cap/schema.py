"""OASIS' schema of CAP 1.2, which every message is held against that goes out or comes in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
EARLIER: Final = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
    "urn:oasis:names:tc:emergency:cap:1.0": "1.0",
}
"""What earlier versions of the protocol call themselves."""
MEDIA_TYPE: Final = "application/cap+xml"

_FILE = Path(__file__).with_name("CAP-v1.2.xsd")


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a document leaves the schema."""

    line: int
    element: str


def fault_of(document: etree._Element) -> Fault | None:
    """The first place where a document leaves the schema; `None`: it is valid."""
    schema = etree.XMLSchema(etree.fromstring(_text()))  # its log of errors is its own: threads share none
    if schema.validate(document):
        return None
    error = cast("Any", schema.error_log)[0]  # its stubs say nothing of what is in it
    # Its path is as `/*/*[7]/*[2]`, which says nothing to a person: the name of the element there does.
    found = document.getroottree().xpath(error.path) if error.path else []
    at = found[0] if isinstance(found, list) and found else None
    return Fault(int(error.line), etree.QName(at).localname if isinstance(at, etree._Element) else "alert")


@cache
def _text() -> bytes:
    return _FILE.read_bytes()

"""The kinds of events that the page's code knows are those that the server sends: nothing else would tell it of a slip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from soc.broadcast.events import Payload
from soc.broadcast.hub import PEOPLE_CHANGED

PROTOCOL: Final = Path(__file__).parents[3] / "frontend/src/feed/protocol.ts"


def kinds(of: type[Payload]) -> Iterator[str]:
    """Those of the payloads that are made of this one, but for tests' own."""
    for one in of.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield str(one.model_fields["kind"].default)
            yield from kinds(one)


def test_the_page_knows_every_kind_that_is_sent_and_no_other() -> None:
    import_module("soc.urls")  # and with it whatever sends something
    union = re.search(r"export type FeedKind =((?:\n  \|[^\n]*)+)", PROTOCOL.read_text())
    assert union is not None
    known = re.findall(r"'([a-z_.]+)'", union[1])
    assert len(known) == len(set(known))
    assert set(known) == set(kinds(Payload)) - {PEOPLE_CHANGED}, "which reaches no browser"

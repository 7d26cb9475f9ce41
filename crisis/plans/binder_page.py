"""The binder as one page for a phone: a file without anything outside it, so that it opens where there is no network.

It says what the printed one says (`binder.py`), with numbers to press and boxes to tick. It has no script: what is ticked or
written in lasts for as long as the page stays open, and it says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final, cast

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crisis.plans.binder import binder
from crisis.plans.models import PlanVersion
from soc.people.models import Member

MEDIA_TYPE: Final = "text/html; charset=utf-8"
_TEMPLATE: Final = "plans/binder.html"
_NUMBER: Final = re.compile(r"^\+?\d[\d ]{0,20}$")


def page(version: PlanVersion, reader: Member, at: dt.datetime) -> str:
    """The page, in the active language.

    Args:
        version: an approved one, or a draft, which says that it is one.
        reader: whoever keeps it: people out of their reach are counted, not named.
        at: when: who would be reached then.
    """
    told = cast("dict[str, Any]", binder(version, reader, at))
    steps = [{**step, "lines": [_line(line) for line in step["lines"]]} for step in told["steps"]]
    calls = [{**group, "people": [_person(one) for one in group["people"]]} for group in told["calls"]]
    # What Django would call a dictionary's method is given by another name.
    words = {**told["words"], "ticks": _("What you tick and write here is lost when this page is closed.")}
    shown = {**told, "calls": calls, "language": reader.language, "words": words, "parts": steps}
    return render_to_string(_TEMPLATE, shown)


def _person(one: dict[str, str]) -> dict[str, Any]:
    return {"name": one["name"], "ways": list(_ways(one["numbers"].split(", ")))}


def _line(text: str) -> dict[str, str]:
    """A line of a step; of a number alone, one to press."""
    return next(iter(_ways([text])))


def _ways(texts: Iterable[str]) -> Iterable[dict[str, str]]:
    for text in texts:
        yield {"text": text, "tel": text.replace(" ", "") if _NUMBER.match(text) else ""}

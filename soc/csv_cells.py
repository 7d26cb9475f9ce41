"""What cells mean in whatever table: yes and no, texts that a spreadsheet must not run, and what is wrong with one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.csv_tables import plain

_YES = frozenset(["yes", "y", "true", "1", "x", "on", "oui", "o", "vrai"])
_NO = frozenset(["no", "n", "false", "0", "off", "non", "faux"])
_FORMULA = re.compile(r"\A[=+\-@]")
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

NEITHER_YES_NOR_NO = _("“%(cell)s” is neither yes nor no.")
TOO_MANY_CELLS = _("The row has more cells than the header. Put text that contains the separator in quotation marks.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, as a sentence that is rendered where it is read."""

    field: str
    text: Promise | str
    cell: str = ""

    @property
    def sentence(self) -> str:
        """In the active language. What stands in the cell is shortened; a password's cell is never shown."""
        return str(self.text) % {"cell": self.cell[:40]} if self.cell else str(self.text)


def text_problem(field: str, cell: str) -> Problem | None:
    """Why this text is not kept, if so: whoever exports it one day into a spreadsheet must not run it."""
    if _FORMULA.match(cell):
        text = _("A text must not begin with =, +, - or @: a spreadsheet would take it for a formula.")
        return Problem(field, text)
    if _HIDDEN.search(cell):
        return Problem(field, _("The text contains line breaks or invisible characters."))
    return None


def yes_or_no(cell: str) -> bool | None:
    """What the cell says, in every language; ``None`` for something else."""
    word = plain(cell)
    return True if word in _YES else False if word in _NO else None


def without_shield(cell: str) -> str:
    """The cell without the apostrophe behind which an export hides what could be a formula (`soc.exports.safe_cell`)."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell[1:]) else cell

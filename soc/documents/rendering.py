"""Makes a PDF of a template and data: offline, with typst's own fonts, accessible (PDF/UA), and never of markup in data.

An app's templates lie in its folder `documents/`; one is named by its path in there, such as ``audits/risk_audit.typ``. What all
documents share is `house.typ`, imported by that name. The data are read as JSON inside the template: a text in them is shown
as it is, whatever stands in it. Words are the caller's, in the reader's language: a template holds none.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Final

import typst
from django.apps import apps

from soc import clock
from soc.journal.digests import Json

_HERE: Final = Path(__file__).parent
_HOUSE: Final = _HERE / "house"
MEDIA_TYPE: Final = "application/pdf"


class NoSuchTemplate(LookupError):
    """No app has a template of this name."""


def render(template: str, data: Json, language: str, *, at: dt.datetime | None = None) -> bytes:
    """A PDF of `template` filled with `data`.

    Args:
        template: its path below an app's folder `documents/`.
        data: what the template reads as `data`, which `house.typ` gives it; of it, texts are shown and never interpreted.
        language: of the words in the data (``fr``): hyphenation, and how a screen reader reads the document aloud.
        at: when the document is said to have been made; now, if not given.

    Raises:
        NoSuchTemplate: no app has it.
        typst.TypstError: the template is wrong, or the data lack what it reads.
    """
    # The folder of the house is all that a template reaches, and there is no package to be had from outside.
    compiler = typst.Compiler(
        _source(template),
        root=_HOUSE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"language": language, "data": json.dumps(data, ensure_ascii=False, allow_nan=False)},
        package_path=_HOUSE,
        package_cache_path=_HOUSE,
    )
    made = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=(at or clock.now()).replace(microsecond=0))
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF.")
    return made


def _source(template: str) -> bytes:
    for app in apps.get_app_configs():
        folder = Path(app.path) / "documents"
        path = folder / template
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path.read_bytes()
    raise NoSuchTemplate(template)


@cache
def _fonts() -> typst.Fonts:
    """The fonts in typst itself, the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)

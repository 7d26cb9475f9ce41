"""A plan's document as it is entered: read into its types, its texts and areas checked, put into its one form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from crisis import templates
from crisis.plans import areas
from crisis.plans.content import PlanContent
from crisis.plans.references import audiences
from crisis.plans.texts import texts
from soc.journal.digests import Json, canonical
from soc.refusals import Refusal

LARGEST: Final = 400_000
"""Bytes of a document in its one form."""
_DEEPEST: Final = 20
_SHOWN: Final = 40

_SENTENCES: Mapping[str, Promise | str] = {
    "missing": _("This is needed."),
    "extra_forbidden": _("There is no such field."),
    "union_tag_invalid": _("There is no such kind here."),
    "union_tag_not_found": _("Say of which kind this is."),
    "enum": _("Choose one of the list."),
    "uuid_parsing": _("Choose one of the list."),
    "uuid_type": _("Choose one of the list."),
    "string_pattern_mismatch": _("This is not written as it must be."),
    "string_too_short": _("This is needed."),
    "too_short": _("This is needed."),
}
_TOO_LONG = _("This text is too long.")
_TOO_MANY = _("There are too many.")
_OUT_OF_RANGE = _("This number is too small or too large.")
_WRONG = _("This value is not valid.")
_TAGS: Final = frozenset({"steps", "groups"})
"""Lists whose items are of several kinds: where pydantic says what is wrong in one, it names its kind after its place."""


def read(entered: object) -> PlanContent:
    """A document in its types.

    Raises:
        Refusal: it is none; the fields say where (``document.steps.0.words.fr.text``) and what is wrong.
    """
    _must_be_writable(entered)
    try:
        content = PlanContent.model_validate(entered)
    except ValidationError as error:
        found = {_path(fault["loc"]): _sentence(fault["type"]) for fault in error.errors(include_url=False)}
        # A list whose only item is wrong is said to be too short as well: the item says more.
        inner = {path: said for path, said in found.items() if not any(one.startswith(f"{path}.") for one in found)}
        raise _refusal(inner) from error
    faults: dict[str, Promise | str] = {}
    if len(set(content.languages)) != len(content.languages):
        faults["languages"] = _("A language is named twice.")
    for text in texts(content):
        if problems := templates.check(text.text):
            faults[text.field] = " ".join(problem.sentence for problem in problems)
    for at in audiences(content):
        faults |= {f"{at.field}.{where}": said for where, said in areas.faults(at.audience)}
    if faults:
        raise _refusal(faults)
    if len(canonical(written(content)).encode()) > LARGEST:
        raise Refusal(
            "document_too_large",
            _("This plan is too large: %(most)d thousand characters at most."),
            fields={"document": _("This plan is too large.")},
            params={"most": LARGEST // 1000},
        )
    return content


def written(content: PlanContent) -> Json:
    """A document in its one form, as it is kept."""
    kept: Json = content.model_dump(mode="json")
    return kept


def digest(document: Json) -> str:
    """The SHA-256, in hexadecimal, of a document as it is kept: over its canonical JSON (keys in order, no spaces, ASCII)."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def _refusal(faults: Mapping[str, Promise | str]) -> Refusal:
    # Named, not filled in beforehand: a sentence may hold a "%" of the writer's.
    names = {path: f"fault_{number}" for number, path in enumerate(faults)}
    return Refusal(
        "document_with_faults",
        _("The plan was not saved: something in it is not right."),
        fields={f"document.{path}" if path else "document": f"%({name})s" for path, name in names.items()},
        params={name: str(faults[path]) for path, name in names.items()},
    )


def _path(place: Sequence[int | str]) -> str:
    """Where something is, without the kinds of steps and groups that pydantic names in between."""
    kept: list[str] = []
    for at, part in enumerate(place):
        after_an_item = at >= 2 and isinstance(place[at - 1], int) and place[at - 2] in _TAGS
        if isinstance(part, str) and (after_an_item or part == "[key]"):
            continue
        kept.append(str(part)[:_SHOWN])
    return ".".join(kept)


def _sentence(kind: str) -> Promise | str:
    if kind == "string_too_long":
        return _TOO_LONG
    if kind == "too_long":
        return _TOO_MANY
    if kind.startswith(("greater_than", "less_than", "finite_number")):
        return _OUT_OF_RANGE
    return _SENTENCES.get(kind, _WRONG)


def _must_be_writable(entered: object) -> None:
    """No database keeps the character 0 or half a character, and nothing is nested deeper than a document is."""
    for path, text in _strings(entered, ()):
        if "\x00" in text or any("\ud800" <= one <= "\udfff" for one in text):
            raise _refusal({".".join(map(str, path)): _("There is a character here that cannot be kept.")})


def _strings(value: object, path: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if len(path) > _DEEPEST:
        raise _refusal({"": _WRONG})
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, str(key)
            yield from _strings(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, index))

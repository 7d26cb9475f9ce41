"""Promise 9: which facts the law asks for before a camera may be watched, and a rule switched on.

A legal frame is data. France's is the default; another is one more entry of `FRAMES`. What an entry does not name is refused:
an unknown frame, or a kind of place that it does not describe, is watched by nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from detection.models import Camera, PlaceKind
from soc import clock
from soc.people.models import Organisation


class Fact(StrEnum):
    """A fact that the law asks for. The value is the field of the camera or rule that states it."""

    PLACE = "place"
    PURPOSE = "purpose"
    LEGAL_BASIS = "legal_basis"
    NOTICE = "notice_displayed"
    AUTHORISATION = "authorisation"
    AUTHORISED_UNTIL = "authorised_until"
    AUTHORISING_TEXT = "authorising_text"
    AUTHORISED_FROM = "authorised_from"


@dataclass(frozen=True, slots=True)
class LegalRefusal:
    """One thing that is missing.

    Attributes:
        field: of the camera or rule, which a form marks.
        sentence: lazily translated: what is missing and what to do.
    """

    field: Fact
    sentence: str | Promise


@dataclass(frozen=True, slots=True)
class Ending:
    """An authorisation that ends soon.

    Attributes:
        on: its last day.
        days: how many days are left; 0 on that day.
    """

    on: dt.date
    days: int

    @property
    def sentence(self) -> str:
        """What to do, in the active language."""
        if self.days == 0:
            return str(_("The authorisation ends today. Without a new one the camera is not watched from tomorrow."))
        text = ngettext(
            "The authorisation ends in %(days)d day. Ask for its renewal now.",
            "The authorisation ends in %(days)d days. Ask for its renewal now.",
            self.days,
        )
        return text % {"days": self.days}


@dataclass(frozen=True, slots=True)
class PlaceLaw:
    """What a kind of place asks for.

    Attributes:
        camera: facts that a camera needs before it is watched.
        rule_needs_text: whether each security rule needs the text that authorises its situation, with its dates.
    """

    camera: frozenset[Fact]
    rule_needs_text: bool


@dataclass(frozen=True, slots=True)
class LegalFrame:
    """The law of a country, as far as a camera is concerned."""

    key: str
    places: Mapping[PlaceKind, PlaceLaw]


_ALWAYS = frozenset({Fact.PURPOSE, Fact.LEGAL_BASIS, Fact.NOTICE})
_AUTHORISED = _ALWAYS | {Fact.AUTHORISATION, Fact.AUTHORISED_UNTIL}

FRANCE = LegalFrame(
    key="fr",
    places={
        # Vidéosurveillance: the GDPR and the labour code.
        PlaceKind.PRIVATE: PlaceLaw(_ALWAYS, rule_needs_text=False),
        PlaceKind.WORKPLACE: PlaceLaw(_ALWAYS, rule_needs_text=False),
        # Vidéoprotection: also the prefect's authorisation (code de la sécurité intérieure), and a text for each use of
        # algorithms, which that authorisation does not cover.
        PlaceKind.OPEN_TO_PUBLIC: PlaceLaw(_AUTHORISED, rule_needs_text=True),
        PlaceKind.PUBLIC_ROAD: PlaceLaw(_AUTHORISED, rule_needs_text=True),
    },
)
FRAMES: dict[str, LegalFrame] = {FRANCE.key: FRANCE}

TOLD_BEFORE_DAYS = 30
"""An authorisation that ends is told this many days before: a prefecture takes weeks to renew one."""

_MISSING: dict[Fact, Promise] = {
    Fact.PURPOSE: _("Enter what the camera is for."),
    Fact.LEGAL_BASIS: _("Enter the legal basis on which the camera watches."),
    Fact.NOTICE: _("Display the notice that tells people of the camera, then say so here."),
    Fact.AUTHORISATION: _("Enter the number of the authorisation: this kind of place needs one."),
    Fact.AUTHORISED_UNTIL: _("Enter until when the authorisation is valid."),
}
_NO_PLACE = LegalRefusal(Fact.PLACE, _("Say what kind of place the camera looks at."))
_UNKNOWN = LegalRefusal(
    Fact.PLACE, _("The organisation's legal frame does not describe this kind of place. Ask the operator to add it.")
)
_EXPIRED = LegalRefusal(
    Fact.AUTHORISED_UNTIL, _("The authorisation has expired. Have it renewed and enter its new date.")
)


def refusals(camera: Camera, *, today: dt.date | None = None) -> list[LegalRefusal]:
    """Why `camera` may be set up and tested but not watched; empty when it may be.

    Reads `camera.organisation`: select it along with many cameras.

    Args:
        camera: its facts.
        today: the day that expiries are measured against; the organisation's today when not given.
    """
    law = _law(camera)
    if isinstance(law, LegalRefusal):
        return [law]
    missing = [
        LegalRefusal(fact, sentence)
        for fact, sentence in _MISSING.items()
        if fact in law.camera and not _stated(getattr(camera, fact.value))
    ]
    expires = camera.authorised_until
    if Fact.AUTHORISED_UNTIL in law.camera and expires is not None and expires < _day(camera.organisation, today):
        missing.append(_EXPIRED)
    return missing


def ending(camera: Camera, *, today: dt.date | None = None) -> Ending | None:
    """That the authorisation of `camera` ends within `TOLD_BEFORE_DAYS`, if its place needs one and it does."""
    law = _law(camera)
    last = camera.authorised_until
    if isinstance(law, LegalRefusal) or Fact.AUTHORISED_UNTIL not in law.camera or last is None:
        return None
    days = (last - _day(camera.organisation, today)).days
    return Ending(last, days) if 0 <= days <= TOLD_BEFORE_DAYS else None


def asked_of(organisation: Organisation) -> dict[PlaceKind, PlaceLaw]:
    """What the organisation's legal frame asks for at each kind of place that it describes."""
    frame = FRAMES.get(organisation.legal_frame)
    return dict(frame.places) if frame else {}


def rule_refusals(
    camera: Camera,
    *,
    purpose: str,
    authorising_text: str = "",
    authorised_from: dt.date | None = None,
    authorised_until: dt.date | None = None,
    today: dt.date | None = None,
) -> list[LegalRefusal]:
    """Why a security rule of `camera` may be set up but has to stay off; empty when it may be switched on.

    Args:
        camera: where the rule runs.
        purpose: what the rule is for.
        authorising_text: the text that authorises this situation, where the place asks for one.
        authorised_from: first day on which the text applies.
        authorised_until: last day.
        today: as in `refusals`.
    """
    law = _law(camera)
    if isinstance(law, LegalRefusal):
        return [law]
    missing: list[LegalRefusal] = []
    if not _stated(purpose):
        missing.append(LegalRefusal(Fact.PURPOSE, _("Enter what the rule is for.")))
    if law.rule_needs_text:
        missing += _of_text(authorising_text, authorised_from, authorised_until, _day(camera.organisation, today))
    return missing


def _of_text(text: str, start: dt.date | None, end: dt.date | None, today: dt.date) -> list[LegalRefusal]:
    missing: list[LegalRefusal] = []
    if not _stated(text):
        sentence = _(
            "In a place open to the public and on a public road a security rule stays off until the text that "
            "authorises this situation is entered. Enter its reference."
        )
        missing.append(LegalRefusal(Fact.AUTHORISING_TEXT, sentence))
    if start is None:
        missing.append(LegalRefusal(Fact.AUTHORISED_FROM, _("Enter from when the text applies.")))
    elif start > today:
        missing.append(LegalRefusal(Fact.AUTHORISED_FROM, _("The text that authorises this rule does not apply yet.")))
    if end is None:
        missing.append(LegalRefusal(Fact.AUTHORISED_UNTIL, _("Enter until when the text applies.")))
    elif end < today:
        missing.append(LegalRefusal(Fact.AUTHORISED_UNTIL, _("The text that authorises this rule applies no longer.")))
    elif start is not None and end < start:
        missing.append(LegalRefusal(Fact.AUTHORISED_UNTIL, _("The text's last day lies before its first.")))
    return missing


def _law(camera: Camera) -> PlaceLaw | LegalRefusal:
    if not camera.place:
        return _NO_PLACE
    frame = FRAMES.get(camera.organisation.legal_frame)
    law = frame.places.get(PlaceKind(camera.place)) if frame else None
    return law or _UNKNOWN


def _stated(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _day(organisation: Organisation, today: dt.date | None) -> dt.date:
    return today or clock.now().astimezone(ZoneInfo(organisation.timezone)).date()

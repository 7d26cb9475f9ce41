"""Giving a CAP message out: what an activation tells other systems, in every language of its plan."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext, override

from crisis import templates
from crisis.emergency.cap import tables
from crisis.emergency.cap.keeping import columns
from crisis.emergency.cap.reading import read
from crisis.emergency.cap.values import (
    Area,
    CapAlert,
    Certainty,
    Circle,
    Info,
    MessageType,
    Named,
    Point,
    Reference,
    Scope,
    Status,
    Urgency,
)
from crisis.emergency.cap.writing import write
from crisis.emergency.models import CapMessage, Direction
from crisis.templates import Facts, Place
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Organisation, Site

VALID_FOR: Final = dt.timedelta(hours=24)
"""After that a reader no longer shows it, unless it is told anew."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language: plain texts, or texts with places, which are filled."""

    headline: str
    description: str = ""
    instruction: str = ""


def cap_for(
    organisation: Organisation,
    facts: Facts,
    words: Mapping[str, Words],
    *,
    kind: str,
    exercise: bool,
    site: Site | None = None,
    msg_type: MessageType = MessageType.ALERT,
    follows: Sequence[CapMessage] = (),
    certainty: Certainty = Certainty.OBSERVED,
    areas: Sequence[Area] = (),
    valid_for: dt.timedelta = VALID_FOR,
) -> CapMessage:
    """Write a message in the caller's transaction; from then on readers fetch it. `events.cap_given` tells the pages, last.

    Args:
        organisation: whose message.
        facts: what is known; of a drill its `exercise` is set.
        words: language code to what is said, the organisation's own language first; none: the usual words in its language.
        kind: the code of the risk, as `crisis.audits.catalogue` names it; empty or unknown: "Other".
        exercise: part of a drill: the message's status is `Exercise`, whatever the facts say, and never `Actual`.
        site: where; `None`: nowhere in particular.
        msg_type: an alert, an update of `follows`, or a cancellation of it.
        follows: the messages given out before that this one updates or cancels.
        certainty: Observed after a person's report or a *levée de doute*, Likely before.
        areas: where exactly; none: the site, as a point.
        valid_for: until when it is shown.

    Raises:
        RuntimeError: outside a transaction.
        CapFault: an update or a cancellation that follows nothing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A CAP message is written in the transaction of what it tells; open one first.")
    own = uuid.uuid4()
    sent = clock.now().astimezone(_zone(organisation)).replace(microsecond=0)
    drill = exercise or facts.exercise
    spoken = words or {organisation.language: Words(Place.ALERT.token)}
    where = tuple(areas) or (_area(facts, site),)
    expires = None if msg_type is MessageType.CANCEL else sent + valid_for
    alert = CapAlert(
        identifier=own.urn,
        sender=organisation.pk.urn,
        sent=sent,
        status=Status.EXERCISE if drill else Status.ACTUAL,
        msg_type=msg_type,
        scope=Scope.PUBLIC,
        note=facts.reference,
        references=tuple(_reference(one) for one in follows),
        infos=tuple(
            Info(
                language=language,
                categories=tables.categories_of(kind),
                event=_event(facts, language),
                response_types=tables.RESPONSES.get(msg_type, ()),
                urgency=tables.URGENCIES.get(msg_type, Urgency.UNKNOWN),
                severity=tables.severity_of(facts.severity),
                certainty=certainty,
                event_codes=(Named("VIGIE-RISK", kind),) if kind else (),
                effective=sent,
                expires=expires,
                sender_name=organisation.name,
                headline=_marked(_filled(said.headline, facts, language), language, drill=drill),
                description=_filled(said.description, facts, language),
                instruction=_filled(said.instruction, facts, language),
                contact=facts.callback,
                areas=where,
            )
            for language, said in spoken.items()
        ),
    )
    message = CapMessage.objects.create(
        id=own, direction=Direction.OUT, **columns(alert, write(alert), organisation.pk, site.pk if site else None)
    )
    record(
        organisation,
        Action.CAP_GIVEN,
        subject=message,
        site_id=message.site_id,
        details={"cap_status": message.status, "cap_type": message.msg_type, "languages": list(spoken)},
    )
    return message


def _reference(earlier: CapMessage) -> Reference:
    """As its document says it: with the offset that was written."""
    return read(bytes(earlier.document)).reference


def _filled(text: str, facts: Facts, language: str) -> str:
    return templates.fill(text, facts, language) if text else ""


def _event(facts: Facts, language: str) -> str:
    return templates.fill(Place.ALERT.token, facts, language)


def _marked(headline: str, language: str, *, drill: bool) -> str:
    """A drill's headline says so too: a reader that ignores the status still reads it."""
    with override(language):
        mark = gettext("EXERCISE")
    return headline if not drill or mark in headline else f"{mark} – {headline}"


def _area(facts: Facts, site: Site | None) -> Area:
    named = ", ".join(part for part in (facts.site, facts.zone, facts.address) if part)
    latitude = facts.latitude if site is None else site.latitude
    longitude = facts.longitude if site is None else site.longitude
    point = () if latitude is None or longitude is None else (Circle(Point(latitude, longitude), 0),)
    return Area(named or facts.organisation or "–", circles=point)


def _zone(organisation: Organisation) -> dt.tzinfo:
    try:
        return ZoneInfo(organisation.timezone)
    except (KeyError, ValueError, OSError):
        return dt.UTC

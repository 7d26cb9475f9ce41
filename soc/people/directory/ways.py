"""The ways of one person: what is entered is checked, what stays keeps its verification, what was stopped stays stopped."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.people.directory import phones
from soc.people.directory.models import ContactWay, Person, StoppedNumber, WayKind
from soc.refusals import Refusal

MOST_WAYS = 10
_LONGEST_EMAIL = 254

NOT_AN_EMAIL = _("This is no e-mail address. Write it as name@example.org.")
TWICE = _("This number or address is entered twice.")


@dataclass(frozen=True, slots=True)
class WayEntry:
    """A way as it is entered.

    Attributes:
        kind: what kind of address it is.
        address: the number or address, as somebody writes it.
        sms: whether a phone receives SMS; ``None``: as its kind of number lets expect.
        voice: whether a phone can be called.
    """

    kind: WayKind
    address: str
    sms: bool | None = None
    voice: bool = True


@dataclass(frozen=True, slots=True)
class CheckedWay:
    """A way as it can be kept."""

    kind: WayKind
    address: str
    sms: bool
    voice: bool


def checked(entries: Sequence[WayEntry], region: str | None) -> list[CheckedWay]:
    """The ways as they can be kept, in the order in which they are tried.

    Args:
        entries: what was entered.
        region: the country whose numbers need no code: `phones.region_of`.

    Raises:
        Refusal: some are no numbers or addresses; each sentence is of its field, `ways.0.address`.
    """
    if len(entries) > MOST_WAYS:
        many = _("A person has at most %(most)d ways to be reached.")
        raise Refusal("too_many_ways", many, fields={"ways": many}, params={"most": MOST_WAYS})
    kept: list[CheckedWay] = []
    wrong: dict[str, Promise | str] = {}
    for at, entry in enumerate(entries):
        way = looked_at(entry, region)
        if not isinstance(way, CheckedWay):
            wrong[f"ways.{at}.address"] = way
        elif any(one.kind is way.kind and one.address == way.address for one in kept):
            wrong[f"ways.{at}.address"] = TWICE
        else:
            kept.append(way)
    if wrong:
        raise Refusal("no_such_way", next(iter(wrong.values())), fields=wrong)
    return kept


def looked_at(entry: WayEntry, region: str | None) -> CheckedWay | Promise:
    """The way as it can be kept, or the sentence that says why it cannot."""
    if entry.kind is WayKind.EMAIL:
        address = entry.address.strip().lower()
        try:
            validate_email(address)
        except ValidationError:
            return NOT_AN_EMAIL
        return CheckedWay(entry.kind, address, False, False) if len(address) <= _LONGEST_EMAIL else NOT_AN_EMAIL
    phone = phones.looked_at(entry.address, region)
    if not isinstance(phone, phones.Phone):
        return phone
    return CheckedWay(entry.kind, phone.number, phone.sms if entry.sms is None else entry.sms, entry.voice)


def put(person: Person, wanted: Sequence[CheckedWay]) -> None:
    """Make these the person's ways; the caller holds the organisation's lock.

    A way that stays keeps its row: it is still verified, or stopped. One whose address changed is another way.
    """
    held = {(way.kind, way.address): way for way in ContactWay.objects.filter(person=person)}
    gone = held.keys() - {(way.kind, way.address) for way in wanted}
    ContactWay.objects.filter(pk__in=[held[key].pk for key in gone]).delete()
    new: list[ContactWay] = []
    for position, way in enumerate(wanted):
        row = held.get((way.kind, way.address))
        if row is None:
            new.append(made(person, way, position))
        elif (row.position, row.sms, row.voice) != (position, way.sms, way.voice):
            row.position, row.sms, row.voice = position, way.sms, way.voice
            row.save(update_fields=["position", "sms", "voice"])
    keep_stopped(person.organisation_id, new)
    ContactWay.objects.bulk_create(new)


def made(person: Person, way: CheckedWay, position: int) -> ContactWay:
    """A row for this way, not saved yet; `keep_stopped` comes before that."""
    return ContactWay(
        organisation_id=person.organisation_id,
        person=person,
        kind=way.kind,
        address=way.address,
        position=position,
        sms=way.sms,
        voice=way.voice,
    )


def keep_stopped(organisation_id: UUID, new: Collection[ContactWay]) -> None:
    """Of these new ways, stop SMS to those whose owners said STOP before, whoever had the number then."""
    phones_by_digest: dict[str, list[ContactWay]] = {}
    for way in new:
        if way.kind == WayKind.PHONE:
            phones_by_digest.setdefault(digest(organisation_id, way.address), []).append(way)
    stopped: Sequence[tuple[str, dt.datetime]] = list(
        StoppedNumber.objects.filter(
            organisation=organisation_id, digest__in=[*phones_by_digest]
        ).values_list("digest", "at")
    )  # fmt: skip
    for found, at in stopped:
        for way in phones_by_digest[found]:
            way.stopped_at = at


def digest(organisation_id: UUID, number: str) -> str:
    """Keyed: all numbers of a country would be found from a plain digest by trying."""
    text = f"stopped number:{organisation_id}:{number}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()

"""Who may send CAP messages here, and who may fetch those that are given out. Each secret is shown once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.emergency import selectors
from crisis.emergency.models import CapReader, CapSender
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.keys import sealer
from soc.people.authentication import digest
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.services import must_hold
from soc.refusals import Refusal, Status

R = TypeVar("R", CapSender, CapReader)
_USE: Final = "vigie cap sender"
_PREFIX: Final = "vigie_cap_"  # so that one in a public place is recognised for what it is


@dataclass(frozen=True, slots=True)
class NewSender:
    """A sender and, this once, its secret."""

    sender: CapSender
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewReader:
    """A reader and, this once, its key."""

    reader: CapReader
    key: str = field(repr=False)


@transaction.atomic
def add_sender(actor: Member, name: str, site: UUID | None) -> NewSender:
    """Let an outside system send messages about a site, or about all of them.

    Raises:
        Refusal: the site is not one for which the actor prepares plans.
    """
    at = _site(actor, site)
    secret = _PREFIX + secrets.token_urlsafe(32)
    sealed = sealer(_USE).encrypt(secret.encode())
    sender = CapSender.objects.create(organisation_id=actor.organisation_id, site=at, name=name, sealed=sealed)
    _record(actor, sender, Action.CAP_SENDER_ADDED)
    return NewSender(sender, secret)


@transaction.atomic
def revoke_sender(actor: Member, sender_id: UUID) -> None:
    """Accept no more from a sender; what it sent stays.

    Raises:
        Refusal: NOT_FOUND.
    """
    row = selectors.senders(actor).select_for_update(of=("self",)).filter(pk=sender_id).first()
    sender = _found(actor, row)
    sender.revoked_at = clock.now()
    sender.save()
    _record(actor, sender, Action.CAP_SENDER_REVOKED)


@transaction.atomic
def add_reader(actor: Member, name: str, site: UUID | None) -> NewReader:
    """Let an outside system fetch what is given out about a site, or about all of them.

    Raises:
        Refusal: as `add_sender`.
    """
    at = _site(actor, site)
    key = _PREFIX + secrets.token_urlsafe(32)
    reader = CapReader.objects.create(organisation_id=actor.organisation_id, site=at, name=name, digest=digest(key))
    _record(actor, reader, Action.CAP_READER_ADDED)
    return NewReader(reader, key)


@transaction.atomic
def revoke_reader(actor: Member, reader_id: UUID) -> None:
    """Give nothing more to a reader.

    Raises:
        Refusal: NOT_FOUND.
    """
    row = selectors.readers(actor).select_for_update(of=("self",)).filter(pk=reader_id).first()
    reader = _found(actor, row)
    reader.revoked_at = clock.now()
    reader.save()
    _record(actor, reader, Action.CAP_READER_REVOKED)


def secret_of(sender: CapSender) -> str:
    """What the sender signs with.

    Raises:
        Refusal: the key is not the one it was sealed with.
    """
    try:
        return sealer(_USE).decrypt(bytes(sender.sealed)).decode()
    except InvalidToken as error:
        sealed = _(
            "The secret of this sender cannot be opened: the installation's key was changed. Add the sender anew."
        )
        raise Refusal("cap_secret_sealed", sealed, status=Status.UNAVAILABLE) from error


def reader_of(key: str) -> CapReader | None:
    """Whose key this is; `None`: nobody's any more."""
    return CapReader.objects.select_related("organisation").filter(digest=digest(key), revoked_at=None).first()


def _site(actor: Member, wanted: UUID | None) -> Site | None:
    if wanted is None:
        must_hold(actor, Right.PREPARE, None)
        return None
    site = Site.objects.filter(pk=wanted, organisation=actor.organisation_id).first()
    if site is None:
        unknown = _("There is no such site.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    must_hold(actor, Right.PREPARE, site.pk)
    return site


def _found(actor: Member, row: R | None) -> R:
    if row is None:
        raise Refusal("not_found", _("There is no such sender or reader."), status=Status.NOT_FOUND)
    must_hold(actor, Right.PREPARE, row.site_id)
    return row


def _record(actor: Member, row: CapSender | CapReader, action: Action) -> None:
    record(row.organisation_id, action, actor=actor, subject=row, site_id=row.site_id, details={"name": row.name})

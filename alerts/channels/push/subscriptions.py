"""Browsers that a member told to show messages: taken in, given up, opened."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alerts.channels import network, secrets
from alerts.channels.models import PushSubscription
from soc.config import Mode, config
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

MOST: Final = 10
_POINT_BYTES: Final = 65
_AUTH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser was given by its push service.

    Attributes:
        endpoint: where messages to it are posted.
        p256dh: its public key, base64url.
        auth: the secret that it shares with us, base64url.
    """

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def own(member: Member) -> QuerySet[PushSubscription]:
    """The browsers on which `member` turned push on."""
    return scoped(PushSubscription.objects.filter(member=member), member, Right.SIGNED_IN)


def subscribe(member: Member, subscription: Subscription, user_agent: str = "") -> PushSubscription:
    """Keep a browser; one that is known already is the member's from now on, whoever used it before.

    Raises:
        Refusal: its address is none on the internet, or its keys are none.
    """
    _check(subscription)
    digest = hashlib.sha256(subscription.endpoint.encode()).hexdigest()
    sealed = secrets.seal({"endpoint": subscription.endpoint, "p256dh": subscription.p256dh, "auth": subscription.auth})
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        known = PushSubscription.objects.select_for_update().filter(endpoint_digest=digest).first()
        if known is not None and known.member_id == member.pk:
            known.sealed, known.user_agent = sealed or b"", user_agent[:200]
            known.save(update_fields=["sealed", "user_agent"])
            return known
        if known is not None:
            known.delete()
        others = PushSubscription.objects.filter(member=member).order_by("created_at")
        for oldest in others[: max(0, others.count() - MOST + 1)]:
            oldest.delete()
        made = PushSubscription.objects.create(
            organisation_id=member.organisation_id,
            member=member,
            endpoint_digest=digest,
            sealed=sealed or b"",
            user_agent=user_agent[:200],
        )
        record(member.organisation_id, Action.PUSH_SUBSCRIBED, actor=member, subject=made)
    return made


@transaction.atomic
def unsubscribe(member: Member, pk: UUID) -> None:
    """Give up one of the member's browsers.

    Raises:
        Refusal: it is none of hers.
    """
    row = own(member).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("not_found", _("There is no such device."), status=Status.NOT_FOUND)
    row.delete()
    row.pk = pk  # the journal names what was given up
    record(member.organisation_id, Action.PUSH_UNSUBSCRIBED, actor=member, subject=row)


def opened(row: PushSubscription) -> Subscription:
    """Where and how to write to a browser.

    Raises:
        Refusal: it cannot be opened with today's keys.
    """
    return Subscription(**secrets.opened(row.sealed))


def _check(subscription: Subscription) -> None:
    parts = urlsplit(subscription.endpoint)
    schemes = ("https", "http") if config().mode is Mode.TEST else ("https",)
    plain = parts.scheme in schemes and parts.hostname and "@" not in parts.netloc and not parts.fragment
    if not plain or not network.literal_allowed(subscription.endpoint, internet=True):
        sentence = _("This is no address of a push service.")
        raise Refusal("no_push_service", sentence, fields={"endpoint": sentence})
    point, auth = _bytes(subscription.p256dh), _bytes(subscription.auth)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        fits = len(point) == _POINT_BYTES and len(auth) == _AUTH_BYTES
    except ValueError:
        fits = False
    if not fits:
        sentence = _("These are no keys of a browser.")
        raise Refusal("no_push_keys", sentence, fields={"keys": sentence})


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""

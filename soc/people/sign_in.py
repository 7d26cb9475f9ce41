"""Signing in by name and password, with guessing slowed down and nobody locked out by a stranger's tries.

1. Every try is counted before the password is looked at, and taken off the count when it succeeds.
2. A browser from which the member has signed in before carries a signed device cookie. Its tries are counted for itself.
3. All others are counted for the name and for the address they come from. A stranger who floods a name thus delays
   other strangers, and the member at a browser that is new, by a minute; never the member's own browsers.
4. An unknown name, a wrong password and a member who is switched off get the same answer after the same work, and no
   earlier than `ANSWERED_AFTER_S`, so that the rest of the work (the journal's entry) cannot be told by the clock.
"""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
import secrets
import time
import unicodedata
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member, SignInTry
from soc.refusals import Refusal, Status

log = structlog.get_logger()

ANSWERED_AFTER_S = 0.5
DEVICE_KNOWN_FOR = dt.timedelta(days=180)
_DEVICE_SALT = "soc.people.device"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` that have not succeeded within `window`."""

    tries: int
    window: dt.timedelta


BY_NAME = Limit(10, dt.timedelta(minutes=1))
BY_ADDRESS = Limit(30, dt.timedelta(minutes=5))
BY_DEVICE = Limit(10, dt.timedelta(minutes=5))
LONGEST = max(BY_NAME.window, BY_ADDRESS.window, BY_DEVICE.window)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the cookie by which the browser is known the next time."""

    member: Member
    device: str


def sign_in(name: str, password: str, *, address: str, device: str = "") -> SignedIn:
    """Check a name and a password.

    Args:
        name: as typed; upper and lower case are the same.
        password: as typed.
        address: the network address that asks.
        device: the browser's device cookie, empty when it has none.

    Raises:
        Refusal: when they are not right, or too many tries were made.
    """
    begun = time.monotonic()
    tries = [_count(key, limit) for key, limit in _counted(name, address, device)]
    wait = max((_wait(row, limit) for row, limit in tries), default=0)
    if wait:
        _forget(tries)
        raise Refusal(
            "too_many_tries",
            _("Too many tries to sign in. Wait %(seconds)s seconds and try again."),
            status=Status.TOO_MANY,
            params={"seconds": wait},
            retry_after_s=wait,
        )
    member = _find(name)
    if member is None:
        make_password(password)  # the same work as checking one
        right = False
    else:
        right = member.check_password(password) and member.is_active
    if member is None or not right:
        _journal_refusal(member, name, address)
        time.sleep(max(0.0, begun + ANSWERED_AFTER_S - time.monotonic()))
        raise Refusal("sign_in_refused", _("The name or the password is not right."))
    _forget(tries)
    with transaction.atomic():
        record(member.organisation_id, Action.SIGNED_IN, actor=member, subject=member, personal={"address": address})
    return SignedIn(member, _device_cookie(member))


@transaction.atomic
def sign_out(member: Member) -> None:
    """Journal that the member signed out; the caller ends the session."""
    record(member.organisation_id, Action.SIGNED_OUT, actor=member, subject=member)


def forget_old_tries() -> int:
    """Delete what no limit counts any more; how many rows that were."""
    deleted, _by_model = SignInTry.objects.filter(at__lt=clock.now() - LONGEST).delete()
    return deleted


def _counted(name: str, address: str, device: str) -> list[tuple[str, Limit]]:
    known = _known_device(name, device)
    if known is not None:
        return [(_key("device", known), BY_DEVICE)]
    return [(_key("name", _folded(name)), BY_NAME), (_key("address", _network(address)), BY_ADDRESS)]


def _count(key: str, limit: Limit) -> tuple[SignInTry, Limit]:
    return SignInTry.objects.create(key=key, at=clock.now()), limit


def _wait(row: SignInTry, limit: Limit) -> int:
    """Seconds until one more try is within the limit; 0 when it is."""
    since = clock.now() - limit.window
    times = list(SignInTry.objects.filter(key=row.key, at__gt=since).order_by("-at").values_list("at", flat=True))
    if len(times) <= limit.tries:
        return 0
    return max(1, int((times[limit.tries] - since).total_seconds()) + 1)


def _forget(tries: list[tuple[SignInTry, Limit]]) -> None:
    SignInTry.objects.filter(pk__in=[row.pk for row, _limit in tries]).delete()


def _find(name: str) -> Member | None:
    folded = Lower(Value(Member.normalize_username(name).strip()))
    return Member.objects.select_related("organisation").filter(Exact(Lower("name"), folded)).first()


def _journal_refusal(member: Member | None, name: str, address: str) -> None:
    if member is None:
        # A mistyped name may be a password: it goes into no log.
        log.info("sign_in.unknown_name", address=address)
        return
    with transaction.atomic():
        record(
            member.organisation_id,
            Action.SIGN_IN_REFUSED,
            subject=member,
            personal={"name": name, "address": address},
        )


def _device_cookie(member: Member) -> str:
    return signing.dumps([_folded(member.name), secrets.token_hex(16)], salt=_DEVICE_SALT)


def _known_device(name: str, cookie: str) -> str | None:
    """The device's number when its cookie is ours and of this name."""
    try:
        owner, number = signing.loads(cookie, salt=_DEVICE_SALT, max_age=DEVICE_KNOWN_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return str(number) if hmac.compare_digest(str(owner).encode(), _folded(name).encode()) else None


def _key(kind: str, what: str) -> str:
    """A keyed digest, so that the table tells nobody who tried from where."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{what}".encode(), "sha256").hexdigest()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _network(address: str) -> str:
    """The address; of IPv6 the network of one subscriber, who has as many addresses as she likes."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

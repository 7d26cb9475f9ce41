"""Signing in by name and password, with guessing slowed down and nobody locked out by a stranger's tries.

1. Every try is counted before the password is looked at, and taken off the count when it succeeds (`throttle`).
2. A browser from which the member has signed in before carries a signed device cookie. Its tries are counted for itself.
3. All others are counted for the name and for the address they come from. A stranger who floods a name thus delays
   other strangers, and the member at a browser that is new, by a minute; never the member's own browsers.
4. An unknown name, a wrong password and a member who is switched off get the same answer after the same work, and no
   earlier than `ANSWERED_AFTER_S`, so that the rest of the work (the journal's entry) cannot be told by the clock.
5. Who has codes, or a role that needs a second factor and a passkey, is asked for that next: see `second_steps`.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import time
import unicodedata
from enum import StrEnum

import structlog
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from soc.journal.actions import Action
from soc.journal.services import record
from soc.people import codes
from soc.people.models import Member, Passkey, RoleGrant, SecondFactorRole
from soc.people.throttle import BY_DEVICE, BY_NAME, Counted, Tries, by_address
from soc.refusals import Refusal

log = structlog.get_logger()

ANSWERED_AFTER_S = 0.5
DEVICE_KNOWN_FOR = dt.timedelta(days=180)
_DEVICE_SALT = "soc.people.device"


class Way(StrEnum):
    """By what a member signed in; the journal keeps it."""

    PASSWORD = "password"  # noqa: S105  (a word for it, not one)
    CODE = "code"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    INVITATION = "invitation"
    RESET_LINK = "reset_link"


def check_password(name: str, password: str, *, address: str, device: str = "") -> Member:
    """Whose name and password these are.

    Args:
        name: as typed; upper and lower case are the same.
        password: as typed.
        address: the network address that asks.
        device: the browser's device cookie, empty when it has none.

    Raises:
        Refusal: when they are not right, or too many tries were made.
    """
    begun = time.monotonic()
    tries = Tries(*_counted(name, address, device))
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
    tries.succeeded()
    return member


def second_steps(member: Member) -> tuple[Way, ...]:
    """What a member is asked for after the password; nothing for who has no second factor."""
    has_codes = codes.has_codes(member)
    has_passkey = Passkey.objects.filter(member=member).exists()
    if has_codes:
        return (Way.CODE, Way.PASSKEY) if has_passkey else (Way.CODE,)
    return (Way.PASSKEY,) if has_passkey and demanded(member) else ()


def demanded(member: Member) -> bool:
    """Whether a role that the member holds needs a second factor."""
    roles = SecondFactorRole.objects.filter(organisation=member.organisation_id).values("role")
    return RoleGrant.objects.filter(member=member, role__in=roles).exists()


@transaction.atomic
def signed_in(member: Member, way: Way, *, address: str) -> str:
    """Journal that the member signed in; the cookie by which the browser is known the next time."""
    details = {"way": way.value}
    record(
        member.organisation_id,
        Action.SIGNED_IN,
        actor=member,
        subject=member,
        details=details,
        personal={"address": address},
    )
    return signing.dumps([_folded(member.name), secrets.token_hex(16)], salt=_DEVICE_SALT)


@transaction.atomic
def sign_out(member: Member) -> None:
    """Journal that the member signed out; the caller ends the session."""
    record(member.organisation_id, Action.SIGNED_OUT, actor=member, subject=member)


def _counted(name: str, address: str, device: str) -> list[Counted]:
    known = _known_device(name, device)
    if known is not None:
        return [Counted("device", known, BY_DEVICE)]
    return [Counted("name", _folded(name), BY_NAME), by_address(address)]


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


def _known_device(name: str, cookie: str) -> str | None:
    """The device's number when its cookie is ours and of this name."""
    try:
        owner, number = signing.loads(cookie, salt=_DEVICE_SALT, max_age=DEVICE_KNOWN_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return str(number) if hmac.compare_digest(str(owner).encode(), _folded(name).encode()) else None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()

"""The second factor from a phone: codes that change every 30 seconds (TOTP, RFC 6238), and codes on paper for who lost it.

The secret is encrypted at rest with a key of its own derivation. Each code, from phone or paper, is good once: a code that was
watched while it was typed opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
from base64 import b32encode
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.keys import sealer
from soc.people.models import CodeSecret, Member, RecoveryCode
from soc.people.throttle import BY_CODE, Counted, Tries
from soc.refusals import Refusal, Status

STEP_S = 30
RECOVERY_CODES = 10
_DIGITS = 6
_SECRET_BYTES = 20
_USE = "vigie sign-in codes"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that are taken for one another


@dataclass(frozen=True, slots=True)
class Setup:
    """What a phone needs, shown once: as text to type, and as a picture to point it at."""

    secret: str
    address: str
    picture: str


def has_codes(member: Member) -> bool:
    """Whether the member is asked for codes."""
    return CodeSecret.objects.filter(member=member, confirmed_at__isnull=False).exists()


def recovery_left(member: Member) -> int:
    """How many codes on paper are not used yet."""
    return RecoveryCode.objects.filter(member=member, used_at=None).count()


@transaction.atomic
def set_up(member: Member) -> Setup:
    """Make a secret for the member's phone. It counts once a code of it was entered: `confirm`.

    Raises:
        Refusal: the member has codes already.
    """
    if has_codes(member):
        raise Refusal(
            "has_codes", _("You have codes already. Remove them first to use another phone."), status=Status.CONFLICT
        )
    secret = secrets.token_bytes(_SECRET_BYTES)
    CodeSecret.objects.update_or_create(
        member=member,
        defaults={
            "organisation_id": member.organisation_id,
            "sealed": sealer(_USE).encrypt(secret),
            "created_at": clock.now(),
            "last_step": 0,
        },
    )
    text = b32encode(secret).decode()
    label = quote(f"Vigie:{member.name}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': text, 'issuer': 'Vigie'})}"
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=4, border=4, light="#fff")
    return Setup(text, address, picture.getvalue().decode())


@transaction.atomic
def confirm(member: Member, code: str) -> list[str]:
    """Begin to ask for codes, now that the phone has shown that it makes them; the recovery codes, shown this once.

    Raises:
        Refusal: nothing is being set up, or the code is not right.
    """
    row = CodeSecret.objects.select_for_update().filter(member=member, confirmed_at=None).first()
    if row is None:
        raise Refusal("no_set_up", _("No codes are being set up. Begin again."), status=Status.CONFLICT)
    if not _accept(row, code):
        raise _wrong()
    row.confirmed_at = clock.now()
    row.save()
    record(member.organisation_id, Action.CODES_ADDED, actor=member, subject=member)
    return make_recovery_codes(member)


@transaction.atomic
def make_recovery_codes(member: Member) -> list[str]:
    """New codes on paper; those from before are good no more."""
    RecoveryCode.objects.filter(member=member).delete()
    made = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(organisation_id=member.organisation_id, member=member, digest=_digest(code)) for code in made
    )
    record(member.organisation_id, Action.RECOVERY_CODES_MADE, actor=member, subject=member)
    return made


@transaction.atomic
def remove(member: Member, *, actor: Member) -> None:
    """Ask for no more codes; the recovery codes go with them."""
    gone, _by_model = CodeSecret.objects.filter(member=member).delete()
    RecoveryCode.objects.filter(member=member).delete()
    if gone:
        record(member.organisation_id, Action.CODES_REMOVED, actor=actor, subject=member)


def check(member: Member, code: str) -> bool:
    """Take a code from the phone or from paper; whether it was one from paper.

    Raises:
        Refusal: the code is not right or was used, or too many tries were made.
    """
    tries = Tries(Counted("code", str(member.pk), BY_CODE))
    with transaction.atomic():
        row = CodeSecret.objects.select_for_update().filter(member=member, confirmed_at__isnull=False).first()
        from_paper = False
        right = row is not None and _accept(row, code)
        if not right:
            right = from_paper = row is not None and _use_paper(member, code)
        if not right:
            record(member.organisation_id, Action.SIGN_IN_REFUSED, subject=member, details={"way": "code"})
    if not right:
        raise _wrong()
    tries.succeeded()
    return from_paper


def _wrong() -> Refusal:
    sentence = _("This code is not right, or it was used already. Wait for the next one.")
    return Refusal("wrong_code", sentence, fields={"code": sentence})


def _accept(row: CodeSecret, entered: str) -> bool:
    """Whether the phone shows this code now, a step ago or in a step; each step is taken once."""
    code = "".join(entered.split())
    if len(code) != _DIGITS or not code.isascii() or not code.isdigit():
        return False
    made = HOTP(_open(row), _DIGITS, SHA1())  # noqa: S303  (what phones speak)
    now = int(clock.now().timestamp()) // STEP_S
    for step in (now, now - 1, now + 1):
        if step > row.last_step and hmac.compare_digest(made.generate(step), code.encode()):
            row.last_step = step
            row.save(update_fields=["last_step"])
            return True
    return False


def _open(row: CodeSecret) -> bytes:
    try:
        return sealer(_USE).decrypt(bytes(row.sealed))
    except InvalidToken:
        raise Refusal(
            "codes_unreadable",
            _("Your codes cannot be checked: VIGIE_CREDENTIAL_KEY has changed. Tell the operator."),
            status=Status.UNAVAILABLE,
        ) from None


def _use_paper(member: Member, entered: str) -> bool:
    used = RecoveryCode.objects.filter(member=member, digest=_digest(entered), used_at=None).update(used_at=clock.now())
    if used:
        left = recovery_left(member)
        record(member.organisation_id, Action.RECOVERY_CODE_USED, actor=member, subject=member, details={"left": left})
    return bool(used)


def _digest(code: str) -> str:
    """Keyed: 50 bits would be found from a plain digest by trying."""
    text = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.new(settings.SECRET_KEY.encode(), f"recovery:{text}".encode(), hashlib.sha256).hexdigest()

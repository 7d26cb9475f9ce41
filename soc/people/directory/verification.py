"""Verified ways: a code is sent to a number or address, and whoever reads it there enters it.

What sends lives in an upper app, which registers here (`register_code_sender`) so that the arrow points downwards.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.directory import feed
from soc.people.directory.models import ContactWay, WayCode, WayKind
from soc.people.models import Member
from soc.people.throttle import Counted, Limit, Tries
from soc.refusals import Refusal, Status

CodeSender = Callable[[ContactWay, str, str], None]
"""Sends a code: the way, the code, the language of its owner. Called in the transaction that keeps the code: it writes rows."""

GOOD_FOR = dt.timedelta(minutes=10)
MOST_TRIES = 5
ONE_A_WAY = Limit(1, dt.timedelta(minutes=1))
"""How often a code is sent to one number or address, also when it is entered anew meanwhile."""
BY_ASKER = Limit(5, dt.timedelta(minutes=5))
"""How often one member asks, whatever the number: each message costs, and a stranger's phone is no toy."""

_senders: list[CodeSender] = []


def register_code_sender(sender: CodeSender) -> None:
    """Say what sends codes; once, in the upper app's `ready()`. The last one that was registered sends.

    A sender that cannot send to this way raises a `Refusal`, and nothing is kept.
    """
    _senders.append(sender)


def unregister_code_sender(sender: CodeSender) -> None:
    """Take it back, for tests."""
    _senders.remove(sender)


@transaction.atomic
def ask_verification(actor: Member, way: ContactWay) -> None:
    """Send a code to a way. One that was sent before is good no more.

    The code is told to nobody else: it is in what is sent, and here only as a keyed digest.

    Raises:
        Refusal: nothing is set up that sends; the way is verified already, takes no messages or its person is removed; or too
            many were asked for.
    """
    way = ContactWay.objects.select_for_update(of=("self",)).select_related("person").get(pk=way.pk)
    _can_be_verified(way)
    if not _senders:
        sentence = _("Nothing is set up that sends codes. Ask your administrator to set up the channels.")
        raise Refusal("no_code_sender", sentence, status=Status.UNAVAILABLE)
    Tries(
        Counted("way code", f"{way.organisation_id}:{way.address}", ONE_A_WAY),
        Counted("way code of", str(actor.pk), BY_ASKER),
    )
    code = f"{secrets.randbelow(1_000_000):06d}"
    kept = {"organisation_id": way.organisation_id, "digest": _digest(way, code), "asked_at": clock.now(), "tries": 0}
    WayCode.objects.update_or_create(way=way, defaults=kept)
    _record(way, Action.WAY_CODE_SENT, actor)
    _senders[-1](way, code, way.person.language)


def confirm(actor: Member, way: ContactWay, code: str) -> ContactWay:
    """Verify a way by the code that was sent there.

    Raises:
        Refusal: nothing was sent, it is too old, it is another code, or too many others were entered.
    """
    with transaction.atomic():
        kept = WayCode.objects.select_for_update(of=("self",)).select_related("way__person").filter(way=way).first()
        if kept is None:
            nothing = _("No code was sent there. Ask for one first.")
            raise Refusal("no_code_sent", nothing, status=Status.CONFLICT)
        if kept.tries >= MOST_TRIES or clock.now() - kept.asked_at > GOOD_FOR:
            old = _("This code is good no more. Ask for another one.")
            raise Refusal("code_over", old, fields={"code": old}, status=Status.CONFLICT)
        right = hmac.compare_digest(_digest(kept.way, "".join(code.split())), kept.digest)
        if right:
            return _verified(kept, actor)
        kept.tries += 1
        kept.save(update_fields=["tries"])
        _record(kept.way, Action.WAY_CODE_REFUSED, actor)
    # Outside: the try counts though it is refused.
    wrong = _("This is not the code that was sent there.")
    raise Refusal("wrong_code", wrong, fields={"code": wrong})


def _verified(kept: WayCode, actor: Member) -> ContactWay:
    way = kept.way
    way.verified_at = clock.now()
    way.save(update_fields=["verified_at"])
    kept.delete()
    _record(way, Action.WAY_VERIFIED, actor)
    feed.people_changed(way.organisation_id)
    return way


def _can_be_verified(way: ContactWay) -> None:
    if way.verified_at is not None:
        sentence = _("This number or address is verified already.")
        raise Refusal("verified_already", sentence, status=Status.CONFLICT)
    if way.person.removed_at is not None:
        sentence = _("This person was removed. Take the person back first.")
        raise Refusal("removed", sentence, status=Status.CONFLICT)
    if way.kind == WayKind.PHONE and (way.stopped_at is not None or not way.sms) and not way.voice:
        sentence = _("This number takes neither SMS nor calls.")
        raise Refusal("takes_nothing", sentence, status=Status.CONFLICT)


def _record(way: ContactWay, action: Action, actor: Member) -> None:
    person = way.person
    record(
        way.organisation_id, action, actor=actor, subject=person, site_id=person.site_id,
        personal={"address": way.address},
    )  # fmt: skip


def _digest(way: ContactWay, code: str) -> str:
    """Keyed, and of this way only: six digits would be found from a plain digest at once."""
    text = f"way code:{way.pk}:{way.address}:{code}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()

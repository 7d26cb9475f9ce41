"""The simulated phones and mailboxes: what they received, and replies from them, which take the way of real ones.

This is a simulation, for demonstrations and for trying plans out: nothing of it left this machine. It lies here and not with its
provider because a reply is the outbox's business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import Channel, Reply
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import replies
from alerts.deliveries.models import Attempt
from soc import clock
from soc.config import config
from soc.people.directory.models import ContactWay, Person
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

LONGEST_REPLY = 1000
UNKNOWN = _("This simulated phone has received nothing that is answered so.")
_KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number or mailbox that received something."""

    to: str
    person: str
    channels: Sequence[Channel]
    messages: int
    last_at: dt.datetime


def must_simulate() -> None:
    """Refuse where messages really leave.

    Raises:
        Refusal: this installation does not simulate.
    """
    if not config().simulate:
        sentence = _("There are no simulated phones here: messages really leave.")
        raise Refusal("no_simulation", sentence, status=Status.NOT_FOUND)


def messages(member: Member) -> QuerySet[SimulatedMessage]:
    """What was received and `member` may see: deliveries of messages in reach, and what belongs to no delivery (tests, codes)."""
    must_simulate()
    rows = scoped(SimulatedMessage.objects.all(), member, Right.DIRECT)
    tried = Attempt.objects.filter(pk=OuterRef("attempt"))
    return rows.filter(Q(Exists(scoped(tried, member, Right.DIRECT))) | ~Exists(tried))


def phones(member: Member) -> list[Phone]:
    """The phones and mailboxes, those that received something last first. Two or three queries, however many there are."""
    rows = messages(member).order_by().values("to", "channel").annotate(count=Count("id"), last_at=Max("at"))
    found: dict[str, Phone] = {}
    for to, channel, count, last_at in rows.order_by("-last_at").values_list("to", "channel", "count", "last_at"):
        known = found.get(to) or Phone(to, "", (), 0, last_at)
        found[to] = replace(known, channels=(*known.channels, Channel(channel)), messages=known.messages + count)
    names = _names(member, list(found))
    return [replace(phone, person=names.get(to, "")) for to, phone in found.items()]


def reply(member: Member, to: str, *, message: UUID | None, text: str) -> None:
    """Answer from a simulated phone: a text or an e-mail, or a key during a call.

    Args:
        member: who plays the phone's owner.
        to: the phone.
        message: the call or e-mail that is answered; null: a text, which names nothing, as on a real phone.
        text: what is written; of a call, the key.

    Raises:
        Refusal: the phone received nothing, or cannot be answered so.
    """
    received = messages(member).filter(to=to)
    answered = received.filter(pk=message).first() if message else received.filter(channel=Channel.SMS).first()
    if answered is None:
        raise Refusal("no_such_message", UNKNOWN, status=Status.NOT_FOUND)
    channel = Channel(answered.channel)
    if channel is Channel.PUSH:
        raise Refusal("not_by_push", _("Push is answered in the app, or by the link in it."))
    if channel is Channel.VOICE and text.strip() not in _KEYS:
        keys = _("During a call one key is pressed: 0 to 9, * or #.")
        raise Refusal("no_key", keys, fields={"text": keys})
    said = Reply(
        provider_id=f"simulated-{uuid4()}",
        sender=to,
        text=text.strip(),
        at=clock.now(),
        in_reply_to="" if channel is Channel.SMS else str(answered.pk),
    )
    replies.take(member.organisation_id, channel, said)


def _names(member: Member, addresses: Sequence[str]) -> dict[str, str]:
    """Whose each is, where that is known: by number or address, or by the account of the app."""
    people = Person.objects.filter(organisation=member.organisation_id, removed_at=None)
    ways = ContactWay.objects.filter(organisation=member.organisation_id, address__in=addresses)
    names: dict[str, list[str]] = {}
    for address, name in ways.filter(person__in=people).values_list("address", "person__display_name"):
        names.setdefault(address, []).append(name)
    accounts = [account for account in map(_account, addresses) if account is not None]
    for account, name in people.filter(member__in=accounts).values_list("member", "display_name"):
        names.setdefault(str(account), []).append(name)
    return {address: ", ".join(sorted(set(several))) for address, several in names.items()}


def _account(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""Words, numbers and answers in words go after the days that the organisation set; what became of each message stays.

1. Messages that nobody can answer any more, of which nothing waits to leave, and that nobody else erases (`leave_to`): their
   texts, the addresses they went to, each try with what its provider said, and what people answered in words.
2. What the journal kept of these answers as personal data; its salted digests stay.
3. Texts that came in and were settled; what simulated phones have received.

Everything goes in batches, each a transaction of its own: whoever dies in between leaves messages that are taken up again,
because a message counts as erased last. What stays is the register: that somebody was told what kind of message by which way,
when it left, why it did not, and what kind of answer came when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries.models import TO_LEAVE, Answer, Attempt, Delivery, Incoming, Keeping, Message, NoticeRun
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.journal.services import Json, erase_personal, record
from soc.people.models import Member, Organisation
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach
from soc.refusals import Refusal, Status

log = structlog.get_logger(__name__)

SHORTEST_DAYS, LONGEST_DAYS = 30, 3650
_MESSAGES, _ROWS = 100, 1000
_TALKED_ABOUT_FOR = dt.timedelta(days=SHORTEST_DAYS)
"""After so long nothing more is written in the journal about a message."""

_LEFT_TO: list[str] = []


def leave_to(asker: str) -> None:
    """Leave messages whose asker's key begins so to who asks for them: a room above knows how long it needs them."""
    if asker not in _LEFT_TO:
        _LEFT_TO.append(asker)


def of(organisation: UUID) -> Keeping:
    """How long the organisation keeps them; a row that is not kept while it is the usual time."""
    return Keeping.objects.filter(pk=organisation).first() or Keeping(organisation_id=organisation)


def kept_since(organisation: UUID) -> dt.datetime:
    """What is older than this is to be erased."""
    return clock.now() - dt.timedelta(days=of(organisation).days)


@transaction.atomic
def keep_for(days: int, *, version: int, actor: Member) -> Keeping:
    """Set for how many days words, numbers and names are kept; it holds from now on, for what there is too.

    Args:
        days: between 30 and 3650.
        version: that was seen.
        actor: who sets it.

    Raises:
        Refusal: the actor administers some sites only, or a colleague was first.
    """
    if not isinstance(reach(actor, Right.MANAGE_CHANNELS), Everywhere):
        raise Refusal(
            "not_everywhere",
            _("This holds for the whole organisation: only who administers all its sites can change it."),
            status=Status.FORBIDDEN,
        )
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)  # there may be no row to lock
    before = of(actor.organisation_id)
    if before.version != version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this since you looked. Look at it again."),
            status=Status.CONFLICT,
        )
    values = {"days": days, "version": version + 1}
    after, _made = Keeping.objects.update_or_create(organisation_id=actor.organisation_id, defaults=values)
    details: dict[str, Json] = {"before": {"days_kept": before.days}, "after": {"days_kept": after.days}}
    record(actor.organisation_id, Action.MESSAGES_KEPT, actor=actor, details=details)
    return after


def erase_old() -> int:
    """Erase what is older than its organisation keeps it, in every organisation; how many messages and texts."""
    return sum(_erase_old(organisation) for organisation in Organisation.objects.all())


def _erase_old(organisation: Organisation) -> int:
    before = kept_since(organisation.pk)
    erased = 0
    while found := list(_due(organisation.pk, before).order_by("created_at")[:_MESSAGES]):
        erase(found, before)
        erased += len(found)
    erased += _erase_incoming(organisation, before)
    SimulatedMessage.objects.filter(organisation=organisation, at__lt=before).delete()
    return erased


def _due(organisation: UUID, before: dt.datetime) -> QuerySet[Message]:
    waits = Delivery.objects.filter(message=OuterRef("pk"), state__in=TO_LEAVE)
    goes_on = NoticeRun.objects.filter(message=OuterRef("pk"), done_at=None)
    rows = Message.objects.filter(
        ~Exists(waits), ~Exists(goes_on), organisation=organisation, erased_at=None, created_at__lt=before
    ).filter(answers_until__lt=clock.now())
    others = Q()
    for asker in _LEFT_TO:
        others |= Q(asker__startswith=asker)
    return rows.exclude(others) if others else rows


def erase(messages: Sequence[Message], before: dt.datetime) -> None:
    """Erase messages of one organisation, of which nothing waits to leave; journalled as one entry.

    Args:
        messages: some hundreds at most.
        before: for the journal: what was older than this went.
    """
    if not messages:
        return
    for message in messages:
        _empty_deliveries(message)
        _empty_answers(message)
    organisation = messages[0].organisation
    _erase_from_journal(organisation, messages)
    with transaction.atomic():
        for message in messages:
            message.texts = {language: _nothing(texts) for language, texts in message.texts.items()}
            message.erased_at = clock.now()
        Message.objects.bulk_update(messages, ["texts", "erased_at"])
        told: dict[str, Json] = {"messages": len(messages), "written_before": before.isoformat()}
        record(organisation, Action.MESSAGES_ERASED, details=told)


def _nothing(texts: dict[str, str]) -> dict[str, str]:
    """As many texts as there were, and nothing in them: whoever reads the message finds its languages still."""
    return dict.fromkeys(texts, "")


def _empty_deliveries(message: Message) -> None:
    last = 0
    while ids := list(
        Delivery.objects.filter(message=message, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_ROWS]
    ):
        with transaction.atomic():
            Attempt.objects.filter(delivery__in=ids).delete()
            Delivery.objects.filter(pk__in=ids).update(address="")
        last = ids[-1]


def _empty_answers(message: Message) -> None:
    """Each answer keeps its kind and time. The person's words go."""
    while ids := list(
        Answer.objects.filter(~Q(text="") | ~Q(place=""), message=message).values_list("pk", flat=True)[:_ROWS]
    ):
        Answer.objects.filter(pk__in=ids).update(text="", place="")


def _erase_from_journal(organisation: Organisation, messages: Sequence[Message]) -> None:
    entries = Entry.objects.filter(
        organisation=organisation,
        at__gte=min(message.created_at for message in messages),
        at__lt=max(message.answers_until for message in messages) + _TALKED_ABOUT_FOR,
        subject_kind=Message._meta.label_lower,
        subject_id__in=[str(message.pk) for message in messages],
    )
    _erase_personal(organisation, entries)


def _erase_personal(organisation: Organisation, entries: QuerySet[Entry]) -> None:
    while ids := list(entries.filter(personal__isnull=False).values_list("pk", flat=True)[:_ROWS]):
        erase_personal(organisation, ids, reason="retention")


def _erase_incoming(organisation: Organisation, before: dt.datetime) -> int:
    """Texts that were settled. What nobody has looked at waits on: it may be a call for help."""
    old = Incoming.objects.filter(organisation=organisation, at__lt=before).exclude(settled_at=None)
    erased = 0
    while found := dict(old.values_list("pk", "at")[:_ROWS]):
        about = Entry.objects.filter(
            organisation=organisation,
            at__gte=min(found.values()),
            subject_kind=Incoming._meta.label_lower,
            subject_id__in=[str(pk) for pk in found],
        )
        _erase_personal(organisation, about)
        with transaction.atomic():
            Incoming.objects.filter(pk__in=found).delete()
            told: dict[str, Json] = {"texts": len(found), "written_before": before.isoformat()}
            record(organisation, Action.MESSAGES_ERASED, details=told)
        erased += len(found)
    return erased

"""What the hub asks the database: how far each feed is, what a gap owes, whose way in still stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from soc import clock
from soc.broadcast import wire
from soc.broadcast.models import Counter, FeedEvent
from soc.people.models import ApiToken, MemberSession
from soc.people.rights import Right

PAGE = 200
LONGEST_REPLAY = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a feed stands for who has its events up to a number: the last number, and whether the gap can be replayed."""

    latest: int
    whole: bool


def latest_numbers(organisations: Collection[UUID]) -> dict[UUID, int]:
    """The last number of each organisation's feed; 0 where nothing was ever published."""
    found = dict.fromkeys(organisations, 0)
    found.update(Counter.objects.filter(pk__in=organisations).values_list("pk", "last"))
    return found


def standing(organisation: UUID, after: int | None) -> Standing:
    """Whether every event after number `after` is still kept, and few enough to be replayed; ``None``: none is asked for."""
    latest = latest_numbers([organisation])[organisation]
    if after is None or after >= latest:
        return Standing(latest=latest, whole=after == latest)
    # Events are forgotten oldest first: if the first is there, all are.
    kept = FeedEvent.objects.filter(organisation=organisation, number=after + 1).exists()
    return Standing(latest=latest, whole=kept and latest - after <= LONGEST_REPLAY)


def events_after(organisation: UUID, after: int, *, up_to: int | None = None) -> list[wire.Envelope]:
    """A page of the kept events after number `after`, in order."""
    rows = FeedEvent.objects.filter(organisation=organisation, number__gt=after)
    if up_to is not None:
        rows = rows.filter(number__lte=up_to)
    return [
        wire.Envelope(
            kind=row.kind,
            number=row.number,
            right=Right(row.right),
            site=row.site_id,
            text=wire.text_of(row.kind, row.number, row.at, row.payload),
        )
        for row in rows.order_by("number")[:PAGE]
    ]


def live_sessions(keys: Collection[str]) -> set[str]:
    """Which of these sessions have neither ended nor run out."""
    sessions = MemberSession.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return set(sessions.values_list("session_key", flat=True))


def live_tokens(tokens: Collection[UUID]) -> set[UUID]:
    """Which of these tokens are neither revoked nor run out."""
    live = ApiToken.objects.filter(pk__in=tokens, revoked_at=None, expires_at__gt=clock.now())
    return set(live.values_list("pk", flat=True))

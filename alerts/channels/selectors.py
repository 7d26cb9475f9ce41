"""What can be asked about ways out: an organisation's accounts in the order in which they are tried, and subscribed browsers."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from alerts.channels.base import Channel
from alerts.channels.models import ProviderAccount, PushSubscription
from alerts.channels.registry import KINDS
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach, scoped


def providers(member: Member) -> QuerySet[ProviderAccount]:
    """The accounts that `member` may see and change, by channel, in their order: all, or none for who administers some sites."""
    rows = scoped(ProviderAccount.objects.filter(removed_at=None), member, Right.MANAGE_CHANNELS)
    return rows if reach(member, Right.MANAGE_CHANNELS) is EVERYWHERE else rows.none()


def accounts(organisation_id: UUID, channel: Channel) -> list[ProviderAccount]:
    """The accounts by which an organisation's messages of one channel leave, the first to try first.

    Kinds that need no settings are written down as accounts when they are first asked for. Stand-ins are among them only while
    nothing else is.
    """
    rows = ProviderAccount.objects.filter(organisation_id=organisation_id, channel=channel)
    known = list(rows.filter(removed_at=None).order_by("position", "created_at", "pk"))
    if not known and (built_in := [kind for (way, _key), kind in KINDS.items() if way is channel and kind.built_in]):
        if rows.exists():  # somebody removed it
            return []
        ProviderAccount.objects.bulk_create(
            [
                ProviderAccount(
                    organisation_id=organisation_id,
                    channel=channel,
                    kind=kind.key,
                    name=str(kind.label),
                    position=position,
                )
                for position, kind in enumerate(built_in, start=1)
            ],
            ignore_conflicts=True,
        )
        known = list(rows.order_by("position", "created_at", "pk"))
    enabled = [account for account in known if account.enabled]
    real = [account for account in enabled if not _stands_in(account)]
    return real or enabled


def _stands_in(account: ProviderAccount) -> bool:
    kind = KINDS.get((Channel(account.channel), account.kind))
    return kind is not None and kind.stand_in


def subscriptions(member_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The ids of the subscribed browsers of these members; who has none is absent. One query."""
    found: dict[UUID, list[UUID]] = {}
    rows = PushSubscription.objects.filter(member__in=member_ids, member__is_active=True).order_by("created_at")
    for member, subscription in rows.values_list("member_id", "pk"):
        found.setdefault(member, []).append(subscription)
    return found


def channel_of(account: UUID) -> Channel:
    """What an account carries.

    Raises:
        ProviderAccount.DoesNotExist: there is none of this id.
    """
    return Channel(ProviderAccount.objects.values_list("channel", flat=True).get(pk=account))

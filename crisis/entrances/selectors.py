"""What can be asked about the ways in, scoped to the member; and, for what comes in, which are open."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from alerts.channels.base import Channel
from alerts.channels.models import ProviderAccount
from alerts.channels.sms.twilio import E164
from crisis.entrances.models import Entrance, EntranceCall, EntranceEditor, EntranceKind
from crisis.plans.models import PlanVersion, VersionState
from soc import clock
from soc.people.directory.models import PersonProfile
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

OWN_FOR = dt.timedelta(hours=12)
"""So long who pressed a button reads what came of it."""


def entrances(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Entrance]:
    """The ways in, in the member's reach, that are not removed; `ready` where a version of the plan is approved."""
    rows = Entrance.objects.filter(removed_at=None).select_related("plan", "site", "written_by", "approved_by")
    last = EntranceCall.objects.order_by("-id")[:1]
    editors = EntranceEditor.objects.only("entrance", "edition", "member")
    return (
        scoped(rows, member, right)
        .annotate(ready=_ready())
        .prefetch_related(Prefetch("calls", queryset=last, to_attr="last"), Prefetch("editors", queryset=editors))
        .order_by("site__name", "kind", "name")
    )


def calls(member: Member, entrance: UUID) -> QuerySet[EntranceCall]:
    """What came in by an entrance, the latest first."""
    rows = EntranceCall.objects.filter(entrance=entrance, entrance__removed_at=None)
    return scoped(rows, member, Right.SEE_CRISIS).select_related("activation", "member", "person").order_by("-id")


def opened(organisation: UUID, kind: EntranceKind) -> QuerySet[Entrance]:
    """The entrances of a kind that are on. Not scoped: for what comes in."""
    return Entrance.objects.filter(organisation=organisation, kind=kind, enabled=True).order_by("name", "pk")


def buttons_at_sites_of(member: Member) -> QuerySet[Entrance]:
    """The alert buttons that are on where the member has a role, also those that are not for them."""
    rows = Entrance.objects.filter(kind=EntranceKind.BUTTON, enabled=True)
    rows = rows.select_related("plan__site", "plan__organisation", "site")
    return scoped(rows, member, Right.RESPOND).annotate(ready=_ready()).order_by("site__name", "name")


def buttons_of(member: Member) -> QuerySet[Entrance]:
    """The alert buttons on the member's page: for everybody at the site, or for a profile that is theirs."""
    own = PersonProfile.objects.filter(person__member=member).values_list("profile", flat=True)
    theirs = Q(settings__profiles=[]) | Q(settings__profiles__isnull=True)
    for profile in own:
        theirs |= Q(settings__profiles__contains=str(profile))
    return buttons_at_sites_of(member).filter(theirs)


def own_calls(member: Member) -> QuerySet[EntranceCall]:
    """What the member pressed lately, the latest first."""
    rows = EntranceCall.objects.filter(member=member, at__gt=clock.now() - OWN_FOR).exclude(activation=None)
    shown = rows.select_related("activation__director", "entrance__site")
    return scoped(shown, member, Right.RESPOND).order_by("-id")


def numbers(member: Member) -> dict[Channel, list[str]]:
    """The organisation's own numbers that can be written to and called: of accounts that are on."""
    found: dict[Channel, list[str]] = {Channel.SMS: [], Channel.VOICE: []}
    accounts = ProviderAccount.objects.filter(
        organisation=member.organisation_id, enabled=True, removed_at=None, channel__in=list(found)
    )
    for channel, settings in accounts.order_by("position").values_list("channel", "settings"):
        sender = str(settings.get("sender", ""))
        if E164.match(sender):
            found[Channel(channel)].append(sender)
    return found


def _ready() -> Exists:
    approved = PlanVersion.objects.filter(plan=OuterRef("plan"), state=VersionState.APPROVED)
    return Exists(approved.filter(plan__removed_at=None))

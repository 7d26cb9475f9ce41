"""What can be asked about people: who I am and what I may do, which members and sites I may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import ApiToken, Invitation, InvitedRole, Member, MemberSession, Passkey, RoleGrant, Site
from soc.people.rights import Right
from soc.people.scope import Everywhere, Reach, reach, reaches, scoped


def rights_of(member: Member) -> dict[Right, Reach]:
    """Every right the member holds, and where, in the order of `Right`."""
    held = reaches([member.pk]).get(member.pk, {})
    return {right: held[right] for right in Right if held.get(right)}


def sites(member: Member, right: Right = Right.SEE_SITES) -> QuerySet[Site]:
    """The sites at which `member` holds `right`."""
    return scoped(Site.objects.all(), member, right)


def members(member: Member, right: Right = Right.SEE_PEOPLE) -> QuerySet[Member]:
    """The members that `member` may see: those with a role where she holds `right`, or everywhere; and herself."""
    everyone = scoped(Member.objects.all(), member, right).prefetch_related("grants")
    where = reach(member, right)
    if isinstance(where, Everywhere):
        return everyone
    near = RoleGrant.objects.filter(Q(site__in=where) | Q(site=None), organisation=member.organisation_id)
    return everyone.filter(Q(pk__in=near.values("member")) | Q(pk=member.pk))


def tokens(member: Member) -> QuerySet[ApiToken]:
    """The member's own tokens, newest first; nobody sees another's."""
    return scoped(ApiToken.objects.filter(member=member), member, Right.SIGNED_IN).order_by("-created_at")


def passkeys(member: Member) -> QuerySet[Passkey]:
    """The member's own passkeys; nobody sees another's."""
    return scoped(Passkey.objects.filter(member=member), member, Right.SIGNED_IN)


def sessions(member: Member) -> QuerySet[MemberSession]:
    """The member's own sessions that have not run out, the one seen last first."""
    own = MemberSession.objects.filter(member=member, expire_date__gt=timezone.now())
    return scoped(own, member, Right.SIGNED_IN).order_by("-seen_at")


@dataclass(frozen=True, slots=True)
class AccountChange:
    """Something that was done to the ways into an account."""

    at: dt.datetime
    action: str
    words: str
    by_other: bool


_OF_ACCOUNT = (
    Action.PASSWORD_CHANGED, Action.PASSKEY_ADDED, Action.PASSKEY_REMOVED, Action.PASSKEY_COPIED, Action.CODES_ADDED,
    Action.CODES_REMOVED, Action.RECOVERY_CODES_MADE, Action.RECOVERY_CODE_USED, Action.RESET_LINK_MADE,
    Action.RESET_LINK_USED, Action.SESSION_ENDED,
)  # fmt: skip


def account_changes(member: Member, most: int = 10) -> list[AccountChange]:
    """What was done to the member's own ways in lately, by whom it was: every member may know that."""
    own = scoped(Entry.objects.all(), member, Right.SIGNED_IN)
    entries = own.filter(subject_id=str(member.pk), subject_kind=Member._meta.label_lower, action__in=_OF_ACCOUNT)
    return [
        AccountChange(one.at, one.action, str(Action(one.action).label), one.actor_id not in (None, member.pk))
        for one in entries.order_by("-id")[:most]
    ]


def invitations(member: Member) -> QuerySet[Invitation]:
    """The invitations that `member` may see and take back: those whose roles all lie where she manages people."""
    everything = scoped(Invitation.objects.all(), member, Right.MANAGE_PEOPLE).select_related("invited_by")
    where = reach(member, Right.MANAGE_PEOPLE)
    found = everything.prefetch_related("grants")
    if isinstance(where, Everywhere):
        return found
    beyond = InvitedRole.objects.filter(organisation=member.organisation_id).exclude(site__in=where)
    return found.exclude(pk__in=beyond.values("invitation"))

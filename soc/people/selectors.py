"""What can be asked about people: who I am and what I may do, which members and sites I may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from soc.people.models import ApiToken, Member, RoleGrant, Site
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

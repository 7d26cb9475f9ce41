"""Links with a secret, by which somebody who cannot sign in yet, or no longer, gets in: shown once, only a digest is kept.

The page's address carries the secret behind a ``#``, so that it reaches no server's log. A secret that is wrong, used, revoked or
has run out gets one and the same answer, which says nothing about anybody.
"""

from __future__ import annotations

import secrets

from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people import services
from soc.people.authentication import digest
from soc.people.models import Invitation, Member, ResetLink
from soc.people.rights import Role
from soc.people.services import Grant
from soc.people.throttle import Tries, by_address
from soc.refusals import Refusal, Status


def new_secret() -> tuple[str, str]:
    """A secret, and the digest that is kept of it."""
    secret = secrets.token_urlsafe(32)
    return secret, digest(secret)


def grants_of(invitation: Invitation) -> frozenset[Grant]:
    """The roles that come with an invitation."""
    return frozenset(Grant(Role(row.role), row.site_id) for row in invitation.grants.all())


def find(secret: str, *, address: str, lock: bool = False) -> Invitation | ResetLink:
    """What a secret opens.

    Args:
        secret: as it came with the link.
        address: the network address that asks: guessing is slowed down as at sign-in.
        lock: the row is locked until the end of the transaction, so that it is used once.

    Raises:
        Refusal: it opens nothing.
    """
    tries = Tries(by_address(address))
    invitations, resets = Invitation.objects.all(), ResetLink.objects.filter(member__is_active=True)
    if lock:
        invitations, resets = invitations.select_for_update(of=("self",)), resets.select_for_update(of=("self",))
    kept, now = digest(secret), clock.now()
    found: Invitation | ResetLink | None = (
        invitations.select_related("organisation", "invited_by")
        .filter(digest=kept, accepted_at=None, revoked_at=None, expires_at__gt=now)
        .first()
    )
    if found is None:
        found = (
            resets.select_related("organisation", "member", "made_by")
            .filter(digest=kept, used_at=None, expires_at__gt=now)
            .first()
        )
    if found is None or not _stands(found):
        raise Refusal(
            "no_such_link",
            _("This link does not work: it was used, was taken back, or is too old. Ask for a new one."),
            status=Status.NOT_FOUND,
        )
    tries.succeeded()
    return found


def _stands(link: Invitation | ResetLink) -> bool:
    """Whether who made it could still do so, for what its member has become since too: a right taken away leaves no door open."""
    maker: Member | None
    if isinstance(link, Invitation):  # an installation's first one comes from its operator: from nobody
        maker, grants = link.invited_by, grants_of(link)
    elif link.made_by is None:  # who made it is gone
        return False
    else:
        maker, grants = link.made_by, services.grants_of(link.member)
    try:
        services.must_manage(maker, grants, None)
    except Refusal:
        return False
    return True

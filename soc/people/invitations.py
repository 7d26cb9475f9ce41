"""Inviting somebody: with a name and roles, by a link that works for a week, once, until it is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services
from soc.people.links import grants_of, new_secret
from soc.people.models import Invitation, InvitedRole, Member, Organisation
from soc.people.services import Grant
from soc.refusals import Refusal, Status

GOOD_FOR = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation and, this once, its secret."""

    invitation: Invitation
    secret: str


@transaction.atomic
def invite(
    organisation: Organisation,
    *,
    display_name: str,
    grants: Collection[Grant],
    email: str = "",
    language: str | None = None,
    actor: Member | None = None,
) -> Made:
    """Invite somebody with these roles.

    Raises:
        Refusal: without a role there is nothing to invite to; or the actor may not grant these roles at these sites.
    """
    wanted = frozenset(grants)
    if not wanted:
        sentence = _("Choose at least one role: without one there is nothing to see.")
        raise Refusal("no_role", sentence, fields={"grants": sentence})
    services.must_manage(actor, frozenset(), wanted)
    services.known_sites(organisation.pk, wanted)
    secret, kept = new_secret()
    invitation = Invitation.objects.create(
        organisation=organisation,
        display_name=display_name,
        email=email,
        language=language or organisation.language,
        digest=kept,
        invited_by=actor,
        expires_at=clock.now() + GOOD_FOR,
    )
    for grant in sorted(wanted, key=str):
        InvitedRole.objects.create(
            organisation=organisation, invitation=invitation, role=grant.role, site_id=grant.site
        )
    roles: list[Json] = [
        {"role": one.role.value, "site": str(one.site) if one.site else None} for one in sorted(wanted, key=str)
    ]
    record(
        organisation,
        Action.INVITATION_MADE,
        actor=actor,
        subject=invitation,
        details={"roles": roles},
        personal={"display_name": display_name, "email": email},
    )
    services.tell_colleagues(organisation.pk)
    return Made(invitation, secret)


@transaction.atomic
def revoke(invitation: Invitation, *, actor: Member) -> None:
    """Take an invitation back; its link opens nothing from then on.

    Raises:
        Refusal: it was accepted already, or the actor may not manage all of its sites.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    services.must_manage(actor, frozenset(), grants_of(invitation))
    if invitation.accepted_at is not None:
        raise Refusal(
            "accepted", _("This invitation was accepted. Switch the member off instead."), status=Status.CONFLICT
        )
    if invitation.revoked_at is None:
        invitation.revoked_at = clock.now()
        invitation.save(update_fields=["revoked_at"])
        record(invitation.organisation_id, Action.INVITATION_REVOKED, actor=actor, subject=invitation)
        services.tell_colleagues(invitation.organisation_id)


def accept(
    invitation: Invitation, *, name: str, display_name: str, language: str, password: str | None, pk: UUID | None = None
) -> Member:
    """Make the account of who was invited, in the caller's transaction, which holds the invitation's lock.

    Args:
        invitation: found by its secret, locked.
        name: what the member will sign in with.
        display_name: what colleagues read.
        language: what the pages speak.
        password: ``None`` for who chose a passkey, which the caller keeps.
        pk: the member's id where a passkey was made for it.

    Raises:
        Refusal: the name is taken, the password is weak, or a site of the invitation is gone.
    """
    member = services.create_member(
        invitation.organisation,
        name=name,
        display_name=display_name,
        password=password,
        grants=grants_of(invitation),
        language=language,
        email=invitation.email,
        pk=pk,
    )
    invitation.accepted_at = clock.now()
    invitation.accepted_by = member
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(invitation.organisation_id, Action.INVITATION_ACCEPTED, actor=member, subject=invitation)
    services.tell_colleagues(invitation.organisation_id)
    return member

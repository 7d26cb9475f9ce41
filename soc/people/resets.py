"""Helping a member who cannot sign in: a link that works for a day, once, by which the member chooses a new way in."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people import codes, services
from soc.people.links import new_secret
from soc.people.models import Member, Passkey, ResetLink
from soc.refusals import Refusal, Status

GOOD_FOR = dt.timedelta(days=1)


@transaction.atomic
def make(member: Member, *, second_factor: bool, actor: Member) -> str:
    """Make a link for a member; the secret, this once. Links from before work no more.

    Raises:
        Refusal: the member is switched off, or the actor does not manage all of the member.
    """
    services.must_manage(actor, services.grants_of(member), None)
    if not member.is_active:
        raise Refusal(
            "switched_off", _("This member is switched off. Switch the account on first."), status=Status.CONFLICT
        )
    ResetLink.objects.filter(member=member, used_at=None).delete()
    secret, kept = new_secret()
    ResetLink.objects.create(
        organisation_id=member.organisation_id,
        member=member,
        digest=kept,
        second_factor=second_factor,
        made_by=actor,
        expires_at=clock.now() + GOOD_FOR,
    )
    details = {"second_factor": second_factor}
    record(member.organisation_id, Action.RESET_LINK_MADE, actor=actor, subject=member, details=details)
    return secret


def use(link: ResetLink, *, password: str | None) -> Member:
    """Use a link, in the caller's transaction, which holds its lock: a new password, or the passkey that the caller keeps.

    All sessions end. With `second_factor` codes and passkeys from before are forgotten: they may be in a stranger's hands.

    Raises:
        Refusal: the password is weak; or a passkey, which is asked for no code, would go past the codes that are to stay.
    """
    member = Member.objects.select_for_update().get(pk=link.member_id)
    if password is None and not link.second_factor and codes.has_codes(member):
        raise Refusal(
            "keeps_codes",
            _("Choose a password: this link keeps the codes from your phone, and a passkey would be asked for none."),
            status=Status.CONFLICT,
        )
    if link.second_factor:
        codes.remove(member, actor=member)
        Passkey.objects.filter(member=member).delete()
    if password is None:
        member.set_unusable_password()
    else:
        services.set_password(member, password)
    member.save()
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    details = {"second_factor": link.second_factor}
    record(member.organisation_id, Action.RESET_LINK_USED, actor=member, subject=member, details=details)
    services.end_sessions(member)
    return member

"""What members may change of their own account: profile, password, and the ways in, of which one always stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import codes, passkeys, sign_in
from soc.people.models import CodeSecret, Member, MemberSession, Organisation, Passkey, SecondFactorRole
from soc.people.rights import Right, Role
from soc.people.scope import EVERYWHERE, reach
from soc.people.services import announce_people, change_profile, end_sessions, lock, set_password, tell_colleagues
from soc.refusals import Refusal, Status

_PREFERENCES = ("theme", "contrast", "density", "sounds", "volume", "first_steps_left")


@transaction.atomic
def change_own(
    member: Member,
    *,
    display_name: str | None = None,
    language: str | None = None,
    email: str | None = None,
    **preferences: Any,
) -> Member:
    """Change the own profile or preferences; ``None`` and what is not named stay. How pages look is not journalled."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    for name in _PREFERENCES:
        if name in preferences:
            setattr(member, name, preferences[name])
    if display_name is not None or language is not None or email is not None:
        change_profile(member, member, display_name=display_name, language=language, email=email)
        tell_colleagues(member.organisation_id)
    member.save()
    return member


@transaction.atomic
def change_own_password(member: Member, *, password: str, new_password: str) -> Member:
    """Change the own password; all sessions end, the caller opens a new one.

    Raises:
        Refusal: when `password` is not the present one, or the new one is weak.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    if not member.check_password(password):
        sentence = _("The present password is not right.")
        raise Refusal("wrong_password", sentence, fields={"password": sentence})
    return _new_password(member, new_password)


@transaction.atomic
def choose_password(member: Member, *, new_password: str) -> Member:
    """Give the own account its first password, after a recent proof; all sessions end, the caller opens a new one.

    Raises:
        Refusal: there is a password already, or the new one is weak.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.has_usable_password():
        sentence = _("The present password is not right.")
        raise Refusal("wrong_password", sentence, fields={"password": sentence})
    return _new_password(member, new_password)


@transaction.atomic
def remove_passkey(passkey: Passkey, *, actor: Member) -> None:
    """Take one of the own passkeys no more.

    Raises:
        Refusal: it is the last way in, or the last second factor of who needs one.
    """
    lock(actor.organisation_id)
    others = Passkey.objects.filter(member=actor).exclude(pk=passkey.pk).exists()
    if not others and not actor.has_usable_password():
        raise Refusal(
            "last_way_in",
            _("This is your only way to sign in. Add another passkey or a password first."),
            status=Status.CONFLICT,
        )
    if not others and not codes.has_codes(actor):
        _not_the_last_factor(actor)
    passkeys.remove(passkey, actor=actor)
    announce_people(actor.organisation_id)


@transaction.atomic
def remove_codes(member: Member) -> None:
    """Ask for no more codes from the own phone.

    Raises:
        Refusal: it is the last second factor of who needs one.
    """
    lock(member.organisation_id)
    if not Passkey.objects.filter(member=member).exists():
        _not_the_last_factor(member)
    codes.remove(member, actor=member)
    announce_people(member.organisation_id)


@transaction.atomic
def end_session(member: Member, number: UUID, *, actor: Member) -> None:
    """End one of the member's sessions; its sockets close within seconds. One that has ended already is no error."""
    ended, _by_model = MemberSession.objects.filter(member=member, number=number).delete()
    _ended(member, ended, actor)


@transaction.atomic
def end_other_sessions(member: Member, keep: UUID | None) -> int:
    """End all of the own sessions but this one; how many those were."""
    others = MemberSession.objects.filter(member=member)
    ended, _by_model = (others if keep is None else others.exclude(number=keep)).delete()
    _ended(member, ended, member)
    return ended


@transaction.atomic
def end_all_sessions(member: Member, *, actor: Member) -> None:
    """Sign another member out everywhere. The caller has checked that the actor manages all of the member."""
    ended = MemberSession.objects.filter(member=member).count()
    end_sessions(member)
    _ended(member, ended, actor)


@transaction.atomic
def demand_second_factor(organisation: Organisation, roles: Collection[Role], *, actor: Member) -> None:
    """Let these roles count for members with a second factor only.

    Raises:
        Refusal: the actor manages some sites only, or would be shut out.
    """
    if reach(actor, Right.MANAGE_PEOPLE) is not EVERYWHERE:
        raise Refusal("not_your_site", _("You may do this only at the sites that you manage."), status=Status.FORBIDDEN)
    lock(organisation.pk)
    before = sorted(organisation.second_factor_roles.values_list("role", flat=True))
    SecondFactorRole.objects.filter(organisation=organisation).delete()
    SecondFactorRole.objects.bulk_create(SecondFactorRole(organisation=organisation, role=role) for role in set(roles))
    if reach(actor, Right.MANAGE_PEOPLE) is not EVERYWHERE:
        raise Refusal(
            "would_shut_you_out",
            _("You have no second factor yourself, so this would shut you out. Add a passkey or codes first."),
            status=Status.CONFLICT,
        )
    after = sorted({role.value for role in roles})
    if before != after:
        details: dict[str, Json] = {"before": list(before), "after": list(after)}
        record(organisation, Action.SECOND_FACTOR_DEMANDED, actor=actor, subject=organisation, details=details)
    announce_people(organisation.pk)


def has_second_factor(member: Member) -> bool:
    """Whether the member has codes or a passkey."""
    codes_on = CodeSecret.objects.filter(member=member, confirmed_at__isnull=False).exists()
    return codes_on or Passkey.objects.filter(member=member).exists()


def _new_password(member: Member, new_password: str) -> Member:
    set_password(member, new_password, field="new_password")
    member.save()
    record(member.organisation_id, Action.PASSWORD_CHANGED, actor=member, subject=member)
    end_sessions(member)
    return member


def _not_the_last_factor(member: Member) -> None:
    if sign_in.demanded(member):
        raise Refusal(
            "second_factor_needed",
            _("Your role needs a second factor, and this is your last one. Add another one first."),
            status=Status.CONFLICT,
        )


def _ended(member: Member, count: int, actor: Member) -> None:
    if count:
        record(member.organisation_id, Action.SESSION_ENDED, actor=actor, subject=member, details={"sessions": count})
        announce_people(member.organisation_id)

"""What can be done about organisations, members and their roles: each in one transaction, journalled."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.broadcast.events import Event, MemberChanged, PeopleChanged
from soc.broadcast.services import announce
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people.models import ApiToken, Member, MemberSession, Organisation, RoleGrant, Site
from soc.people.rights import Right, Role
from soc.people.scope import holds
from soc.refusals import Refusal, Status

LONGEST_NAME = 150
"""Characters of a name to sign in with, as the database holds it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at one site or, without a site, at all sites."""

    role: Role
    site: UUID | None = None


@transaction.atomic
def create_organisation(name: str, *, timezone: str = "Europe/Paris", language: str = "en") -> Organisation:
    """Begin to serve an organisation. Its members come with `create_member`.

    Raises:
        Refusal: when there is one of this name.
    """
    if Organisation.objects.filter(name=name).exists():
        raise taken("name", _("There is already an organisation of this name."))
    organisation = Organisation.objects.create(name=name, timezone=timezone, language=language)
    record(organisation, Action.ORGANISATION_ADDED, subject=organisation)
    return organisation


@transaction.atomic
def create_member(
    organisation: Organisation,
    *,
    name: str,
    display_name: str,
    password: str | None,
    grants: Iterable[Grant] = (),
    language: str | None = None,
    email: str = "",
    actor: Member | None = None,
    pk: UUID | None = None,
) -> Member:
    """Add a member who signs in with `name` and `password`; without one, with the passkey that the caller keeps.

    Raises:
        Refusal: when the name is taken (in the whole installation), the password is weak, or the actor may not grant these roles.
    """
    wanted = frozenset(grants)
    must_manage(actor, frozenset(), wanted)
    lock(organisation.pk)
    name = Member.normalize_username(name).strip()
    if len(name) > LONGEST_NAME:  # some letters become many when they are normalised
        long = _("This name is too long.")
        raise Refusal("invalid", long, fields={"name": long})
    if Member.objects.filter(Exact(Lower("name"), name.lower())).exists():
        raise taken("name", _("This name is taken. Choose another one to sign in with."))
    member = Member(organisation=organisation, name=name, display_name=display_name, email=email)
    member.pk = pk or member.pk
    member.language = language or organisation.language
    if password is None:
        member.set_unusable_password()
    else:
        set_password(member, password)
    member.save(force_insert=True)
    record(
        organisation,
        Action.MEMBER_ADDED,
        actor=actor,
        subject=member,
        personal={"name": name, "display_name": display_name},
    )
    _apply(member, wanted, actor)
    tell_colleagues(organisation.pk)
    return member


@transaction.atomic
def change_member(
    member: Member,
    *,
    display_name: str | None = None,
    email: str | None = None,
    language: str | None = None,
    is_active: bool | None = None,
    password: str | None = None,
    grants: Collection[Grant] | None = None,
    actor: Member | None = None,
) -> Member:
    """Change a member; ``None`` leaves as it is. `grants` replaces all grants.

    A revoked role, a new password and switching a member off end the member's sessions; switching off also revokes the tokens.

    Raises:
        Refusal: when the actor may not manage all of the member, the password is weak, an administrator would take away the own
            last administrator's role, or the organisation would have no administrator left.
    """
    lock(member.organisation_id)
    member = Member.objects.select_for_update().get(pk=member.pk)
    held = grants_of(member)
    must_manage(actor, held, None if grants is None else frozenset(grants))
    ends = False
    if display_name is not None or language is not None or email is not None:
        change_profile(member, actor, display_name=display_name, language=language, email=email)
    if password is not None:
        set_password(member, password)
        record(member.organisation_id, Action.PASSWORD_CHANGED, actor=actor, subject=member)
        ends = True
    if is_active is not None and is_active != member.is_active:
        _switch(member, is_active, actor)
        ends = not is_active
    member.save()
    if grants is not None:
        ends |= _apply(member, frozenset(grants), actor)
    _keep_an_administrator(member, held, actor)
    if ends:
        end_sessions(member)
    announce_people(member.organisation_id)
    tell_colleagues(member.organisation_id)
    return member


def grant_role(member: Member, role: Role, *, site: Site | None = None, actor: Member | None = None) -> Member:
    """Give a member a role at one site or, without a site, everywhere; see `change_member` for what it refuses."""
    wanted = grants_of(member) | {Grant(role, site.pk if site else None)}
    return change_member(member, grants=wanted, actor=actor)


def revoke_role(member: Member, role: Role, *, site: Site | None = None, actor: Member | None = None) -> Member:
    """Take a role from a member, and end the member's sessions; see `change_member` for what it refuses."""
    wanted = grants_of(member) - {Grant(role, site.pk if site else None)}
    return change_member(member, grants=wanted, actor=actor)


def deactivate(member: Member, *, actor: Member | None = None) -> Member:
    """Switch a member off: sessions and sockets end, tokens are revoked; the rows stay. See `change_member`."""
    return change_member(member, is_active=False, actor=actor)


def end_sessions(member: Member) -> None:
    """Sign a member out everywhere; open sockets close within seconds."""
    MemberSession.objects.filter(member=member).delete()
    announce_people(member.organisation_id)


def announce_people(organisation_id: UUID) -> None:
    """Tell the hubs that rights or ways in changed, so that they look at their open sockets at once."""
    announce(Event(organisation_id, PeopleChanged(), Right.SIGNED_IN))


def tell_colleagues(organisation_id: UUID) -> None:
    """Tell the pages that show members or invitations that what they show has changed."""
    announce(Event(organisation_id, MemberChanged(), Right.SEE_PEOPLE))


# How it is done: each of these runs in its caller's transaction, after `_lock`.


def lock(organisation_id: UUID) -> None:
    """One change of an organisation's people at a time. No key changes, so whoever inserts rows that name it does not wait."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def grants_of(member: Member) -> frozenset[Grant]:
    """The roles that a member holds, and where."""
    rows = RoleGrant.objects.filter(member=member)
    return frozenset(Grant(Role(row.role), row.site_id) for row in rows)


def _sites_of(grants: Collection[Grant]) -> set[UUID | None]:
    return {grant.site for grant in grants}


def must_hold(actor: Member | None, right: Right, site: UUID | None) -> None:
    """The actor holds the right at the site; without a site: everywhere."""
    if actor is None or (holds(actor, right, site) if site else holds(actor, right, _NOWHERE)):
        return
    raise Refusal("not_your_site", _("You may do this only at the sites that you manage."), status=Status.FORBIDDEN)


_NOWHERE = UUID(int=0)  # no site has this id, so only who holds a right everywhere holds it there


def must_manage(actor: Member | None, held: frozenset[Grant], wanted: frozenset[Grant] | None) -> None:
    """Who manages some sites only may change a member of these sites only, and roles at these sites only."""
    touched = held if wanted is None else held | wanted
    for site in _sites_of(touched) or {None}:
        must_hold(actor, Right.MANAGE_PEOPLE, site)


def known_sites(organisation_id: UUID, grants: Collection[Grant]) -> None:
    """The sites of these grants are the organisation's.

    Raises:
        Refusal: one is not.
    """
    named = {site for site in _sites_of(grants) if site is not None}
    if Site.objects.filter(organisation=organisation_id, pk__in=named).count() != len(named):
        raise Refusal("unknown_site", _("There is no such site."), fields={"grants": _("There is no such site.")})


def _apply(member: Member, wanted: frozenset[Grant], actor: Member | None) -> bool:
    """Make `wanted` the member's grants; whether something was taken away."""
    held = grants_of(member)
    known_sites(member.organisation_id, wanted)
    for grant in sorted(held - wanted, key=str):
        RoleGrant.objects.filter(member=member, role=grant.role, site=grant.site).delete()
        _record_role(member, Action.ROLE_REVOKED, grant, actor)
    for grant in sorted(wanted - held, key=str):
        RoleGrant.objects.create(
            organisation_id=member.organisation_id, member=member, role=grant.role, site_id=grant.site
        )
        _record_role(member, Action.ROLE_GRANTED, grant, actor)
    return bool(held - wanted)


def _record_role(member: Member, action: Action, grant: Grant, actor: Member | None) -> None:
    details: dict[str, Json] = {"role": grant.role.value, "site": str(grant.site) if grant.site else None}
    record(member.organisation_id, action, actor=actor, subject=member, site_id=grant.site, details=details)


def change_profile(
    member: Member,
    actor: Member | None,
    *,
    display_name: str | None = None,
    language: str | None = None,
    email: str | None = None,
) -> None:
    """Change what a member is called and told in; the caller saves. ``None`` leaves as it is."""
    before: dict[str, Json] = {"display_name": member.display_name, "email": member.email}
    member.display_name = member.display_name if display_name is None else display_name
    member.email = member.email if email is None else email
    member.language = member.language if language is None else language
    after: dict[str, Json] = {"display_name": member.display_name, "email": member.email}
    details: dict[str, Json] = {"language": member.language}
    changed: dict[str, Json] | None = None if before == after else {"before": before, "after": after}
    record(
        member.organisation_id, Action.MEMBER_CHANGED, actor=actor, subject=member, details=details, personal=changed
    )


def _switch(member: Member, is_active: bool, actor: Member | None) -> None:
    member.is_active = is_active
    record(member.organisation_id, Action.MEMBER_CHANGED, actor=actor, subject=member, details={"is_active": is_active})
    if not is_active:
        ApiToken.objects.filter(member=member, revoked_at=None).update(revoked_at=clock.now())


def _keep_an_administrator(member: Member, held: frozenset[Grant], actor: Member | None) -> None:
    """Nobody locks themselves, or everybody, out of administration."""

    def administers(grants: frozenset[Grant]) -> bool:
        return any(grant.role is Role.ADMINISTRATOR for grant in grants)

    lost = administers(held) and not (member.is_active and administers(grants_of(member)))
    if lost and actor is not None and actor.pk == member.pk:
        raise Refusal(
            "own_last_administrator",
            _("You cannot take the administrator's role from yourself. Ask another administrator to do it."),
            status=Status.CONFLICT,
        )
    left = RoleGrant.objects.filter(
        organisation=member.organisation_id, role=Role.ADMINISTRATOR, site=None, member__is_active=True
    )
    if Grant(Role.ADMINISTRATOR) in held and not left.exists():
        raise Refusal(
            "last_administrator",
            _("This is the organisation's last administrator. Make another member an administrator first."),
            status=Status.CONFLICT,
        )


def set_password(member: Member, password: str, *, field: str = "password") -> None:
    """Give a member a password; the caller saves.

    Raises:
        Refusal: it is weak; the sentence is of `field`.
    """
    try:
        validate_password(password, member)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise Refusal("weak_password", sentence, fields={field: sentence}) from error
    member.set_password(password)


def taken(field: str, sentence: Promise) -> Refusal:
    """The refusal of a name that somebody else has."""
    return Refusal("taken", sentence, status=Status.CONFLICT, fields={field: sentence})

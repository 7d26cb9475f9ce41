"""Passkeys (WebAuthn): a key pair on the member's device, of which only the public half is kept here.

The device checks its owner (finger, face, PIN) each time, so a passkey alone is two factors. It is bound to the host name of the
console: a page that only looks like it gets nothing. Browsers therefore offer passkeys on HTTPS, or on `localhost`, and
never at an address that is a number: `refused_because` says so.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member, Passkey
from soc.refusals import Refusal, Status

MOST = 20
Json = dict[str, Any]

# What the library raises for an answer that no browser sends.
_MALFORMED = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, NotImplementedError,
    struct.error, InvalidSignature, UnsupportedAlgorithm, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Party:
    """The relying party: the console under the host name by which it was opened."""

    host: str
    origin: str

    def server(self) -> Fido2Server:
        """What makes and checks challenges."""
        entity = PublicKeyCredentialRpEntity(name="Vigie", id=self.host)
        return Fido2Server(entity, verify_origin=lambda origin: origin == self.origin)


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge for the browser, and what must be kept until it answers."""

    options: Json
    state: Json


def refused_because(request: HttpRequest) -> Promise | None:
    """Why browsers offer no passkey at the address by which the console was opened; ``None`` when they do."""
    host = _host(request)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return _("Passkeys need a host name, and this address is a number: open the console by its name.")
    if host != "localhost" and not request.is_secure():
        return _("Passkeys need a secure connection: open the console with https.")
    return None


def party_of(request: HttpRequest) -> Party:
    """The relying party of a request.

    Raises:
        Refusal: the console was opened at an address where browsers offer no passkeys.
    """
    reason = refused_because(request)
    if reason is not None:
        raise Refusal("no_passkeys_here", reason, status=Status.CONFLICT)
    return Party(_host(request), f"{request.scheme}://{request.get_host()}")


def ask_new(party: Party, *, handle: UUID, name: str, display_name: str, member: Member | None = None) -> Asked:
    """Ask the browser for a new passkey of the member with this id; devices that have one already do not offer theirs."""
    user = PublicKeyCredentialUserEntity(name=name, id=handle.bytes, display_name=display_name)
    known = [] if member is None else list(Passkey.objects.filter(member=member, host=party.host))
    options, state = party.server().register_begin(
        user,
        [_descriptor(passkey) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(dict(options), dict(state))


def ask_known(party: Party, member: Member | None = None) -> Asked:
    """Ask the browser for a passkey: one of the member's, or any that it has for this host."""
    known = None if member is None else list(Passkey.objects.filter(member=member, host=party.host))
    options, state = party.server().authenticate_begin(
        None if known is None else [_descriptor(passkey) for passkey in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(dict(options), dict(state))


@transaction.atomic
def keep(party: Party, state: Json, answer: Json, *, member: Member, name: str) -> Passkey:
    """Keep the passkey that the browser made.

    Raises:
        Refusal: the answer is not one to our question, the passkey is known already, or the member has too many.
    """
    if Passkey.objects.filter(member=member).count() >= MOST:
        raise Refusal("too_many_passkeys", _("You have many passkeys. Remove one that you no longer use first."))
    try:
        made = party.server().register_complete(state, answer).credential_data
    except _MALFORMED:
        made = None
    if made is None:
        raise _not_taken()
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                organisation_id=member.organisation_id,
                member=member,
                name=name,
                credential=made.credential_id,
                attested=bytes(made),
                host=party.host,
            )
    except IntegrityError:
        raise Refusal("known_passkey", _("This passkey is kept already."), status=Status.CONFLICT) from None
    record(member.organisation_id, Action.PASSKEY_ADDED, actor=member, subject=member, personal={"name": passkey.name})
    return passkey


def prove(party: Party, state: Json, answer: Json, *, member: Member | None = None) -> Passkey:
    """The passkey with which the browser answered, of this member where one is named.

    Raises:
        Refusal: it is not ours, not the member's, its answer is wrong, or it seems to have been copied.
    """
    try:
        response = AuthenticationResponse.from_dict(answer)
        credential = bytes(response.raw_id)
        count = response.response.authenticator_data.counter
        owner = response.response.user_handle
    except _MALFORMED:
        raise _not_taken() from None
    with transaction.atomic():
        passkey = (
            Passkey.objects.select_for_update(of=("self",))
            .select_related("member")
            .filter(credential=credential)
            .first()
        )
        if passkey is None or not passkey.member.is_active or (member is not None and passkey.member_id != member.pk):
            raise _not_taken()
        if owner is not None and bytes(owner) != passkey.member_id.bytes:
            raise _not_taken()
        try:
            party.server().authenticate_complete(state, [AttestedCredentialData(bytes(passkey.attested))], answer)
        except _MALFORMED:
            raise _not_taken() from None
        copied = (count or passkey.signatures) and count <= passkey.signatures
        if copied:
            record(passkey.organisation_id, Action.PASSKEY_COPIED, subject=passkey.member)
        else:
            passkey.signatures = count
            passkey.used_on = clock.now().date()
            passkey.save(update_fields=["signatures", "used_on"])
    if copied:
        raise Refusal(
            "copied_passkey",
            _("This passkey seems to have been copied, so it is not taken. Sign in another way and remove it."),
            status=Status.FORBIDDEN,
        )
    return passkey


@transaction.atomic
def remove(passkey: Passkey, *, actor: Member) -> None:
    """Take the passkey no more. See `soc.people.account.remove_passkey` for what is refused."""
    record(
        passkey.organisation_id,
        Action.PASSKEY_REMOVED,
        actor=actor,
        subject=passkey.member,
        personal={"name": passkey.name},
    )
    passkey.delete()


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(passkey.credential))


def _not_taken() -> Refusal:
    return Refusal("passkey_refused", _("This passkey is not taken here. Use another one, or sign in with your name."))


def _host(request: HttpRequest) -> str:
    """The host name without the port."""
    host = request.get_host()
    if host.startswith("["):
        return host.split("]", 1)[0] + "]"
    return host.split(":", 1)[0].lower()

"""Tokens by which programs act as their member: shown once, only their digest is kept."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.authentication import digest
from soc.people.models import ApiToken, Member
from soc.people.services import announce_people

LONGEST = dt.timedelta(days=366)
_PREFIX = "vigie_"  # so that a token in a public place is recognised for what it is


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and, this once, its text."""

    token: ApiToken
    text: str


@transaction.atomic
def make_token(member: Member, name: str, *, valid_for: dt.timedelta) -> NewToken:
    """Make a token that acts as `member` until it is revoked or runs out, after `LONGEST` at most."""
    text = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        organisation_id=member.organisation_id,
        member=member,
        name=name,
        digest=digest(text),
        expires_at=clock.now() + min(valid_for, LONGEST),
    )
    record(member.organisation_id, Action.TOKEN_MADE, actor=member, subject=token, details={"name": name})
    return NewToken(token, text)


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: Member) -> ApiToken:
    """End a token's life; its sockets close within seconds. Revoking it twice changes nothing."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save()
        record(token.organisation_id, Action.TOKEN_REVOKED, actor=actor, subject=token, details={"name": token.name})
        announce_people(token.organisation_id)
    return token

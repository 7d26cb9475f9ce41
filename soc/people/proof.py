"""A recent proof: whoever changes a way in has shown within the last minutes to be the member, not just somebody at the desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member
from soc.people.throttle import BY_PROOF, Counted, Tries
from soc.refusals import Refusal, Status

GOOD_FOR = dt.timedelta(minutes=10)
FOR_A_SIGNATURE = dt.timedelta(minutes=1)
ANSWER_WITHIN = dt.timedelta(minutes=5)
PROVED = "proved_at"
"""Where a session keeps when its member proved it last."""
_CHALLENGE = "challenge"


def proved(request: HttpRequest) -> None:
    """The member has just proved who it is: by signing in, or when asked again."""
    request.session[PROVED] = clock.now().isoformat()


def need(request: HttpRequest, within: dt.timedelta = GOOD_FOR) -> None:
    """Go on when there is a recent proof.

    Args:
        request: whose session holds it.
        within: how recent. A signature asks for one of the last minute: who has just been there, not who left the desk since.

    Raises:
        Refusal: there is none; the page asks for it and tries again.
    """
    at = request.session.get(PROVED)
    if at is None or not dt.timedelta(0) <= clock.now() - dt.datetime.fromisoformat(at) <= within:
        raise Refusal("proof_needed", _("Show first that it is you."), status=Status.PROOF_NEEDED)


def by_password(member: Member, password: str) -> None:
    """Take the password as a proof.

    Raises:
        Refusal: it is not right, or too many tries were made.
    """
    tries = Tries(Counted("proof", str(member.pk), BY_PROOF))
    if not member.check_password(password):
        with transaction.atomic():
            record(member.organisation_id, Action.PROOF_REFUSED, actor=member, subject=member)
        sentence = _("The present password is not right.")
        raise Refusal("wrong_password", sentence, fields={"password": sentence})
    tries.succeeded()


def keep_challenge(request: HttpRequest, use: str, state: dict[str, Any]) -> None:
    """Keep what was asked of the browser until it answers: for this use, once, for minutes."""
    request.session[_CHALLENGE] = {"use": use, "state": state, "at": clock.now().isoformat()}


def take_challenge(request: HttpRequest, use: str) -> dict[str, Any]:
    """What was asked for this use; it can be answered once.

    Raises:
        Refusal: nothing was asked, or it was too long ago.
    """
    kept = request.session.pop(_CHALLENGE, None)
    if kept is None or kept["use"] != use or clock.now() - dt.datetime.fromisoformat(kept["at"]) > ANSWER_WITHIN:
        raise Refusal("not_asked", _("That took too long. Try again."), status=Status.CONFLICT)
    return dict(kept["state"])

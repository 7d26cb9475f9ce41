"""A person's alert button: two gestures of the same member, the second about exactly what the first has shown."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.activations import starting
from crisis.activations.gestures import Prospect, prospect_of
from crisis.activations.kinds import ActivationState
from crisis.activations.models import Activation
from crisis.entrances import entering, selectors
from crisis.entrances.entering import Came, Entered
from crisis.entrances.models import Entrance, Press
from crisis.plans.models import PlanVersion
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json, canonical
from soc.journal.services import record
from soc.people.directory.members import ensure_people_of_members
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.refusals import Refusal, Status

GOOD_FOR = dt.timedelta(seconds=30)
"""Left alone, what was pressed drops: nobody alerts with a gesture of some minutes ago."""
LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class Pressed:
    """A first gesture, with what it shows."""

    press: Press
    entrance: Entrance
    prospect: Prospect
    under_way: bool

    @property
    def good_until(self) -> dt.datetime:
        """Until when the second gesture counts."""
        return self.press.made_at + GOOD_FOR


def press(member: Member, button: UUID) -> Pressed:
    """Make the first gesture: nobody is told yet.

    Raises:
        Refusal: there is no such button at the member's sites, it is not for them, or its plan is not approved;
            which is journalled.
    """
    entrance = _button(member, button)
    try:
        _must_be_theirs(member, entrance)
        version = starting.in_force(entrance.plan)
    except Refusal as refusal:
        entering.refused(entrance, refusal.code, Came("", member=member))
        raise
    with transaction.atomic():
        prospect = prospect_of(entrance.plan, version.content, [], system=False)
        under_way = Activation.objects.filter(
            plan=entrance.plan_id, drill=False, state__in=[ActivationState.ASKING, ActivationState.RUNNING]
        ).exists()
        made = Press.objects.create(
            organisation_id=entrance.organisation_id,
            entrance=entrance,
            member=member,
            digest=_digest(entrance, version, prospect, under_way=under_way),
        )
        details: dict[str, Json] = {"name": entrance.name, "people": prospect.people}
        record(
            entrance.organisation_id,
            Action.ENTRANCE_PRESSED,
            actor=member,
            subject=entrance,
            site_id=entrance.site_id,
            details=details,
        )
    return Pressed(made, entrance, prospect, under_way)


def confirm(member: Member, press_id: UUID, *, read: str, place: str = "") -> Entered:
    """Make the second gesture. The same again, as a phone with a bad connection sends it, changes nothing.

    Args:
        member: who; the same as made the first.
        press_id: the first gesture.
        read: the digest of what it showed.
        place: where they are, in their words.

    Raises:
        Refusal: it is somebody else's (which is journalled), too old, or shows something else by now; or as `press`.
    """
    found = (
        Press.objects.select_related("entrance__plan__site", "entrance__site", "member")
        .filter(pk=press_id, organisation=member.organisation_id)
        .first()
    )
    if found is None:
        raise Refusal("press_unknown", _("Nothing was pressed here. Begin again."), status=Status.NOT_FOUND)
    entrance = found.entrance
    try:
        _must_be_their_gesture(member, found)
        _must_be_theirs(member, entrance)
        return _enter(member, found, read, place)
    except Refusal as refusal:
        entering.refused(entrance, refusal.code, Came("", member=member))
        raise


@transaction.atomic
def _enter(member: Member, pressed: Press, read: str, place: str) -> Entered:
    held = Press.objects.select_for_update(of=("self",)).get(pk=pressed.pk)
    now = clock.now()
    if not hmac.compare_digest(read.encode(), held.digest.encode()):
        raise _conflict("read_again", _("This is not what was shown. Begin again."))
    if held.used_at is None:
        if now - held.made_at > GOOD_FOR:
            raise _conflict("press_too_old", _("This was pressed too long ago, so nobody was alerted. Begin again."))
        held.used_at = now
        held.save(update_fields=["used_at"])
    return entering.enter(
        pressed.entrance,
        Came(f"press:{held.pk}", member=member, person=_person(member), said=place.strip()[:LONGEST_PLACE]),
    )


def _button(member: Member, button: UUID) -> Entrance:
    found = selectors.buttons_at_sites_of(member).filter(pk=button).first()
    if found is None:
        raise Refusal("not_found", _("There is no such button."), status=Status.NOT_FOUND)
    return found


def _must_be_their_gesture(member: Member, pressed: Press) -> None:
    if pressed.member_id != member.pk:
        raise Refusal(
            "not_your_gesture",
            _("%(who)s pressed this button. Who confirms must be who pressed it: begin again yourself."),
            status=Status.FORBIDDEN,
            params={"who": pressed.member.display_name},
        )


def _must_be_theirs(member: Member, entrance: Entrance) -> None:
    if not selectors.buttons_of(member).filter(pk=entrance.pk).exists():
        raise Refusal(
            "not_your_button",
            _("This button is not for you, so nobody was alerted. Tell somebody who directs, or call 112."),
            status=Status.FORBIDDEN,
        )


def _person(member: Member) -> Person | None:
    found = Person.objects.filter(member=member).first()
    if found is None:
        ensure_people_of_members(member.organisation_id)
        found = Person.objects.filter(member=member).first()
    return found


def _digest(entrance: Entrance, version: PlanVersion, prospect: Prospect, *, under_way: bool) -> str:
    shown: dict[str, Json] = {
        "entrance": str(entrance.pk),
        "version": version.digest,
        "how": entrance.how,
        "people": prospect.people,
        "channels": [channel.value for channel in prospect.channels],
        "devices": prospect.devices,
        "services": prospect.services,
        "under_way": under_way,
    }
    return hashlib.sha256(canonical(shown).encode()).hexdigest()


def _conflict(code: str, sentence: Promise) -> Refusal:
    return Refusal(code, sentence, status=Status.CONFLICT)

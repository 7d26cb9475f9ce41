"""Who is told of a rule's alerts without a plan: added, changed, removed; journalled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alerts.deliveries import selectors
from alerts.deliveries.models import AlertNotice, NoticePerson
from alerts.deliveries.notices import LONGEST_DELAY_S, WAYS, NoticeWay
from alerts.models import Rule
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory.models import Person, PersonList, Profile
from soc.people.models import Member
from soc.people.on_call.models import Schedule
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

M = TypeVar("M", Schedule, Profile, PersonList)

MOST_OF_A_RULE = 10
MOST_PEOPLE = 200
MOST_WAYS = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as it is entered.

    Args:
        name: what agents call it.
        ways: in the order in which they are used; the delays do not go down.
        schedule: whoever is on call there when the alert comes.
        profile: people of this profile.
        person_list: people on this list.
        people: these people.
        enabled: whether it is used.
    """

    name: str
    ways: Sequence[NoticeWay]
    schedule: UUID | None = None
    profile: UUID | None = None
    person_list: UUID | None = None
    people: Collection[UUID] = ()
    enabled: bool = True


@transaction.atomic
def add(actor: Member, rule: UUID, draft: Draft) -> AlertNotice:
    """Have people told of a rule's alerts, from now on.

    Raises:
        Refusal: no such rule or people, nobody to tell, ways that make no sense, or very many notices already.
    """
    of = _rule(actor, rule)
    if AlertNotice.objects.filter(rule=of, removed_at=None).count() >= MOST_OF_A_RULE:
        raise Refusal(
            "too_many_notices",
            _("A rule has at most %(most)d of these."),
            params={"most": MOST_OF_A_RULE},
        )
    notice = AlertNotice(organisation_id=actor.organisation_id, rule=of)
    _write(notice, draft, actor)
    _record(actor, notice, Action.NOTICE_ADDED, {"after": _facts(notice)})
    return notice


@transaction.atomic
def change(actor: Member, pk: UUID, draft: Draft, *, version: int) -> AlertNotice:
    """Change a notice; alerts that came before are told as it was.

    Raises:
        Refusal: as `add`; CONFLICT when a colleague changed it since `version`.
    """
    notice = _locked(actor, pk)
    if notice.version != version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this meanwhile. Look at it and enter your change again."),
            status=Status.CONFLICT,
        )
    before = _facts(notice)
    notice.version += 1
    _write(notice, draft, actor)
    _record(actor, notice, Action.NOTICE_CHANGED, {"before": before, "after": _facts(notice)})
    return notice


@transaction.atomic
def remove(actor: Member, pk: UUID) -> None:
    """Tell nobody any more by this notice; what is under way goes on.

    Raises:
        Refusal: there is none of this id in the actor's reach.
    """
    notice = _locked(actor, pk)
    notice.removed_at = clock.now()
    notice.version += 1
    notice.save(update_fields=["removed_at", "version"])
    _record(actor, notice, Action.NOTICE_REMOVED, {})


def draft_of(notice: AlertNotice) -> Draft:
    """The notice as it would be entered."""
    return Draft(
        name=notice.name,
        ways=WAYS.validate_python(notice.ways),
        schedule=notice.schedule_id,
        profile=notice.profile_id,
        person_list=notice.person_list_id,
        people=tuple(NoticePerson.objects.filter(notice=notice).values_list("person", flat=True)),
        enabled=notice.enabled,
    )


def _write(notice: AlertNotice, draft: Draft, actor: Member) -> None:
    _check_ways(draft.ways)
    own = actor.organisation_id
    schedules = scoped(Schedule.objects.filter(removed_at=None), actor, Right.SEE_ON_CALL)
    notice.schedule = _found(schedules, draft.schedule, "schedule", _("Choose a schedule of the list."))
    profiles = Profile.objects.filter(organisation=own)
    notice.profile = _found(profiles, draft.profile, "profile", _("Choose a profile of the list."))
    lists = PersonList.objects.filter(organisation=own)
    notice.person_list = _found(lists, draft.person_list, "person_list", _("Choose a list of the directory."))
    people = _people(actor, draft.people)
    if not (people or notice.schedule or notice.profile or notice.person_list):
        nobody = _("Say who is told: a schedule, a profile, a list or people.")
        raise Refusal("nobody_to_tell", nobody, fields={"people": nobody})
    notice.name = draft.name.strip()
    notice.enabled = draft.enabled
    notice.ways = [way.model_dump(mode="json") for way in draft.ways]
    notice.save()
    NoticePerson.objects.filter(notice=notice).exclude(person__in=people).delete()
    NoticePerson.objects.bulk_create(
        [NoticePerson(organisation_id=own, notice=notice, person=person) for person in people], ignore_conflicts=True
    )


def _check_ways(ways: Sequence[NoticeWay]) -> None:
    delays = [way.after_s for way in ways]
    wrong: Promise | str | None = None
    if not ways:
        wrong = _("Choose at least one way.")
    elif len(ways) > MOST_WAYS:
        wrong = _("Choose fewer ways.")
    elif delays != sorted(delays):
        wrong = _("A way cannot come before the one that stands above it.")
    elif delays[-1] > LONGEST_DELAY_S:
        wrong = _("A way that comes more than an hour after the alert comes too late.")
    if wrong is not None:
        raise Refusal("wrong_ways", wrong, fields={"ways": wrong})


def _found(rows: QuerySet[M], pk: UUID | None, field: str, unknown: Promise | str) -> M | None:
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Refusal("not_there", unknown, fields={field: unknown})
    return row


def _people(actor: Member, wanted: Collection[UUID]) -> list[Person]:
    rows = scoped(Person.objects.filter(removed_at=None), actor, Right.SEE_DIRECTORY)
    found = list(rows.filter(pk__in=set(wanted)).order_by("pk"))
    if len(found) != len(set(wanted)) or len(found) > MOST_PEOPLE:
        unknown = _("One of these people is not in the directory, or there are very many.")
        raise Refusal("no_such_person", unknown, fields={"people": unknown})
    return found


def _rule(actor: Member, pk: UUID) -> Rule:
    # Locked: how many there are of it is decided on.
    rules = scoped(Rule.objects.filter(removed_at=None, camera__removed_at=None), actor, Right.MANAGE_RULES)
    rule = rules.select_related("camera").select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if rule is None:
        unknown = _("Choose a rule of the list.")
        raise Refusal("no_such_rule", unknown, fields={"rule": unknown})
    return rule


def _locked(actor: Member, pk: UUID) -> AlertNotice:
    rows = selectors.notices(actor, Right.MANAGE_RULES).select_for_update(of=("self",))
    notice = rows.filter(pk=pk).first()
    if notice is None:
        raise Refusal("not_found", _("There is no such notice."), status=Status.NOT_FOUND)
    return notice


def _facts(notice: AlertNotice) -> dict[str, Json]:
    """What the journal may say: no names of people."""
    ways: list[Json] = [f"{way.channel.value} {way.after_s} s" for way in WAYS.validate_python(notice.ways)]
    return {
        "name": notice.name,
        "on_call": str(notice.schedule_id) if notice.schedule_id else None,
        "profile": str(notice.profile_id) if notice.profile_id else None,
        "list": str(notice.person_list_id) if notice.person_list_id else None,
        "people": [str(pk) for pk in NoticePerson.objects.filter(notice=notice).values_list("person", flat=True)],
        "ways": ways,
        "enabled": notice.enabled,
    }


def _record(actor: Member, notice: AlertNotice, action: Action, details: dict[str, Json]) -> None:
    rule: dict[str, Json] = {"rule": str(notice.rule_id)}
    record(
        actor.organisation_id,
        action,
        actor=actor,
        subject=notice,
        site_id=notice.rule.camera.site_id,
        details=rule | details,
    )

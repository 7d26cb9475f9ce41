"""What a plan's document names by id, where, and which of it is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.plans.content import (
    Audience,
    DevicesStep,
    EmergencyStep,
    InstructionStep,
    MessageStep,
    OfProfile,
    OfSite,
    OnCall,
    OnList,
    PlanContent,
    ThesePeople,
)
from crisis.plans.parts import PartKind, is_checked, parts
from soc.people.directory.models import Person, PersonList, Profile
from soc.people.models import Member, Site
from soc.people.on_call.models import Schedule
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal


class RefKind(Enum):
    """What can be named."""

    PROFILE = "profile"
    LIST = "list"
    PERSON = "person"
    SITE = "site"
    SCHEDULE = "schedule"
    SCRIPT = "script"
    CONTACT = "contact"
    RECORDING = "recording"
    RISK = "risk"


PART_KINDS: Mapping[RefKind, PartKind] = {
    RefKind.SCRIPT: PartKind.SCRIPT,
    RefKind.CONTACT: PartKind.CONTACT,
    RefKind.RISK: PartKind.RISK,
    RefKind.RECORDING: PartKind.RECORDING,
}
_UNKNOWN: Mapping[RefKind, Promise] = {
    RefKind.PROFILE: _("There is no such profile. Choose one of the list."),
    RefKind.LIST: _("There is no such list of people. Choose one of those there are."),
    RefKind.PERSON: _("There is no such person in your reach. Choose somebody from the directory."),
    RefKind.SITE: _("There is no such site in your reach. Choose one of the list."),
    RefKind.SCHEDULE: _("There is no such on-call schedule in your reach. Choose one of the list."),
    RefKind.SCRIPT: _("There is no such script. Choose one of the list."),
    RefKind.CONTACT: _("There is no such emergency contact. Choose one of the list."),
    RefKind.RECORDING: _("There is no such recording at this site. Record it again, or choose one of the list."),
    RefKind.RISK: _("There is no such risk in the audit of this site. Choose one of the list."),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """That a document names something.

    Attributes:
        field: where: ``steps.0.to.groups.1.profile``.
        step: the key of the step; ``None``: of the plan as a whole.
    """

    kind: RefKind
    id: UUID
    field: str
    step: str | None


@dataclass(frozen=True, slots=True)
class AudienceAt:
    """An audience, and where it stands."""

    audience: Audience
    field: str
    step: str | None


def audiences(content: PlanContent) -> Iterator[AudienceAt]:
    """Every audience of a document."""
    for index, step in enumerate(content.steps):
        if isinstance(step, MessageStep):
            yield AudienceAt(step.to, f"steps.{index}.to", step.key)
    if content.help_to is not None:
        yield AudienceAt(content.help_to, "help_to", None)


def references(content: PlanContent, risk: UUID | None = None) -> tuple[Reference, ...]:
    """Everything that a document names, and the risk that its version answers."""
    found: list[Reference] = []
    for at in audiences(content):
        found += _of_audience(at)
    for index, step in enumerate(content.steps):
        if isinstance(step, DevicesStep):
            found.append(Reference(RefKind.SCRIPT, step.script, f"steps.{index}.script", step.key))
        elif isinstance(step, EmergencyStep) and step.contact is not None:
            found.append(Reference(RefKind.CONTACT, step.contact, f"steps.{index}.contact", step.key))
        elif isinstance(step, InstructionStep):
            for language, recording in step.recordings.items():
                found.append(Reference(RefKind.RECORDING, recording, f"steps.{index}.recordings.{language}", step.key))
    if risk is not None:
        found.append(Reference(RefKind.RISK, risk, "risk", None))
    return tuple(found)


def ids(of: Iterable[Reference], kind: RefKind) -> frozenset[UUID]:
    """The ids of one kind."""
    return frozenset(one.id for one in of if one.kind is kind)


def known(organisation: UUID, of: Collection[Reference]) -> dict[RefKind, dict[UUID, str]]:
    """What of it is there now, with its name, of what the directory, sites and schedules keep; a query a kind."""
    found: dict[RefKind, dict[UUID, str]] = {}
    for kind, rows in _rows().items():
        if wanted := ids(of, kind):
            found[kind] = {row.pk: str(row) for row in rows.filter(organisation=organisation, pk__in=wanted)}
    return found


def seen(member: Member, of: Collection[Reference], right: Right, people: Right) -> dict[RefKind, dict[UUID, str]]:
    """The same, of what `member` reaches with `right`; people with `people`."""
    found: dict[RefKind, dict[UUID, str]] = {}
    for kind, rows in _rows().items():
        if wanted := ids(of, kind):
            reached = scoped(rows.filter(pk__in=wanted), member, people if kind is RefKind.PERSON else right)
            found[kind] = {row.pk: str(row) for row in reached}
    return found


def part_names(organisation: UUID, site: UUID, of: Collection[Reference]) -> dict[RefKind, dict[UUID, str]]:
    """What scripts, contacts and the risk are called, where somebody knows them."""
    return {
        kind: {pk: part.name for pk, part in parts(part_kind, organisation, site, ids(of, kind)).items()}
        for kind, part_kind in PART_KINDS.items()
    }


def must_reach(member: Member, audience: Audience, field: str) -> None:
    """Who directs addresses nobody that is not there, or not in their reach.

    Raises:
        Refusal: something is not known; the fields say which.
    """
    of = tuple(_of_audience(AudienceAt(audience, field, None)))
    found = seen(member, of, Right.DIRECT, Right.SEE_DIRECTORY)
    faults: dict[str, Promise | str] = {
        one.field: _UNKNOWN[one.kind] for one in of if one.id not in found.get(one.kind, {})
    }
    if faults:
        raise Refusal("names_nothing", next(iter(faults.values())), fields=faults)


def must_be_known(member: Member, site: UUID, of: Collection[Reference], before: Collection[Reference]) -> None:
    """Whoever writes names nothing that is not there, or not in their reach; what the plan named before may stay.

    What stays and has gone meanwhile is a hole, which the writer is shown.

    Raises:
        Refusal: something is not known; the fields say which.
    """
    kept = {(one.kind, one.id) for one in before}
    new = [one for one in of if (one.kind, one.id) not in kept]
    found = seen(member, new, Right.PREPARE, Right.PREPARE)
    faults: dict[str, Promise | str] = {}
    found |= part_names(member.organisation_id, site, new)
    for one in new:
        if one.kind in PART_KINDS and not is_checked(PART_KINDS[one.kind]):
            continue  # a hole, and no approval, for as long as nobody can check it
        if one.id not in found.get(one.kind, {}):
            faults[one.field if one.kind is RefKind.RISK else f"document.{one.field}"] = _UNKNOWN[one.kind]
    if faults:
        raise Refusal("names_nothing", next(iter(faults.values())), fields=faults)


def _rows() -> dict[RefKind, QuerySet[Model]]:
    rows: dict[RefKind, QuerySet[Model]] = {
        RefKind.PROFILE: Profile.objects.all(),
        RefKind.LIST: PersonList.objects.all(),
        RefKind.PERSON: Person.objects.filter(removed_at=None),
        RefKind.SITE: Site.objects.all(),
        RefKind.SCHEDULE: Schedule.objects.filter(removed_at=None),
    }
    return rows


def _of_audience(at: AudienceAt) -> Iterator[Reference]:
    for index, group in enumerate(at.audience.groups):
        field = f"{at.field}.groups.{index}"
        match group:
            case OfProfile():
                yield Reference(RefKind.PROFILE, group.profile, f"{field}.profile", at.step)
            case OnList():
                yield Reference(RefKind.LIST, group.list, f"{field}.list", at.step)
            case OfSite():
                yield Reference(RefKind.SITE, group.site, f"{field}.site", at.step)
            case OnCall():
                yield Reference(RefKind.SCHEDULE, group.schedule, f"{field}.schedule", at.step)
            case ThesePeople():
                for position, person in enumerate(group.people):
                    yield Reference(RefKind.PERSON, person, f"{field}.people.{position}", at.step)
            case _:
                continue

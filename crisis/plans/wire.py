"""How plans are written in the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from pydantic import Field

from alerts.channels.base import Channel
from alerts.wire import Named, View
from crisis.plans.changes import Change, ChangeKind
from crisis.plans.content import PlanContent
from crisis.plans.hole import Hole, HoleCode, Weight
from crisis.plans.models import Plan, PlanVersion, RulePlan, Starting, VersionState
from crisis.plans.order import begins
from crisis.plans.preview import Preview
from crisis.plans.reach import Reach
from crisis.plans.ready_made import Template
from crisis.plans.references import RefKind, part_names, references, seen
from crisis.plans.selectors import UNFINISHED
from soc.people.models import Member
from soc.people.rights import Right


class PlanVersionMark(View):
    """A version of a plan, without what it says."""

    id: UUID
    number: int
    state: VersionState
    author: Named
    edited_by: Named
    edited_at: dt.datetime
    submitted_at: dt.datetime | None
    approved_by: Named | None
    approved_at: dt.datetime | None
    risk: UUID | None = Field(description="The risk of an approved audit that it answers.")


class PlanView(View):
    """A plan, with its version in force and the one that is being written."""

    id: UUID
    site: Named
    name: str
    version: int = Field(description="Counts changes of its name; who changes it names the version that was seen.")
    in_force: PlanVersionMark | None
    written: PlanVersionMark | None = Field(description="A draft, or what waits for approval.")
    rules: list[UUID] = Field(description="Whose alerts start it.")


class PlanName(View):
    """What something that a plan names is called, as far as the reader may see it."""

    kind: RefKind
    id: UUID
    name: str


class PlanVersionOutline(PlanVersionMark):
    """A version of a plan, with all but its document."""

    plan: UUID
    begins: dict[str, int | None] = Field(
        description="Seconds from the start to each step; null: not known beforehand."
    )
    names: list[PlanName]
    editors: list[Named] = Field(description="Who wrote in it: none of them approves it.")
    sent_back: str = Field(description="Why it was sent back; empty: it was not.")
    digest: str = Field(description="SHA-256 of the document as it was approved; empty: not approved.")
    edits: int = Field(description="Counts changes; who changes it names the number that was seen.")


class PlanVersionView(PlanVersionOutline):
    """A version of a plan."""

    document: PlanContent


class PlanHole(View):
    """Something that is missing in a version, or wrong."""

    code: HoleCode
    sentence: str
    weight: Weight
    step: str | None = Field(description="Its key; null: the plan as a whole.")
    field: str = Field(description="Where in the document: steps.3.words.fr; empty: nowhere in particular.")


class PlanHoles(View):
    """What stops a version's approval, and what is to be known before it."""

    holes: list[PlanHole]
    stops: int = Field(description="How many of them stop the approval.")


class WayReach(View):
    """How many people a way reaches."""

    channel: Channel
    people: int | None = Field(description="Null: not known.")


class StepReachView(View):
    """Whom a step would reach now."""

    step: str
    people: int
    reached: int = Field(description="By at least one of its ways.")
    channels: list[WayReach]


class PeopleReading(View):
    """How many people read a language."""

    language: str
    people: int


class PlanReach(View):
    """Whom a version would reach now."""

    at: dt.datetime
    people: int
    channels: list[WayReach]
    by_two: int = Field(description="Reached by two ways or more.")
    by_none: int = Field(description="Reached by no way.")
    without_phone: int
    without_phone_people: list[Named] = Field(description="The first of them, as far as the reader may see them.")
    languages: list[PeopleReading]
    steps: list[StepReachView]
    help_to: int | None = Field(description="How many are told of a call for help; null: who directs is.")


class PlanChange(View):
    """What is different in a step, or in the plan as a whole (`step` null)."""

    kind: ChangeKind
    step: str | None
    name: str
    sentences: list[str]


class PlanChanges(View):
    """What is different between two versions."""

    before: int = Field(description="Number of the version that it is compared with.")
    after: int
    risk: bool = Field(description="It answers another risk.")
    changes: list[PlanChange]


class PlanPreview(View):
    """A text as people will receive it, with example facts."""

    language: str
    subject: str
    text: str
    segments: int | None = Field(description="Of an SMS; null: none, or not counted.")


class PlanStartView(View):
    """Which plan an alert of a rule starts, and how."""

    id: UUID
    rule: Named
    plan: Named
    site: UUID
    starting: Starting
    countdown_s: int
    starts_when_silent: bool
    version: int


class PlanTemplateView(View):
    """A plan that is there to begin with."""

    key: str
    name: str
    about: str
    languages: list[str]
    steps: list[str] = Field(description="What its steps are called.")


def mark(version: PlanVersion) -> dict[str, object]:
    """The fields of a version, without what it says."""
    return {
        "id": version.pk,
        "number": version.number,
        "state": VersionState(version.state),
        "author": _named(version.author),
        "edited_by": _named(version.edited_by),
        "edited_at": version.edited_at,
        "submitted_at": version.submitted_at,
        "approved_by": _named(version.approved_by) if version.approved_by is not None else None,
        "approved_at": version.approved_at,
        "risk": version.risk,
    }


def plan_view(plan: Plan) -> PlanView:
    """A plan as lists show it. Prefetch with `crisis.plans.selectors.plans`."""
    current: Iterable[PlanVersion] = getattr(plan, "current", ())
    starts: Iterable[RulePlan] = getattr(plan, "starts_of", ())
    by_state = {version.state: version for version in current}
    written = next((by_state[state] for state in UNFINISHED if state in by_state), None)
    in_force = by_state.get(VersionState.APPROVED)
    return PlanView(
        id=plan.pk,
        site=Named(id=plan.site.pk, name=plan.site.name),
        name=plan.name,
        version=plan.version,
        in_force=PlanVersionMark.model_validate(mark(in_force)) if in_force is not None else None,
        written=PlanVersionMark.model_validate(mark(written)) if written is not None else None,
        rules=[start.rule_id for start in starts],
    )


def version_view(version: PlanVersion, reader: Member) -> PlanVersionView:
    """A version with all that it says, and the names that its reader may see."""
    content = version.content
    of = references(content, version.risk)
    named = seen(reader, of, Right.SEE_CRISIS, Right.SEE_DIRECTORY)
    named |= part_names(version.organisation_id, version.plan.site_id, of)
    return PlanVersionView.model_validate(
        {
            **mark(version),
            "plan": version.plan_id,
            "document": content,
            "begins": begins(content.steps),
            "names": [
                PlanName(kind=kind, id=pk, name=name) for kind, rows in named.items() for pk, name in rows.items()
            ],
            "editors": [_named(one.member) for one in version.editors.select_related("member").order_by("pk")],
            "sent_back": version.sent_back,
            "digest": version.digest,
            "edits": version.edits,
        }
    )


def holes_view(found: tuple[Hole, ...]) -> PlanHoles:
    """The holes of a version."""
    listed = [
        PlanHole(code=one.code, sentence=one.sentence, weight=one.weight, step=one.step, field=one.field)
        for one in found
    ]
    return PlanHoles(holes=listed, stops=sum(one.stops for one in found))


def reach_view(found: Reach, names: dict[UUID, str]) -> PlanReach:
    """Whom a version would reach; `names` are those that the reader may see."""
    return PlanReach(
        at=found.at,
        people=found.people,
        channels=[WayReach(channel=channel, people=count) for channel, count in found.channels.items()],
        by_two=found.by_two,
        by_none=found.by_none,
        without_phone=len(found.without_phone),
        without_phone_people=[Named(id=pk, name=name) for pk, name in names.items()],
        languages=[PeopleReading(language=language, people=count) for language, count in found.languages.items()],
        steps=[
            StepReachView(
                step=one.step,
                people=one.people,
                reached=one.reached,
                channels=[WayReach(channel=channel, people=count) for channel, count in one.channels.items()],
            )
            for one in found.steps
        ],
        help_to=found.help_to,
    )


def changes_view(before: PlanVersion, after: PlanVersion, found: tuple[Change, ...]) -> PlanChanges:
    """What is different between two versions."""
    return PlanChanges(
        before=before.number,
        after=after.number,
        risk=before.risk != after.risk,
        changes=[
            PlanChange(kind=one.kind, step=one.step, name=one.name, sentences=list(one.sentences)) for one in found
        ],
    )


def template_view(template: Template) -> PlanTemplateView:
    """A template, in the active language."""
    return PlanTemplateView(
        key=template.key,
        name=template.name,
        about=template.about,
        languages=list(template.languages),
        steps=list(template.steps),
    )


def preview_view(found: Preview) -> PlanPreview:
    """A text as it is received."""
    return PlanPreview(language=found.language, subject=found.subject, text=found.text, segments=found.segments)


def start_view(start: RulePlan) -> PlanStartView:
    """Which plan a rule starts. Prefetch with `crisis.plans.selectors.starts`."""
    return PlanStartView(
        id=start.pk,
        rule=Named(id=start.rule_id, name=start.rule.name),
        plan=Named(id=start.plan_id, name=start.plan.name),
        site=start.plan.site_id,
        starting=Starting(start.starting),
        countdown_s=start.countdown_s,
        starts_when_silent=start.starts_when_silent,
        version=start.version,
    )


def _named(member: Member) -> Named:
    return Named(id=member.pk, name=member.display_name)

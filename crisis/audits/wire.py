"""How audits are written in the API: exact shapes, with sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from alerts.wire import Named, View
from crisis.audits.models import AuditState, ContradictionKind, MeasureState, ProtectionKind, RemarkKind
from crisis.audits.scale import Treatment

Level = Literal["safe", "medium", "high", "critical"]


class Step(View):
    """A step of a scale."""

    value: int = Field(ge=1, le=5)
    name: str
    meaning: str


class Cell(View):
    """A cell of the matrix."""

    likelihood: int
    severity: int
    score: int
    treatment: Treatment
    level: Level = Field(description="The colour and shape that go with it.")


class TreatmentWord(View):
    """What is done about a score."""

    value: Treatment
    name: str
    level: Level


class CatalogueEntry(View):
    """A usual risk."""

    code: str
    group: str
    group_name: str
    name: str
    advice: str


class TemplateEntry(View):
    """A kind of place with the risks that are usually looked at there."""

    key: str
    name: str
    codes: list[str]


class RiskCatalogue(View):
    """All that an audit's form offers."""

    risks: list[CatalogueEntry]
    templates: list[TemplateEntry]
    likelihoods: list[Step]
    severities: list[Step]
    treatments: list[TreatmentWord]
    cells: list[Cell]


class Responsible(View):
    """Who is responsible: a member, or a person of the directory."""

    kind: Literal["member", "person"]
    id: UUID
    name: str


class Signature(View):
    """Who signed, and when."""

    member: Named
    at: dt.datetime


class AuditBrief(View):
    """An audit as lists show it."""

    id: UUID
    site: Named
    number: int = Field(description="What people call its version.")
    state: AuditState
    written: Signature = Field(description="By its author.")
    submitted: Signature | None
    reviewed: Signature | None
    approved: Signature | None
    review_on: dt.date | None = Field(description="The last day on which it holds.")
    expired: bool
    days_left: int | None = Field(description="Of one that is in force; negative: over.")
    superseded_at: dt.datetime | None
    withdrawn: Signature | None
    digest: str
    version: int = Field(description="Counts changes; sent back with each.")


class MeasureView(View):
    """What is to be done about a risk, and how far it is."""

    id: UUID
    key: UUID = Field(description="The same in every version.")
    what: str
    responsible: Responsible | None
    due_on: dt.date | None
    state: MeasureState
    state_name: str
    note: str = Field(description="Of its last progress.")
    done_at: dt.datetime | None
    days_late: int = Field(description="0: in time, or done.")


class ProtectionView(View):
    """What protects, and whether it does now."""

    id: UUID
    key: UUID = Field(description="The same in every version.")
    kind: ProtectionKind
    of: UUID | None = Field(description="The camera, device or schedule.")
    name: str
    state: Literal["works", "fails", "unknown"]
    since: dt.datetime | None
    sentence: str
    last_tested: dt.date | None


class Kept(View):
    """That somebody looked at a contradiction and kept the audit, and why."""

    member: Named
    at: dt.datetime
    why: str


class ContradictionView(View):
    """Facts that do not agree with a risk as it was judged."""

    kind: ContradictionKind
    key: UUID | None = Field(description="The protection's; null: incidents.")
    sentence: str
    likelihood: int | None = Field(description="That the incidents speak for.")
    score: int | None
    treatment: Treatment | None
    count: int = Field(description="Incidents in a year.")
    since: dt.datetime | None
    kept: Kept | None = Field(description="Null: it asks for a review.")


class JudgedBefore(View):
    """How a risk was judged in the version before."""

    number: int
    likelihood: int | None
    severity: int | None
    score: int | None


class AnsweringPlan(View):
    """A plan that answers a risk, whatever version of the audit it named."""

    id: UUID
    name: str
    number: int | None = Field(description="Of its version in force; null: none is yet.")


class RiskView(View):
    """A risk of an audit."""

    id: UUID
    number: int
    reference: str = Field(description="As people say it: R3. The same in every version.")
    code: str
    own_name: str
    name: str
    likelihood: int | None
    severity: int | None
    score: int | None
    treatment: Treatment | None
    level: Level | None
    before: JudgedBefore | None
    exposed: str
    missing: str
    notes: str
    responsible: Responsible | None
    due_on: dt.date | None
    measures: list[MeasureView]
    protections: list[ProtectionView]
    incidents_in_a_month: int
    incidents_in_a_year: int
    contradictions: list[ContradictionView]
    rules: list[Named] = Field(description="Whose alerts are incidents of it.")
    plans: list[AnsweringPlan]
    hole: str = Field(description="What is missing before it can be submitted; empty: nothing.")
    version: int


class Ghost(View):
    """Where a risk would stand if facts were right."""

    reference: str
    risk: UUID
    likelihood: int
    severity: int
    score: int
    incidents: int
    kept: bool


class Remark(View):
    """What somebody said about an audit."""

    kind: RemarkKind
    member: Named
    at: dt.datetime
    text: str


class HoleView(View):
    """Something that is missing."""

    where: str
    sentence: str


class InForce(View):
    """The audit that is in force at the site."""

    id: UUID
    number: int
    review_on: dt.date | None
    expired: bool


class May(View):
    """What the reader may do with an audit as it stands."""

    edit: bool
    submit: bool
    send_back: bool
    review: bool
    approve: bool
    why_not_approve: str = Field(description="A sentence where the reader would approve, but for this; else empty.")
    withdraw: bool
    progress: bool


class AuditDetail(AuditBrief):
    """An audit with all that it found, as things stand now."""

    scope: str
    previous: int | None = Field(description="The number of the version before.")
    in_force: InForce | None
    risks: list[RiskView]
    cells: list[Cell]
    likelihoods: list[Step]
    severities: list[Step]
    ghosts: list[Ghost]
    unanswered: int = Field(description="Contradictions that nobody has looked at.")
    remarks: list[Remark]
    holes: list[HoleView]
    intact: bool | None = Field(description="Whether the content is what the digest says; null: not approved.")
    may: May


class Chosen(View):
    """What a protection of a kind can be."""

    kind: ProtectionKind
    name: str
    known: bool = Field(description="Whether anything says how such things stand.")
    choices: list[Named]


class AuditChoices(View):
    """What a risk's protections and rules can be."""

    protections: list[Chosen]
    rules: list[Named]


class FieldChange(View):
    """A value that is another than in the version before."""

    field: str
    label: str
    before: str
    after: str


class RiskChange(View):
    """What is different about a risk."""

    reference: str
    name: str
    kind: Literal["added", "removed", "changed"]
    fields: list[FieldChange]


class AuditChanges(View):
    """What is different from another version."""

    number: int
    compared_with: int | None = Field(description="Null: there is no version before.")
    risks: list[RiskChange]
    unchanged: int


class ValueChange(View):
    """A value that changed, in words; empty where there was nothing."""

    label: str
    before: str
    after: str


class HistoryEntry(View):
    """Something that was done with an audit."""

    id: int
    at: dt.datetime
    member: Named | None = Field(description="Null: the system.")
    text: str
    risk: str = Field(description="The reference of the risk that it was done to; empty: the audit as a whole.")
    changes: list[ValueChange]
    said: str = Field(description="The reason or comment that was given with it.")


AttentionKind = Literal[
    "audit_over", "audit_ends", "audit_contradicted", "audit_to_approve", "audit_measures_late", "pcs_exercise"
]


class Needed(View):
    """Something about audits, or a safeguard plan, that needs somebody."""

    kind: AttentionKind
    urgency: int = Field(ge=1, le=4)
    subject: UUID = Field(description="The audit's, or the safeguard plan's.")
    link: str = Field(description="The page of the console that deals with it.")
    site: Named
    sentence: str
    count: int
    last_day: dt.date | None

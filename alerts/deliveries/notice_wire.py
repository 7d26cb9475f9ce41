"""Notices of alerts, and how the telling of an alert stands, as the API writes them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.deliveries.models import AlertNotice, NoticeRun, RunState
from alerts.deliveries.notices import WAYS, NoticeWay
from alerts.wire import Named, View


class NoticeView(View):
    """Who is told of a rule's alerts without a plan."""

    id: UUID
    rule: Named
    name: str
    schedule: UUID | None
    profile: UUID | None
    person_list: UUID | None
    people: list[UUID]
    ways: list[NoticeWay]
    enabled: bool
    version: int


class NoticeRunView(View):
    """How the telling of an alert stands."""

    notice: Named
    state: RunState
    message: UUID | None = Field(description="Null: nobody was told yet.")
    reference: str
    next_way: NoticeWay | None
    due_at: dt.datetime | None = Field(description="When the next way is used for who has not answered.")
    fell_back: bool = Field(description="Nobody was its audience: supervisors were told instead.")
    held_back: int = Field(description="How many deliveries were over the limit.")


def notice_view(notice: AlertNotice) -> NoticeView:
    """A notice. Prefetch its people."""
    return NoticeView(
        id=notice.pk,
        rule=Named(id=notice.rule_id, name=notice.rule.name),
        name=notice.name,
        schedule=notice.schedule_id,
        profile=notice.profile_id,
        person_list=notice.person_list_id,
        people=[person.pk for person in notice.people.all()],
        ways=list(WAYS.validate_python(notice.ways)),
        enabled=notice.enabled,
        version=notice.version,
    )


def run_view(run: NoticeRun) -> NoticeRunView:
    """How the telling of an alert stands. Select its notice and message."""
    ways = WAYS.validate_python(run.ways)
    waits = run.done_at is None
    return NoticeRunView(
        notice=Named(id=run.notice_id, name=run.notice.name),
        state=RunState(run.state),
        message=run.message_id,
        reference=run.message.reference if run.message else "",
        next_way=ways[run.way] if waits else None,
        due_at=run.due_at if waits else None,
        fell_back=run.fell_back,
        held_back=run.held_back,
    )

"""Duty as the API and the events write it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from alerts.logbook.models import Shift
from alerts.wire import Named
from soc.broadcast.events import Payload


class DutyView(BaseModel):
    """A member who is on duty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: Named
    site: Named | None = Field(description="Null: all sites.")
    since: dt.datetime


class DutyChanged(Payload, DutyView):
    """A member took up duty or ended it; `on` says which."""

    kind: Literal["duty.changed"] = "duty.changed"
    on: bool


def _fields(shift: Shift) -> dict[str, object]:
    return {
        "member": Named(id=shift.member_id, name=shift.member.display_name),
        "site": Named(id=shift.site.pk, name=shift.site.name) if shift.site else None,
        "since": shift.started_at,
    }


def duty_view(shift: Shift) -> DutyView:
    """A shift under way."""
    return DutyView.model_validate(_fields(shift))


def duty_changed(shift: Shift) -> DutyChanged:
    """The event of a shift that began or ended."""
    return DutyChanged.model_validate({**_fields(shift), "on": shift.ended_at is None})

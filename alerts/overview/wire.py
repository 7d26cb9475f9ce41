"""How the overview is written. Response times are by site and never by person."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from alerts.logbook.handover.wire import HandoverBrief
from alerts.logbook.wire import DutyView
from alerts.wire import Named, View
from detection.models import WatchState


class WaitingAlert(View):
    """The alert that waits longest."""

    id: UUID
    why: str = Field(description="In the reader's language.")
    camera: Named
    since: dt.datetime


class OpenAlerts(View):
    """Alerts of one severity that nobody has taken."""

    severity: int = Field(ge=1, le=4)
    count: int
    late: int = Field(description="Those that should have been taken by now.")
    longest: WaitingAlert | None


class TakenAlerts(View):
    """Alerts that somebody took and nobody has closed."""

    count: int
    longest: WaitingAlert | None


class SiteTimes(View):
    """How soon a site's alerts of today were taken, by all who took some."""

    site: Named
    raised: int
    taken: int
    too_few: bool = Field(description="Too few people or alerts to say how soon without singling somebody out.")
    median_s: int | None
    slowest_s: int | None
    within: float | None = Field(description="Share of those that had a time to be taken in and were, 0 to 1.")


class DownCamera(View):
    """A camera that gives no picture."""

    camera: Named
    site: Named
    state: WatchState
    since: dt.datetime | None
    sentence: str


class WatcherLoad(View):
    """A watcher that lives."""

    name: str
    engine: str
    capacity: int
    held: int
    started_at: dt.datetime


class DroppingCamera(View):
    """A camera of whose frames some came while the watch was busy."""

    camera: Named
    frames: int
    dropped: int
    share: float


class WatchLoad(View):
    """Who watches, with what room, and what was too much in the last hour."""

    watchers: list[WatcherLoad]
    room: int
    expected: int = Field(description="The reader's cameras that should be watched.")
    watched: int
    analysed: int = Field(description="Frames of the reader's cameras in the last hour.")
    dropped: int
    cameras: list[DroppingCamera] = Field(description="Those that dropped any, the largest share first.")


class EndingRule(View):
    """A rule that ends soon unless it is renewed."""

    rule: Named
    camera: Named
    ends_at: dt.datetime


class OftenRule(View):
    """A rule that fires too often."""

    rule: Named
    camera: Named
    sentences: list[str]


class EndingAuthorisation(View):
    """An authorisation of a camera or, with `rule`, of a rule that ends soon or has ended."""

    camera: Named
    rule: Named | None
    last_day: dt.date
    ended: bool


AttentionCode = Literal[
    "critical_open",
    "late",
    "no_watcher",
    "high_open",
    "camera_down",
    "cameras_down",
    "not_watched",
    "nobody_on_duty",
    "handover_waits",
    "others_open",
    "taken_long",
    "dropping",
    "authorisation_ended",
    "authorisation_ends",
    "rule_ends",
    "rule_often",
    # Of rooms above, which say all of it in `why`.
    "audit_over",
    "audit_ends",
    "audit_contradicted",
    "audit_to_approve",
    "audit_measures_late",
    "pcs_exercise",
]


class Attention(View):
    """One thing that needs somebody: what, and the page for it. The sentence is the front end's, or all of it is `why`."""

    code: AttentionCode
    urgency: int = Field(ge=1, le=4, description="4 first.")
    link: str = Field(description="A page of the console; empty when there is none.")
    count: int = 0
    name: str = Field(default="", description="Of the camera, site, rule or member.")
    since: dt.datetime | None = None
    last_day: dt.date | None = None
    why: str = Field(default="", description="A sentence in the reader's language; empty when the code says all.")


class Overview(View):
    """Everything at a glance."""

    at: dt.datetime
    day_began: dt.datetime = Field(description="Today's beginning on the organisation's clock.")
    timezone: str
    attention: list[Attention]
    open: list[OpenAlerts] = Field(description="Critical first.")
    taken: TakenAlerts
    times: list[SiteTimes]
    down: list[DownCamera]
    watch: WatchLoad
    on_duty: list[DutyView]
    handovers: list[HandoverBrief] = Field(description="That wait for their second signature, the longest first.")
    ending_rules: list[EndingRule]
    often_rules: list[OftenRule]
    authorisations: list[EndingAuthorisation]

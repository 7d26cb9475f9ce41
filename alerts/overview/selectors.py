"""Puts the overview together for a member: of her sites only."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from alerts.logbook import selectors as logbook
from alerts.logbook.handover import selectors as handover
from alerts.logbook.wire import DutyView
from alerts.overview import ending, standing, times, watch
from alerts.overview.attention import attention
from alerts.overview.wire import Overview
from alerts.timeline.asked import day_bounds
from alerts.wire import Named
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right


def overview(member: Member) -> Overview:
    """Everything at a glance, at the business clock's now."""
    now = clock.now()
    timezone = member.organisation.timezone
    today = now.astimezone(ZoneInfo(timezone)).date()
    began, _ends = day_bounds(today, timezone)
    down, load = watch.watch_load(member, now)
    rules = ending.running_rules(member)
    found = Overview(
        at=now,
        day_began=began,
        timezone=timezone,
        attention=[],
        open=standing.open_alerts(member, now),
        taken=standing.taken_alerts(member),
        times=times.response_times(member, began, now),
        down=down,
        watch=load,
        on_duty=[
            DutyView(
                member=Named(id=shift.member_id, name=shift.member.display_name),
                site=Named(id=shift.site.pk, name=shift.site.name) if shift.site else None,
                since=shift.started_at,
            )
            for shift in logbook.on_duty(member)
        ],
        handovers=handover.waiting(member, Right.SEE_OVERVIEW),
        ending_rules=ending.ending_rules(rules, now),
        often_rules=ending.often_rules(rules, now),
        authorisations=ending.authorisations(member, rules, today),
    )
    return found.model_copy(update={"attention": attention(found, member)})

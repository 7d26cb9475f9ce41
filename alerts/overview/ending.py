"""What ends soon: rules that nobody has renewed, authorisations; and rules that fire too often."""

from __future__ import annotations

import datetime as dt

from alerts.models import Rule, RuleState
from alerts.overview.wire import EndingAuthorisation, EndingRule, OftenRule
from alerts.rule_figures import figures, too_often
from alerts.wire import Named
from detection import selectors
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

RULES_SOON = dt.timedelta(days=14)
AUTHORISATIONS_SOON = dt.timedelta(days=30)


def running_rules(member: Member) -> list[Rule]:
    """The rules that are on or run silently."""
    rows = Rule.objects.filter(removed_at=None, camera__removed_at=None).exclude(state=RuleState.OFF)
    return list(scoped(rows.select_related("camera"), member, Right.SEE_OVERVIEW).order_by("name", "pk"))


def ending_rules(rules: list[Rule], now: dt.datetime) -> list[EndingRule]:
    """Those that end within two weeks, the next one first."""
    soon = sorted((rule for rule in rules if rule.expires_at <= now + RULES_SOON), key=lambda rule: rule.expires_at)
    return [EndingRule(rule=_rule(rule), camera=_camera(rule), ends_at=rule.expires_at) for rule in soon]


def often_rules(rules: list[Rule], now: dt.datetime) -> list[OftenRule]:
    """Those that are on and raise more than anybody reads, or mostly false alarms."""
    on = [rule for rule in rules if rule.state == RuleState.ON]
    known = figures([rule.pk for rule in on], now)
    return [
        OftenRule(rule=_rule(rule), camera=_camera(rule), sentences=[one.sentence for one in found])
        for rule in on
        if (found := too_often(known[rule.pk]))
    ]


def authorisations(member: Member, rules: list[Rule], today: dt.date) -> list[EndingAuthorisation]:
    """Those of cameras that are on and of running rules that end within 30 days, the next one first."""
    last = today + AUTHORISATIONS_SOON
    found = [
        EndingAuthorisation(
            camera=Named(id=camera.pk, name=camera.name),
            rule=None,
            last_day=camera.authorised_until,
            ended=camera.authorised_until < today,
        )
        for camera in selectors.cameras(member, Right.SEE_OVERVIEW).filter(enabled=True)
        if camera.authorised_until is not None and camera.authorised_until <= last
    ]
    found += [
        EndingAuthorisation(
            camera=_camera(rule), rule=_rule(rule), last_day=rule.authorised_until, ended=rule.authorised_until < today
        )
        for rule in rules
        if rule.authorised_until is not None and rule.authorised_until <= last
    ]
    return sorted(found, key=lambda one: (one.last_day, one.camera.name))


def _rule(rule: Rule) -> Named:
    return Named(id=rule.pk, name=rule.name)


def _camera(rule: Rule) -> Named:
    return Named(id=rule.camera_id, name=rule.camera.name)

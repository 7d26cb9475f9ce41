"""What became of a rule's alerts, on a moved clock: figures, weeks, whether it fires too often, what would help."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from alerts import rule_advice, rule_figures
from alerts.models import Alert, AlertState, FalseAlarmReason, Rule
from alerts.rule_figures import Figures, too_often
from soc import clock
from soc.people.rights import Role
from tests.factories import AlertFactory, MemberFactory, OrganisationFactory, RuleFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def rule() -> Any:
    organisation = OrganisationFactory(timezone="Europe/Paris")
    return RuleFactory(camera__site__organisation=organisation)


def raise_at(
    rule: Rule, at: dt.datetime, *, taken_after_s: float | None = None, lasted_s: float = 0, **more: Any
) -> Alert:
    taken = None if taken_after_s is None else at + dt.timedelta(seconds=taken_after_s)
    return AlertFactory(
        rule=rule,
        captured_at=at,
        raised_at=at,
        last_seen_at=at + dt.timedelta(seconds=lasted_s),
        acknowledged_at=taken,
        **more,
    )


def api_of(rule: Any) -> APIClient:
    made = APIClient(headers={"accept-language": "en"})
    made.force_authenticate(MemberFactory(organisation=rule.organisation, roles=[Role.SUPERVISOR]))
    return made


def test_the_figures_of_a_life_a_week_and_a_day(rule: Any) -> None:
    now = clock.now()
    old, other = now - dt.timedelta(days=20), RuleFactory(camera=rule.camera)
    raise_at(rule, old, taken_after_s=10, state=AlertState.RESOLVED)
    raise_at(rule, old + MINUTE, taken_after_s=30, state=AlertState.FALSE_ALARM)
    raise_at(rule, now - dt.timedelta(days=3), taken_after_s=80, state=AlertState.FALSE_ALARM)
    raise_at(rule, now - MINUTE)
    raise_at(other, now - MINUTE)

    found = rule_figures.figures([rule.pk, other.pk])

    of = found[rule.pk]
    assert (of.alerts, of.taken, of.closed, of.false_alarms) == (4, 3, 3, 2)
    assert of.median_taken == dt.timedelta(seconds=30)
    assert of.false_share == pytest.approx(2 / 3)
    assert (of.week, of.week_closed, of.week_false, of.day, of.busiest_hour) == (2, 1, 1, 1, 1)
    assert found[other.pk].alerts == 1
    assert rule_figures.figures([RuleFactory(camera=rule.camera).pk]) != {}


def test_a_rules_life_is_told_week_by_week_on_the_organisations_calendar(rule: Any) -> None:
    # Monday 00:30 in Paris is still Sunday in UTC.
    monday = dt.datetime(2031, 3, 2, 23, 30, tzinfo=dt.UTC)
    Rule.objects.filter(pk=rule.pk).update(created_at=monday - dt.timedelta(days=7))
    rule.refresh_from_db()
    raise_at(rule, monday, state=AlertState.FALSE_ALARM)
    raise_at(rule, monday - dt.timedelta(hours=1))

    weeks = rule_figures.weeks(rule, monday + dt.timedelta(days=14))

    assert [(week.start.isoformat(), week.alerts, week.false_alarms) for week in weeks] == [
        ("2031-02-24", 1, 0),
        ("2031-03-03", 1, 1),
        ("2031-03-10", 0, 0),
        ("2031-03-17", 0, 0),
    ]


def test_the_clock_moves_a_week_out_of_the_figures(rule: Any) -> None:
    raise_at(rule, clock.now(), state=AlertState.FALSE_ALARM)
    assert rule_figures.figures([rule.pk])[rule.pk].week == 1
    clock.move(dt.timedelta(days=8))
    of = rule_figures.figures([rule.pk])[rule.pk]
    assert (of.alerts, of.week, of.week_false, of.day) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("of", "codes"),
    [
        (Figures(), []),
        (Figures(busiest_hour=rule_figures.MOST_AN_HOUR, day=rule_figures.MOST_A_DAY), []),
        (Figures(busiest_hour=rule_figures.MOST_AN_HOUR + 1, day=200), ["hour"]),
        (Figures(busiest_hour=3, day=rule_figures.MOST_A_DAY + 1), ["day"]),
        (Figures(week_closed=4, week_false=4), []),
        (Figures(week_closed=6, week_false=3), []),
        (Figures(week_closed=6, week_false=4), ["false"]),
    ],
)
def test_what_too_often_means(of: Figures, codes: list[str]) -> None:
    assert [one.code for one in too_often(of)] == codes


def test_advice_is_reckoned_from_when_situations_began_and_how_long_they_lasted(rule: Any) -> None:
    """Twelve an hour for two hours: most last 4 s, one in four a minute."""
    start = noon_yesterday()
    for number in range(24):
        raise_at(rule, start + number * 5 * MINUTE, lasted_s=60 if number % 4 == 0 else 4)

    by_code = {one.code: one for one in rule_advice.advice(rule)}

    assert by_code["longer"].change == {"kind": "stays", "settings": {**rule.settings, "seconds": 5.0}}
    assert by_code["longer"].remaining == 6
    assert "about 6 of the last 24 alerts remain" in by_code["longer"].sentence
    assert by_code["quieter"].change == {"quiet_s": 300}
    assert by_code["quieter"].remaining == 12  # each 304 s silence swallows the next
    assert "hours" not in by_code  # all of them would go: nothing would remain to be worth the rule


def test_advice_for_a_rule_that_waits_already_adds_to_its_time(rule: Any) -> None:
    rule.kind, rule.settings = "stays", {"labels": ["person"], "seconds": 15}
    start = noon_yesterday()
    for number in range(10):
        raise_at(rule, start + number * 60 * MINUTE, lasted_s=300 if number < 2 else 8)
    longer = next(one for one in rule_advice.advice(rule) if one.code == "longer")
    assert longer.change == {"settings": {"labels": ["person"], "seconds": 25.0}}
    assert longer.remaining == 2


def test_hours_into_which_most_fall_are_left_out(rule: Any) -> None:
    start = noon_yesterday()
    for number in range(16):
        raise_at(rule, start + number * 15 * MINUTE, lasted_s=900)
    for number in range(4):
        raise_at(rule, start + dt.timedelta(hours=9) + number * MINUTE, lasted_s=600)
    hours = next(one for one in rule_advice.advice(rule) if one.code == "hours")
    (span,) = hours.change["schedule"]
    assert (span["start"], span["end"]) == ("16:00", "12:00")
    assert hours.remaining == 4
    rule.schedule = [span]
    assert all(one.code != "hours" for one in rule_advice.advice(rule))


def test_few_alerts_are_no_ground_for_advice(rule: Any) -> None:
    for number in range(rule_advice.FEWEST - 1):
        raise_at(rule, clock.now() - number * MINUTE)
    assert rule_advice.advice(rule) == []


def noon_yesterday() -> dt.datetime:
    noon = clock.now().astimezone(ZoneInfo("Europe/Paris")).replace(hour=12, minute=0, second=0, microsecond=0)
    return noon - dt.timedelta(days=1)


def test_the_api_tells_figures_reasons_and_what_would_help(rule: Any, django_assert_max_num_queries: Any) -> None:
    now = clock.now()
    # Within one hour of the clock, whatever the time is now.
    start = now.replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=2)
    for number in range(8):
        reason = FalseAlarmReason.ANIMAL if number else FalseAlarmReason.WEATHER
        false = {"state": AlertState.FALSE_ALARM, "false_alarm_reason": reason}
        raise_at(rule, start + number * MINUTE, taken_after_s=20, lasted_s=30, **false)

    view = api_of(rule).get(f"/api/rules/{rule.pk}/figures/").json()

    assert (view["alerts"], view["false_alarms"], view["false_share"], view["median_taken_s"]) == (8, 8, 1.0, 20.0)
    assert view["reasons"] == [{"text": "an animal", "count": 7}, {"text": "weather or light", "count": 1}]
    assert [one["code"] for one in view["too_often"]] == ["hour", "false"]
    assert view["advice"][0]["change"]["quiet_s"] > rule.quiet_s
    assert sum(week["alerts"] for week in view["weeks"]) == 8

    for _number in range(12):
        RuleFactory(camera=rule.camera)
    with django_assert_max_num_queries(12):
        listed = api_of(rule).get("/api/rules/").json()["results"]
    brief = next(one for one in listed if one["id"] == str(rule.pk))["figures"]
    assert (brief["week"], brief["week_false"]) == (8, 8)
    assert brief["too_often"][0]["sentence"].startswith("8 alerts within one hour")

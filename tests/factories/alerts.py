"""Rules, the alerts that they raise, and who is on duty to answer."""

from __future__ import annotations

import datetime as dt
import uuid

from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from alerts.logbook.models import Shift
from alerts.models import (
    Alert,
    AlertLog,
    AlertState,
    LogKind,
    Recording,
    RecordingKind,
    Rule,
    RuleState,
    RuleVersion,
    Severity,
)
from alerts.rule_services import draft_of, written
from soc import clock
from tests.factories.base import typed
from tests.factories.detection import CameraFactory
from tests.factories.people import MemberFactory


class _Rule(DjangoModelFactory[Rule]):
    """A rule that is on. Its kind's settings are the caller's: ``RuleFactory(kind="seen", settings={…})``."""

    class Meta:
        model = Rule

    camera = SubFactory(CameraFactory)
    organisation = SelfAttribute("camera.organisation")
    name = Sequence(lambda n: f"Rule {n}")
    kind = "seen"
    settings = LazyFunction(lambda: {"labels": ["person"]})
    state = RuleState.ON
    severity = Severity.HIGH
    purpose = "Safety of people and goods"
    expires_at = LazyFunction(lambda: clock.now() + dt.timedelta(days=180))


class _RuleVersion(DjangoModelFactory[RuleVersion]):
    """The rule as it is now, written down: ``RuleVersionFactory(rule=rule, member=ada)``."""

    class Meta:
        model = RuleVersion

    rule = SubFactory(_Rule)
    organisation = SelfAttribute("rule.organisation")
    version = SelfAttribute("rule.version")
    written = LazyAttribute(lambda made: written(draft_of(made.rule)))
    area_name = LazyAttribute(lambda made: made.rule.zone.name if made.rule.zone else "")
    expires_at = SelfAttribute("rule.expires_at")


class _Alert(DjangoModelFactory[Alert]):
    class Meta:
        model = Alert

    id = LazyFunction(uuid.uuid4)
    rule = SubFactory(_Rule)
    organisation = SelfAttribute("rule.organisation")
    camera = SelfAttribute("rule.camera")
    site = SelfAttribute("rule.camera.site")
    rule_name = SelfAttribute("rule.name")
    rule_version = SelfAttribute("rule.version")
    severity = SelfAttribute("rule.severity")
    situation = Sequence(lambda n: f"situation-{n}")
    why = LazyFunction(lambda: {"code": "seen", "params": {"label": "person", "count": 1}})
    state = AlertState.OPEN
    captured_at = LazyFunction(clock.now)
    raised_at = LazyFunction(clock.now)
    last_seen_at = LazyFunction(clock.now)


class _AlertLog(DjangoModelFactory[AlertLog]):
    class Meta:
        model = AlertLog

    alert = SubFactory(_Alert)
    organisation = SelfAttribute("alert.organisation")
    kind = LogKind.RAISED
    member = None
    to_member = None


class _Recording(DjangoModelFactory[Recording]):
    """A row of the register without a file; give it one with ``file=ContentFile(…, name=…)``."""

    class Meta:
        model = Recording

    alert = SubFactory(_Alert)
    organisation = SelfAttribute("alert.organisation")
    kind = RecordingKind.SNAPSHOT
    expires_at = LazyFunction(lambda: clock.now() + dt.timedelta(days=30))


class _Shift(DjangoModelFactory[Shift]):
    """A shift under way, at all sites."""

    class Meta:
        model = Shift

    member = SubFactory(MemberFactory)
    organisation = SelfAttribute("member.organisation")


RuleFactory = typed(_Rule)
RuleVersionFactory = typed(_RuleVersion)
AlertFactory = typed(_Alert)
AlertLogFactory = typed(_AlertLog)
RecordingFactory = typed(_Recording)
ShiftFactory = typed(_Shift)

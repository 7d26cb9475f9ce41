"""A rule's alert starts its plan: in the alert's own transaction, once, and never at the alert's cost."""

from __future__ import annotations

import subprocess
import sys
from uuid import uuid4

import pytest

from alerts import raising
from alerts.channels.base import Channel
from alerts.firing import Firing
from alerts.models import Alert, Rule, Severity
from crisis.activations.kinds import ActivationState, Cause
from crisis.activations.models import Activation
from crisis.plans.models import Plan, PlanVersion, RulePlan, Starting
from soc import clock
from tests.crisis.story import CHOICES, Story, message, words
from tests.factories import CameraFactory, RuleFactory

pytestmark = pytest.mark.django_db
GO = words("Intruder near {zone}: {alert}.", "Intrus près de {zone} : {alert}.")


@pytest.fixture
def story() -> Story:
    return Story()


def rule_of(story: Story, plan: Plan, starting: Starting = Starting.ASK) -> Rule:
    rule = RuleFactory(camera=CameraFactory(site=story.site))
    RulePlan.objects.create(organisation=story.organisation, rule=rule, plan=plan, starting=starting, countdown_s=30)
    return rule


def fire(rule: Rule, situation: str = "one") -> None:
    at = clock.now().timestamp()
    raising.commit(
        Firing(
            id=uuid4(), organisation=rule.organisation_id, camera=rule.camera_id, rule=rule.pk, rule_name=rule.name,
            rule_version=1, severity=Severity.HIGH, area_name="Lawn", situation=situation, code="seen",
            things={"person": 1}, params={}, captured_at=at, raised_at=at,
        )
    )  # fmt: skip


def test_the_alert_asks_about_its_rule_s_plan_once_a_situation(story: Story) -> None:
    story.person("Guard A", "guards")
    rule = rule_of(story, story.plan(message("go", story.profile("guards"), GO, choices=CHOICES)))
    fire(rule)
    fire(rule)  # the same situation
    (asked,) = Activation.objects.all()
    assert (asked.state, asked.cause, asked.alert) == (ActivationState.ASKING, Cause.ALERT, Alert.objects.get())
    fire(rule, "another")
    assert Activation.objects.count() == 2


def test_the_message_tells_what_happened_in_its_own_language(story: Story) -> None:
    marie = story.person("Marie", "guards", language="fr")
    plan = story.plan(message("go", story.profile("guards"), GO, choices=CHOICES))
    fire(rule_of(story, plan, Starting.OWN_PEOPLE))
    story.work()
    story.expect(marie, Channel.SMS, "Intrus près de Lawn", "personne")
    story.nothing_more()


def test_a_plan_that_is_not_approved_costs_no_alert(story: Story) -> None:
    plan = story.plan()
    rule = rule_of(story, plan)
    PlanVersion.objects.update(state="superseded")
    fire(rule)
    assert Alert.objects.count() == 1
    assert not Activation.objects.exists()


def test_a_watcher_can_listen_without_the_web_s_packages() -> None:
    """The watcher commits alerts, and its environment has no DRF and none of the providers' libraries."""
    program = (
        "import sys\n"
        "banned = ('rest_framework', 'django_filters', 'twilio', 'pywebpush', 'typst', 'aiomqtt', 'httpx')\n"
        "from importlib.machinery import PathFinder\n"
        "class Without(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name.split('.')[0] in banned else super().find_spec(name, path, target)\n"
        "sys.meta_path[sys.meta_path.index(PathFinder)] = Without\n"
        "import django; django.setup()\n"
        "import alerts.committer, crisis.activations.raised\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]

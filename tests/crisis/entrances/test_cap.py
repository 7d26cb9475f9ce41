"""CAP messages by their real door: which one starts what, what an exercise and a test do, and updates that are linked."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from django.test import Client

from alerts.channels.base import Channel
from crisis.activations.kinds import ActivationState, Cause
from crisis.activations.models import Activation
from crisis.emergency.cap import access
from crisis.emergency.models import CapMessage
from crisis.entrances.models import EntranceCall
from crisis.plans.models import PlanVersion
from soc import clock
from soc.people.rights import Role
from tests.crisis.entrances.conftest import Site, outcomes
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db

_ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{identifier}</identifier><sender>prefecture@example.org</sender><sent>{sent}</sent>
<status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{references}
<info><language>en</language><category>Met</category><event>{event}</event><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Observed</certainty>{expires}<headline>{event} is coming</headline></info></alert>"""
SENT = "2026-03-01T12:00:00+00:00"


class Prefecture:
    """A sender that the site knows."""

    def __init__(self, site: Site) -> None:
        administrator = MemberFactory(organisation=site.story.organisation, roles=[Role.ADMINISTRATOR])
        made = access.add_sender(administrator, "Prefecture", None)
        self.sender, self.secret = made.sender, made.secret

    def send(self, identifier: str = "one", *, about: str = "", expires: str = "", **values: str) -> Any:
        references = f"<references>prefecture@example.org,{about},{SENT}</references>" if about else ""
        known = {"status": "Actual", "kind": "Alert", "event": "Flood warning", "severity": "Severe", **values}
        known["expires"] = f"<expires>{expires}</expires>" if expires else ""
        body = _ALERT.format(identifier=identifier, sent=SENT, references=references, **known).encode()
        stamp = str(int(clock.now().timestamp()))
        digest = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
        headers = {
            "Vigie-Sender": str(self.sender.pk),
            "Vigie-Timestamp": stamp,
            "Vigie-Signature": f"sha256={digest}",
        }
        answer = Client().post("/api/cap/", body, content_type="application/cap+xml", headers=headers)
        assert answer.status_code in (200, 201), answer.content
        return answer


def cap_entrance(site: Site, how: str = "ask", **settings: Any) -> Any:
    known = {"senders": [], "events": ["flood"], "severities": ["Severe", "Extreme"], "exercises": False}
    return site.entrance("cap", how, settings=known | settings)


def test_a_message_that_counts_asks_about_the_plan_once(site: Site) -> None:
    entrance = cap_entrance(site)
    prefecture = Prefecture(site)
    prefecture.send()
    prefecture.send()  # again
    activation = Activation.objects.get()
    assert (activation.state, activation.cause, activation.needs_verification) == (
        ActivationState.ASKING,
        Cause.CAP,
        True,
    )
    assert EntranceCall.objects.get().said == "Flood warning is coming"
    assert outcomes(entrance) == ["asked"]
    assert site.journalled() == ["entrance_called"]


@pytest.mark.parametrize(
    "values",
    [
        {"severity": "Moderate"},
        {"event": "Forest fire"},
        {"expires": "2026-03-01T13:00:00+00:00"},
        {"kind": "Cancel"},
        {"kind": "Ack"},
        {"status": "System"},
        {"status": "Draft"},
    ],
)
def test_what_does_not_count_starts_nothing(site: Site, values: dict[str, str]) -> None:
    cap_entrance(site)
    Prefecture(site).send(**values)
    assert not Activation.objects.exists()
    assert CapMessage.objects.count() == 1


def test_only_its_own_senders_count(site: Site) -> None:
    known, other = Prefecture(site), Prefecture(site)
    cap_entrance(site, senders=[str(known.sender.pk)])
    other.send("theirs")
    assert not Activation.objects.exists()
    known.send("ours")
    assert Activation.objects.exists()


def test_updates_and_cancellations_join_what_the_first_made(site: Site) -> None:
    entrance = cap_entrance(site, "start")
    prefecture = Prefecture(site)
    prefecture.send("one")
    site.story.work()
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    prefecture.send("two", kind="Update", about="one", severity="Extreme")
    prefecture.send("three", kind="Cancel", about="two", severity="Minor")
    site.story.work()
    site.story.nothing_more()
    assert Activation.objects.get().state == ActivationState.RUNNING
    assert outcomes(entrance) == ["started", "linked", "linked"]


def test_an_update_of_what_an_agent_dropped_asks_nobody_again(site: Site) -> None:
    entrance = cap_entrance(site)
    prefecture = Prefecture(site)
    prefecture.send("one")
    activation = Activation.objects.get()
    Activation.objects.filter(pk=activation.pk).update(state=ActivationState.DROPPED, decide_by=None)
    prefecture.send("two", kind="Update", about="one")
    assert Activation.objects.get().state == ActivationState.DROPPED
    assert outcomes(entrance) == ["asked", "linked"]


def test_an_update_that_has_become_severe_asks(site: Site) -> None:
    entrance = cap_entrance(site)
    prefecture = Prefecture(site)
    prefecture.send("one", severity="Minor")
    prefecture.send("two", kind="Update", about="one", severity="Severe")
    assert outcomes(entrance) == ["asked"]


def test_an_exercise_begins_a_drill_or_nothing_and_a_test_nothing(site: Site) -> None:
    silent, drilled = cap_entrance(site, "start"), cap_entrance(site, "start", exercises=True)
    prefecture = Prefecture(site)
    prefecture.send("one", status="Test")
    assert not Activation.objects.exists()
    prefecture.send("two", status="Exercise")
    activation = Activation.objects.get()
    assert (activation.drill, activation.cause) == (True, Cause.CAP)
    site.story.work()
    said = site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    assert "EXERCISE" in said.text.upper()
    assert (outcomes(silent), outcomes(drilled)) == (["nothing", "nothing"], ["nothing", "drill"])


def test_who_has_a_real_one_to_deal_with_is_not_drilled(site: Site) -> None:
    entrance = cap_entrance(site, "start", exercises=True)
    site.story.start(site.plan)
    Prefecture(site).send(status="Exercise")
    assert Activation.objects.count() == 1
    assert EntranceCall.objects.get().reason == "real_under_way"
    assert outcomes(entrance) == ["nothing"]


def test_a_plan_that_is_not_approved_loses_no_message(site: Site) -> None:
    cap_entrance(site)
    PlanVersion.objects.filter(plan=site.plan).update(state="superseded")
    Prefecture(site).send()
    assert CapMessage.objects.count() == 1
    assert not Activation.objects.exists()
    assert site.refused() == ["plan_not_approved"]

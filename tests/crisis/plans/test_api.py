"""The API of plans, as a page uses it: from a template to a plan in force; what is refused; how its document is described."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from alerts.channels.voice import speech
from crisis.plans.models import PlanVersion, VersionState
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories
from tests.crisis.plans.conftest import RISK, House
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


class Page:
    """What a member's page sends."""

    def __init__(self, member: Member) -> None:
        self.client = Client()
        self.client.force_login(member)

    def get(self, path: str, status: int = 200) -> Any:
        return self._answer(self.client.get(f"/api/{path}"), status)

    def send(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.client.generic(method, f"/api/{path}", _json(body), content_type="application/json")
        return self._answer(answer, status)

    def prove(self) -> Page:
        """Show who sits here, as a signature asks."""
        self.send("POST", "me/proof/", {"password": PASSWORD}, 204)
        return self

    def _answer(self, answer: Any, status: int) -> Any:
        assert isinstance(answer, HttpResponse)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content) if answer.content else None


def _json(body: Any) -> str:
    return "" if body is None else json.dumps(body)


def test_from_a_template_to_a_plan_in_force(house: House) -> None:
    for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.RESPONDER):
        house.person(member=house.member(role), email=True)
    author, approver = Page(house.author), Page(house.approver)
    (template,) = [one for one in author.get("plan-templates/") if one["key"] == "fire"]
    body = {"site": str(house.site.pk), "name": template["name"], "template": "fire"}
    draft = author.send("POST", "plans/", body, 201)
    assert [step["name"] for step in draft["document"]["steps"]] == template["steps"]
    path = f"plans/{draft['plan']}/"
    at = f"{path}versions/{draft['id']}/"
    refused = author.send("POST", f"{path}submit/", {"edits": 1}, 409)
    assert refused["fields"] == {
        "risk": "No risk is named. Choose the risk of the approved audit that this plan answers."
    }
    saved = author.send("PUT", f"{path}draft/", {"edits": 1, "document": draft["document"], "risk": str(RISK)})
    assert author.get(f"{at}holes/")["stops"] == 0
    waiting = author.send("POST", f"{path}submit/", {"edits": saved["edits"]})
    assert waiting["state"] == VersionState.IN_REVIEW
    assert approver.send("POST", f"{path}approve/", {"edits": waiting["edits"]}, 428)["code"] == "proof_needed"
    own = author.prove().send("POST", f"{path}approve/", {"edits": waiting["edits"]}, 409)
    assert own["code"] == "own_work"
    approved = approver.prove().send("POST", f"{path}approve/", {"edits": waiting["edits"]})
    assert approved["digest"]
    assert approved["approved_by"]["name"] == house.approver.display_name
    listed = approver.get(f"plans/?site={house.site.pk}")["results"]
    assert [(one["in_force"]["number"], one["written"]) for one in listed] == [(1, None)]


def test_a_program_approves_nothing(house: House) -> None:
    plan = house.plan()
    Page(house.author).send("POST", f"plans/{plan.pk}/submit/", {"edits": 2})
    factories.ApiTokenFactory(member=house.approver, text="their-token")
    answer = Client().post(
        f"/api/plans/{plan.pk}/approve/",
        {"edits": 3},
        "application/json",
        headers={"Authorization": "Bearer their-token"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_with_a_token")


def test_a_middle_editor_is_refused_too(house: House) -> None:
    plan = house.plan()
    path = f"plans/{plan.pk}/"
    other = house.document(house.message(name="Another"))
    Page(house.colleague).send("PUT", f"{path}draft/", {"edits": 2, "document": other, "risk": str(RISK)})
    mine = house.document(house.message(name="Mine"))
    Page(house.author).send("PUT", f"{path}draft/", {"edits": 3, "document": mine, "risk": str(RISK)})
    waiting = Page(house.author).send("POST", f"{path}submit/", {"edits": 4})
    for member in (house.colleague, house.author):
        assert (
            Page(member).prove().send("POST", f"{path}approve/", {"edits": waiting["edits"]}, 409)["code"] == "own_work"
        )


def test_who_may_not_approve_or_prepare_is_refused(house: House) -> None:
    plan = house.plan()
    agent, supervisor = Page(house.member(Role.AGENT)), Page(house.approver)
    agent.send("POST", f"plans/{plan.pk}/approve/", {"edits": 2}, 403)
    supervisor.send("PUT", f"plans/{plan.pk}/draft/", {"edits": 2, "document": house.document()}, 403)
    assert agent.get(f"plans/{plan.pk}/")["name"] == plan.name


def test_a_colleague_was_first(house: House) -> None:
    plan = house.plan()
    body = {"edits": 1, "document": house.document(), "risk": str(RISK)}
    assert Page(house.author).send("PUT", f"plans/{plan.pk}/draft/", body, 409)["code"] == "changed_meanwhile"


def test_an_unknown_name_is_refused_with_its_field(house: House) -> None:
    plan = house.plan()
    document = house.document(house.message(words={"en": {"text": "Go to {sote}."}}))
    told = Page(house.author).send("PUT", f"plans/{plan.pk}/draft/", {"edits": 2, "document": document}, 400)
    assert told["fields"] == {"document.steps.0.words.en.text": "{sote} is no known name. Did you mean {site}?"}
    assert PlanVersion.objects.get(plan=plan).edits == 2


def test_the_looks_sentence_can_be_said(house: House) -> None:
    house.person(phone=False, email=True, display_name="Camille Martin")
    plan = house.plan(house.message(ways=[{"channel": "sms"}, {"channel": "voice"}, {"channel": "email"}]))
    version = PlanVersion.objects.get(plan=plan)
    told = Page(house.author).get(f"plans/{plan.pk}/versions/{version.pk}/reach/")
    assert (told["people"], told["without_phone"], len(told["channels"])) == (2, 1, 3)
    assert [one["name"] for one in told["without_phone_people"]] == ["Camille Martin"]
    auditor = Page(house.member(Role.AUDITOR)).get(f"plans/{plan.pk}/versions/{version.pk}/reach/")
    assert (auditor["without_phone"], auditor["without_phone_people"]) == (1, [])


def test_names_that_the_reader_may_not_see_are_left_out(house: House) -> None:
    person = house.person(display_name="Camille Martin")
    plan = house.plan(house.message(to={"groups": [{"kind": "people", "people": [str(person.pk)]}]}))
    version = PlanVersion.objects.get(plan=plan)
    at = f"plans/{plan.pk}/versions/{version.pk}/"
    assert {"kind": "person", "id": str(person.pk), "name": "Camille Martin"} in Page(house.author).get(at)["names"]
    assert "Camille" not in str(Page(house.member(Role.AUDITOR)).get(at))


def test_a_message_is_shown_as_people_receive_it(house: House) -> None:
    plan = house.plan(house.message(words={"en": {"text": "{alert} at {site}.", "spoken": "Go to {site}."}}))
    at = f"plans/{plan.pk}/versions/{PlanVersion.objects.get(plan=plan).pk}/preview/"
    page = Page(house.member(Role.AGENT))
    body = {"step": "guards", "language": "en", "form": "sms", "exercise": True}
    text = page.send("POST", at, body)["text"]
    assert text.startswith("EXERCISE: ")
    assert house.site.name in text
    assert "2 I need help" in text
    assert "https://" in text
    spoken = page.send("POST", at, {**body, "form": "voice", "exercise": False})["text"]
    assert spoken.startswith(f"Go to {house.site.name}.")
    written = page.send("POST", at, {**body, "words": {"text": "While {time} typing"}})["text"]
    assert "typing" in written
    assert page.send("POST", at, {"language": "en", "form": "app"})["text"].startswith("It is over.")
    page.send("POST", at, {**body, "language": "de"}, 404)
    page.send("POST", at, {**body, "step": "nobody"}, 404)


def test_a_message_is_heard_as_it_is_said_on_the_telephone_and_in_plain_words(house: House) -> None:
    words = {"en": {"text": "{alert} at {site}.", "spoken": "Go to {site}.", "plain": "Go to {site} now."}}
    plan = house.plan(house.message(words=words))
    at = f"plans/{plan.pk}/versions/{PlanVersion.objects.get(plan=plan).pk}/preview/"
    page = Page(house.member(Role.AGENT))
    body = {"step": "guards", "language": "en", "form": "voice"}

    def heard(asked: dict[str, Any]) -> Any:
        return page.client.post(f"/api/{at}sound/", _json(asked), content_type="application/json")

    said = page.send("POST", at, body)["text"]
    assert heard(body)["Content-Type"] == "audio/wav"
    assert heard(body).content == speech.speak(said, "en")
    plain = f"Go to {house.site.name} now."
    assert heard({**body, "form": "plain"}).content == speech.speak(plain, "en", slower=True)
    assert heard({**body, "form": "plain", "words": {"text": "No plain words."}}).json()["code"] == "nothing_to_say"
    assert heard({**body, "step": "nobody"}).status_code == 404


def test_two_versions_are_compared(house: House) -> None:
    plan = factories.ResponsePlanFactory(site=house.site)
    before = house.document(house.message(), house.message("gone"))
    after = house.document(house.message(delay_s=120), house.message("new"), stand_down={"en": {"text": "Over."}})
    one = factories.PlanVersionFactory(plan=plan, document=before, approved_by=house.approver)
    two = factories.PlanVersionFactory(plan=plan, number=2, document=after)
    page = Page(house.member(Role.AGENT))
    told = page.get(f"plans/{plan.pk}/versions/{two.pk}/changes/")
    assert (told["before"], told["after"]) == (1, 2)
    assert [(change["kind"], change["step"], change["sentences"]) for change in told["changes"]] == [
        ("changed", None, ["What is said at the end has changed: English."]),
        ("changed", "guards", ["Delay: 0 s before, 2 min now."]),
        ("added", "new", []),
        ("removed", "gone", []),
    ]
    assert page.get(f"plans/{plan.pk}/versions/{one.pk}/changes/?before=2")["before"] == 2
    page.get(f"plans/{plan.pk}/versions/{one.pk}/changes/", 404)
    page.get(f"plans/{plan.pk}/versions/{one.pk}/changes/?before=99999999999999999999", 404)
    assert [mark["number"] for mark in page.get(f"plans/{plan.pk}/versions/")] == [2, 1]


def test_a_rules_alerts_start_a_plan_and_no_longer(house: House) -> None:
    plan = house.plan()
    rule = factories.RuleFactory(camera=factories.CameraFactory(site=house.site), name="Yard at night")
    page = Page(house.author)
    made = page.send("POST", "plan-starts/", {"plan": str(plan.pk), "rule": str(rule.pk), "countdown_s": 30}, 201)
    assert (made["starting"], made["countdown_s"], made["rule"]["name"]) == ("ask", 30, "Yard at night")
    again = page.send("POST", "plan-starts/", {"plan": str(plan.pk), "rule": str(rule.pk)}, 409)
    assert plan.name in again["message"]
    path = f"plan-starts/{made['id']}/"
    page.send("PATCH", path, {"version": 1, "countdown_s": 4}, 400)
    assert page.send("PATCH", path, {"version": 1, "starting": "own_people"})["version"] == 2
    page.send("PATCH", path, {"version": 1, "starting": "ask"}, 409)
    assert page.get(f"plans/{plan.pk}/")["rules"] == [str(rule.pk)]
    page.send("DELETE", path, status=204)
    assert page.get(f"plan-starts/?plan={plan.pk}")["results"] == []


def test_a_rule_of_another_site_starts_no_plan_here(house: House) -> None:
    plan = house.plan()
    elsewhere = factories.CameraFactory(site=factories.SiteFactory(organisation=house.organisation))
    body = {"plan": str(plan.pk), "rule": str(factories.RuleFactory(camera=elsewhere).pk)}
    assert list(Page(house.author).send("POST", "plan-starts/", body, 400)["fields"]) == ["rule"]


def test_the_schema_shows_the_types_of_the_document() -> None:
    parts: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    assert parts["PlanVersionView"]["properties"]["document"] == {"$ref": "#/components/schemas/PlanContent"}
    assert parts["DraftInputRequest"]["properties"]["document"] == {"$ref": "#/components/schemas/PlanContentRequest"}
    step = parts["PlanMessageStep"]
    assert step["properties"]["words"]["additionalProperties"] == {"$ref": "#/components/schemas/PlanWords"}
    assert {"kind", "key", "to", "ways", "delay_s"} <= set(step["required"])
    assert "delay_s" not in parts["PlanMessageStepRequest"]["required"]
    assert (
        "people" in parts["PlanThesePeople"]["properties"]
    )  # the people of an audience; elsewhere a thing with a name
    assert "name" in parts["Named"]["properties"]
    for name, part in parts.items():
        for reference in _references(part):
            assert reference.removeprefix("#/components/schemas/") in parts, name


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        mapped = value.get("mapping", {}) if "propertyName" in value else {}
        return own + list(mapped.values()) + [one for item in value.values() for one in _references(item)]
    if isinstance(value, list):
        return [one for item in value for one in _references(item)]
    return []

"""What a rule was: each change is written down with who made it, can be read in words and gone back to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from alerts import rule_services, tasks
from alerts.models import Rule, RuleState, RuleVersion
from alerts.wire import alert_detail
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import AlertFactory, CameraFactory, MemberFactory, ZoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def camera() -> Any:
    return CameraFactory()


@pytest.fixture
def ada(camera: Any) -> Member:
    return MemberFactory(organisation=camera.organisation, roles=[Role.ADMINISTRATOR], display_name="Ada")


def client(member: Member, language: str = "en") -> APIClient:
    made = APIClient(headers={"accept-language": language})
    made.force_authenticate(member)
    return made


def add(api: APIClient, camera: Any, **changes: Any) -> dict[str, Any]:
    body = {
        "camera": str(camera.pk),
        "name": "Someone in the yard",
        "kind": "stays",
        "settings": {"labels": ["person"], "seconds": 10},
        "purpose": "Safety at night",
    }
    answer = api.post("/api/rules/", {**body, **changes}, format="json")
    assert answer.status_code == 201, answer.json()
    rule: dict[str, Any] = answer.json()
    return rule


def change(api: APIClient, rule: dict[str, Any], **changes: Any) -> Any:
    return api.patch(f"/api/rules/{rule['id']}/", {"version": rule["version"], **changes}, format="json")


def versions(api: APIClient, rule: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/api/rules/{rule['id']}/versions/").json()
    return found


def test_each_change_is_a_version_with_who_what_and_why(camera: Any, ada: Member) -> None:
    zone = ZoneFactory(camera=camera, name="Yard")
    rule = add(client(ada), camera)
    grace = MemberFactory(organisation=camera.organisation, roles=[Role.ADMINISTRATOR], display_name="Grace")
    settings = {"labels": ["person", "dog"], "seconds": 90}
    changed = change(client(grace), rule, settings=settings, zone=str(zone.pk), severity=4, comment="Dogs come in too.")
    assert changed.status_code == 200

    second, first = versions(client(ada), rule)

    assert (first["version"], first["by"], first["changes"]) == (1, "Ada", [])
    assert first["sentence"].startswith("When a person stays anywhere in the picture for more than 10")
    assert (second["version"], second["by"], second["comment"]) == (2, "Grace", "Dogs come in too.")
    said = {
        one["field"]: (one["title"], one["before"], one["after"].replace("\u00a0", " ")) for one in second["changes"]
    }
    assert said == {
        "settings.labels": ("What", "a person", "a person or a dog"),
        "settings.seconds": ("Longer than, seconds", "10\u00a0s", "1 min 30 s"),
        "area": ("Zone or line", "The whole picture", "Yard"),
        "severity": ("Severity", "medium", "critical"),
    }
    french = {one["field"]: one["after"] for one in versions(client(ada, "fr"), rule)[0]["changes"]}
    assert (french["settings.labels"], french["severity"]) == ("une personne ou un chien", "critique")


def test_the_journal_keeps_the_sentence_as_it_read(camera: Any, ada: Member) -> None:
    rule = add(client(ada), camera)
    change(client(ada), rule, severity=4)
    entry = Entry.objects.get(action=Action.RULE_CHANGED)
    assert "raise a medium alert" in entry.details["before"]["sentence"]["en"]
    assert "raise a critical alert" in entry.details["after"]["sentence"]["en"]
    assert "gravité critique" in entry.details["after"]["sentence"]["fr"]


def test_an_alert_says_what_its_rule_said_when_it_fired(camera: Any, ada: Member) -> None:
    zone = ZoneFactory(camera=camera, name="Yard")
    rule = add(client(ada), camera, zone=str(zone.pk))
    alert = AlertFactory(rule=Rule.objects.get(pk=rule["id"]))
    change(client(ada), rule, severity=4)
    zone.name = "Lawn"
    zone.save()

    said = client(ada).get(f"/api/alerts/{alert.pk}/").json()["rule_sentence"]

    assert said["en"].startswith("When a person stays in “Yard”")
    assert "gravité moyenne" in said["fr"]
    assert alert_detail(AlertFactory()).rule_sentence == {}  # of before versions were kept


def test_going_back_is_one_more_change_and_leaves_the_rule_on(camera: Any, ada: Member) -> None:
    api = client(ada)
    rule = add(api, camera)
    rule = change(api, rule, settings={"labels": ["person"], "seconds": 60}, quiet_s=600, name="Long stays").json()
    rule = change(api, rule, state="on").json()

    answer = api.post(
        f"/api/rules/{rule['id']}/versions/", {"to": 1, "version": 3, "comment": "Too late."}, format="json"
    )

    assert answer.status_code == 200
    back = answer.json()
    assert (back["version"], back["state"], back["quiet_s"], back["name"]) == (4, "on", 120, "Someone in the yard")
    assert back["settings"]["seconds"] == 10
    newest = versions(api, rule)[0]
    assert (newest["restored"], newest["comment"], newest["by"]) == (1, "Too late.", "Ada")
    assert api.post(f"/api/rules/{rule['id']}/versions/", {"to": 9, "version": 4}, format="json").status_code == 404


def test_a_version_whose_zone_is_gone_cannot_be_gone_back_to(camera: Any, ada: Member) -> None:
    api, zone = client(ada), ZoneFactory(camera=camera, name="Yard")
    rule = change(api, add(api, camera, zone=str(zone.pk)), zone=None).json()
    zone.delete()

    answer = api.post(f"/api/rules/{rule['id']}/versions/", {"to": 1, "version": 2}, format="json")

    assert answer.status_code == 400
    assert answer.json()["fields"]["zone"] == "This camera has no such zone."
    assert versions(api, rule)[1]["sentence"].startswith("When a person stays in “Yard”")


def test_who_comes_second_is_told_who_was_first_and_what_changed(camera: Any, ada: Member) -> None:
    rule = add(client(ada), camera)
    change(client(ada), rule, severity=4, quiet_s=30)
    grace = MemberFactory(organisation=camera.organisation, roles=[Role.ADMINISTRATOR])

    answer = change(client(grace), rule, name="Mine")

    assert answer.status_code == 409
    assert answer.json()["code"] == "rule_changed"
    assert answer.json()["message"].startswith("Ada changed this rule at ")
    assert ": Severity, Quiet time. Look at it again" in answer.json()["message"]


def test_a_rule_ends_after_six_months_and_is_on_again_only_once_it_is_renewed(camera: Any, ada: Member) -> None:
    api = client(ada)
    rule = change(api, add(api, camera), state="on").json()
    clock.move(dt.timedelta(days=183))
    assert api.get(f"/api/rules/{rule['id']}/").json()["over"] is True
    tasks.rules()

    rule = api.get(f"/api/rules/{rule['id']}/").json()
    newest = versions(api, rule)[0]
    assert (rule["state"], newest["by"], newest["reason"]) == (
        "off",
        None,
        "Its six months were over and nobody renewed it.",
    )
    refused = change(api, rule, state="silent")
    assert (refused.status_code, refused.json()["code"]) == (400, "rule_over")
    assert "Renew it first" in refused.json()["fields"]["state"]

    renewed = change(api, rule, renew=True)
    assert (renewed.json()["over"], renewed.json()["state"]) == (False, "off")
    newest = versions(api, rule)[0]
    assert newest["renewed"]
    assert [one["field"] for one in newest["changes"]] == ["expires_at"]
    assert change(api, renewed.json(), state="on").status_code == 200


def test_a_silent_run_goes_on_while_nothing_that_it_looks_for_changes(camera: Any, ada: Member) -> None:
    api = client(ada)
    rule = add(api, camera)
    hit(rule, 1)
    rule = change(api, rule, name="Another name").json()
    hit(rule, 2)
    assert api.get(f"/api/rules/{rule['id']}/trial/").json()["count"] == 2

    rule = change(api, rule, quiet_s=600).json()
    hit(rule, 3)
    run = api.get(f"/api/rules/{rule['id']}/trial/").json()
    assert (run["count"], len(run["hits"])) == (1, 1)
    third = RuleVersion.objects.get(rule=rule["id"], version=3)
    assert dt.datetime.fromisoformat(run["since"]) == third.at


def hit(rule: dict[str, Any], version: int) -> None:
    row = Rule.objects.get(pk=rule["id"])
    row.silent_hits.create(organisation_id=row.organisation_id, rule_version=version, at=clock.now())


def test_removing_and_switching_off_are_written_down_too(camera: Any, ada: Member) -> None:
    rule = Rule.objects.get(pk=add(client(ada), camera)["id"])
    rule_services.switch_off(rule, "not_lawful")
    rule_services.remove_rule(rule, actor=ada)
    rows = list(RuleVersion.objects.filter(rule=rule).order_by("version"))
    assert [(one.version, one.reason, one.written["state"]) for one in rows] == [
        (1, "", RuleState.SILENT),
        (2, "not_lawful", RuleState.OFF),
        (3, "removed", RuleState.OFF),
    ]


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.AUDITOR])
def test_who_may_not_manage_rules_reads_versions_and_cannot_go_back(camera: Any, ada: Member, role: Role) -> None:
    rule = add(client(ada), camera)
    reader = MemberFactory(organisation=camera.organisation, roles=[role])
    assert len(versions(client(reader), rule)) == 1
    answer = client(reader).post(f"/api/rules/{rule['id']}/versions/", {"to": 1, "version": 1}, format="json")
    assert answer.status_code == 403

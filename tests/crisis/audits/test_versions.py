"""An audit's way from its beginning to the next version: what is asked for, what is refused, what changed, when it is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from alerts.overview.selectors import overview
from crisis.audits import attention, catalogue, reminders, risks, selectors, services
from crisis.audits.models import AuditedRisk, AuditReminder, AuditState, Measure, RiskAudit
from crisis.audits.services import Origin
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal import words
from soc.journal.models import Entry
from soc.people.directory.models import Person
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.audits.conftest import House, get, only_risk, send


def needed(house: House, member: Any = None) -> list[str]:
    return [one.kind for one in attention.needs_attention(member or house.author)]


def test_a_template_gives_risks_that_a_person_judges(house: House) -> None:
    answer = send(house.author, "post", "risk-audits/", site=str(house.site.pk), origin="template", template="town")
    assert answer.status_code == 201
    made = answer.json()
    assert [one["code"] for one in made["risks"]] == list(catalogue.TEMPLATES["town"].codes)
    assert {(one["likelihood"], one["severity"], one["score"]) for one in made["risks"]} == {(None, None, None)}
    assert [one["reference"] for one in made["risks"]][:2] == ["R1", "R2"]
    assert made["may"]["submit"] is False
    assert len(made["holes"]) == len(made["risks"])
    refused = send(house.author, "post", f"risk-audits/{made['id']}/submit/", version=made["version"])
    assert (refused.status_code, refused.json()["code"]) == (400, "audit_has_holes")
    assert refused.json()["fields"]["R1"] == "R1 Flood: how likely it is has not been judged."


def test_the_catalogue_is_in_the_readers_language_and_its_templates_are_of_it(house: House) -> None:
    for template in catalogue.TEMPLATES.values():
        assert set(template.codes) <= catalogue.RISKS.keys()
        assert len(set(template.codes)) == len(template.codes)
    house.author.language = "fr"
    house.author.save()
    shown = get(house.author, "risk-catalogue/")
    flood = next(one for one in shown["risks"] if one["code"] == "flood")
    assert flood["name"] == "Inondation"
    assert "Jusqu’où l’eau" in flood["advice"]
    assert [one["name"] for one in shown["likelihoods"]][-1] == "Presque certain"
    scores = {(one["likelihood"], one["severity"]): one["treatment"] for one in shown["cells"]}
    assert [scores[at] for at in ((2, 2), (1, 5), (5, 1), (2, 5), (3, 4), (3, 5), (5, 5))] == [
        *("accept", "watch", "watch", "reduce", "reduce", "act", "act"),
    ]


def test_a_risk_keeps_its_number_in_every_version_and_none_is_given_twice(house: House) -> None:
    first = house.approved()
    copy = services.begin(house.author, house.site.pk, Origin.COPY)
    path = f"risk-audits/{copy.pk}/risks/"
    added = send(house.author, "post", path, own_name="Protest at the gate", likelihood=3, severity=2)
    assert added.status_code == 201
    assert [one["reference"] for one in added.json()["risks"]] == ["R1", "R2"]
    gone = AuditedRisk.objects.get(audit=copy, number=2)
    assert send(house.author, "delete", f"{path}{gone.pk}/").status_code == 204
    again = send(house.author, "post", path, code="fire").json()
    assert [one["reference"] for one in again["risks"]] == ["R1", "R3"]
    kept = AuditedRisk.objects.get(audit=copy, number=1)
    assert kept.pk != only_risk(first).pk
    assert again["risks"][0]["before"] == {"number": 1, "likelihood": 4, "severity": 3, "score": 12}


def test_what_changed_is_told_risk_by_risk_in_words(house: House) -> None:
    house.approved()
    copy = services.begin(house.author, house.site.pk, Origin.COPY)
    risk = only_risk(copy)
    path = f"risk-audits/{copy.pk}/risks/"
    assert get(house.author, f"risk-audits/{copy.pk}/changes/") == {
        "number": 2,
        "compared_with": 1,
        "risks": [],
        "unchanged": 1,
    }
    person = Person.objects.create(organisation=house.site.organisation, display_name="Security manager")
    measure = {"what": "Camera on the west fence", "due_on": "2027-01-15"}
    answer = send(
        house.author,
        "patch",
        f"{path}{risk.pk}/",
        version=risk.version,
        severity=4,
        responsible_person=str(person.pk),
        responsible_member=None,
        measures=[measure],
    )
    assert answer.status_code == 200, answer.content
    send(house.author, "post", path, code="fire", likelihood=2, severity=5)
    shown = get(house.author, f"risk-audits/{copy.pk}/changes/")
    first, second = shown["risks"]
    assert (first["reference"], first["kind"]) == ("R1", "changed")
    assert {one["field"]: (one["before"], one["after"]) for one in first["fields"]} == {
        "severity": ("3, Serious", "4, Grave"),
        "score": ("12", "16"),
        "responsible": ("Camille", "Security manager"),
        "measures": ("", "Camera on the west fence (15 January 2027)"),
    }
    assert (second["reference"], second["name"], second["kind"]) == ("R2", "Fire in a building", "added")


def test_a_colleague_who_was_first_is_told(house: House) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    path = f"risk-audits/{audit.pk}/"
    assert send(house.author, "patch", path, version=1, scope="All of it").status_code == 200
    late = send(house.editor, "patch", path, version=1, scope="Half of it")
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert send(house.author, "patch", f"{path}risks/{risk.pk}/", version=1, severity=5).status_code == 200
    late = send(house.editor, "patch", f"{path}risks/{risk.pk}/", version=1, severity=2)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    with pytest.raises(Refusal, match="changed_meanwhile"):
        services.submit(house.author, audit.pk, version=1)
    submitted = services.submit(house.author, audit.pk, version=3)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        services.approve(house.approver, audit.pk, version=submitted.version - 1)


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"likelihood": 6}, "likelihood"),
        ({"severity": 0}, "severity"),
        ({"code": "dragon"}, "code"),
        ({"code": "", "own_name": " "}, "own_name"),
        ({"due_on": "soon"}, "due_on"),
        ({"colour": "red"}, "colour"),
        ({"measures": [{"what": " "}]}, "measures"),
        ({"measures": [{"what": "x", "key": "5b1c1d3e-0000-4000-8000-000000000000"}]}, "measures"),
        ({"protections": [{"kind": "other", "name": ""}]}, "protections"),
        ({"protections": [{"kind": "camera"}]}, "protections"),
        ({"protections": [{"kind": "device", "of": "5b1c1d3e-0000-4000-8000-000000000000"}]}, "protections"),
        (
            {"responsible_person": "5b1c1d3e-0000-4000-8000-000000000000", "responsible_member": None},
            "responsible_person",
        ),
    ],
)
def test_what_is_not_right_is_refused_beside_its_field(house: House, entered: dict[str, Any], field: str) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    before = list(AuditedRisk.objects.values())
    answer = send(house.author, "patch", f"risk-audits/{audit.pk}/risks/{risk.pk}/", version=1, **entered)
    assert answer.status_code == 400, answer.content
    assert [name for name in answer.json()["fields"] if name.startswith(field)]
    assert list(AuditedRisk.objects.values()) == before


def test_lists_are_replaced_and_what_has_a_key_stays_the_same_thing(house: House) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    path = f"risk-audits/{audit.pk}/risks/{risk.pk}/"
    first = send(house.author, "patch", path, version=1, measures=[{"what": "A"}, {"what": "B"}]).json()["risks"][0]
    keys = {one["what"]: one["key"] for one in first["measures"]}
    kept = [{"what": "B, later", "key": keys["B"]}, {"what": "C"}]
    second = send(house.author, "patch", path, version=2, measures=kept).json()["risks"][0]
    assert [one["what"] for one in second["measures"]] == ["B, later", "C"]
    assert second["measures"][0]["key"] == keys["B"]
    assert second["measures"][1]["key"] not in keys.values()
    twice = [{"what": "B", "key": keys["B"]}, {"what": "B", "key": keys["B"]}]
    assert send(house.author, "patch", path, version=3, measures=twice).status_code == 400
    assert Measure.objects.filter(risk=risk).count() == 2


def test_the_journal_says_what_changed_and_keeps_words_apart(house: House) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    send(house.author, "patch", f"risk-audits/{audit.pk}/risks/{risk.pk}/", version=1, severity=5, exposed="Jo's flat")
    noted = Entry.objects.get(organisation=house.site.organisation, action="audit_risk_changed")
    assert (noted.details["before"], noted.details["after"]) == ({"severity": 3}, {"severity": 5})
    assert noted.details["risk"] == "R1"
    assert "Jo" not in str(noted.details)
    assert "Jo" in noted.personal.text


def test_it_is_sent_back_with_a_reason_and_submitted_again(house: House) -> None:
    audit = house.in_review()
    assert needed(house, house.approver) == ["audit_to_approve"]
    assert needed(house) == [], "not for who wrote it"
    with pytest.raises(Refusal, match="in_review"):
        services.change(house.author, audit.pk, {"scope": "x"}, version=audit.version)
    reviewed = services.review(house.editor, audit.pk, version=audit.version)
    assert reviewed.reviewer == house.editor
    for comment in ("", "  "):
        assert send(house.approver, "post", f"risk-audits/{audit.pk}/send-back/", comment=comment).status_code == 400
    answer = send(house.approver, "post", f"risk-audits/{audit.pk}/send-back/", comment="R1 is too low.")
    assert (answer.status_code, answer.json()["state"], answer.json()["reviewed"]) == (200, "draft", None)
    assert [(one["kind"], one["text"]) for one in answer.json()["remarks"]] == [("sent_back", "R1 is too low.")]
    again = services.submit(house.author, audit.pk, version=answer.json()["version"])
    assert services.approve(house.approver, audit.pk, version=again.version).state == AuditState.APPROVED


def test_only_who_approves_withdraws_what_is_in_force(house: House) -> None:
    audit = house.approved()
    risk = only_risk(audit)
    assert selectors.approved_audit(house.site.pk) == audit
    found = selectors.risk_in_force(risk.pk)
    assert found is not None
    assert (found.risk, found.expired) == (risk, False)
    answer = send(house.approver, "post", f"risk-audits/{audit.pk}/withdraw/", comment="The site is closed.")
    assert answer.status_code == 403, "who does not prepare audits does not withdraw them"
    assert send(house.author, "post", f"risk-audits/{audit.pk}/withdraw/", comment=" ").status_code == 400
    answer = send(house.author, "post", f"risk-audits/{audit.pk}/withdraw/", comment="The site is closed.")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert answer.json()["approved"] is not None, "its signatures stay"
    assert selectors.approved_audit(house.site.pk) is None
    assert selectors.risk_in_force(risk.pk) is None
    assert selectors.risks_in_force(house.site.organisation_id, house.site.pk) == []


def test_the_next_version_supersedes_and_a_plan_finds_its_risk_in_it(house: House) -> None:
    first = house.approved()
    old = only_risk(first)
    copy = services.begin(house.author, house.site.pk, Origin.COPY)
    assert [one.risk for one in selectors.risks_in_force(house.site.organisation_id, house.site.pk)] == [old]
    copy = services.submit(house.author, copy.pk, version=copy.version)
    services.approve(house.approver, copy.pk, version=copy.version)
    found = selectors.risk_in_force(old.pk)
    assert found is not None
    assert (found.risk.audit_id, found.risk.number) == (copy.pk, old.number)
    shown = get(house.author, f"risk-audits/{first.pk}/")
    assert (shown["state"], shown["in_force"]["number"]) == ("superseded", 2)
    listed = get(house.author, f"risk-audits/?site={house.site.pk}&state=approved")["results"]
    assert [one["number"] for one in listed] == [2]


@pytest.mark.parametrize("days", [-1, 0, 5 * 366 + 1])
def test_a_review_date_is_to_come_and_within_five_years(house: House, days: int) -> None:
    audit = house.draft()
    day = clock.now().date() + dt.timedelta(days=days)
    answer = send(house.author, "patch", f"risk-audits/{audit.pk}/", version=1, review_on=day.isoformat())
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["review_on"])


def test_it_is_not_approved_when_its_review_date_is_over_meanwhile(house: House) -> None:
    audit = house.in_review()
    clock.move(dt.timedelta(days=400))
    with pytest.raises(Refusal, match="no_review_date"):
        services.approve(house.approver, audit.pk, version=audit.version)
    assert RiskAudit.objects.get(pk=audit.pk).state == AuditState.IN_REVIEW


def told(house: House) -> list[int]:
    events = FeedEvent.objects.filter(organisation=house.site.organisation, kind="audit.review_due")
    return [one.payload["days_left"] for one in events.order_by("number")]


def test_people_are_told_before_it_ends_and_when_it_is_over_each_time_once(house: House) -> None:
    audit = house.approved()
    assert reminders.remind() == 0
    assert needed(house) == []
    gone = 0
    seen = []
    for until, kind in ((335, ["audit_ends"]), (358, ["audit_ends"]), (365, ["audit_ends"]), (366, ["audit_over"])):
        clock.move(dt.timedelta(days=until - gone))
        gone = until
        reminders.remind()
        assert reminders.remind() == 0, "once"
        seen.append(needed(house) == kind)
    assert seen == [True] * 4
    assert audit.review_on is not None
    left = [(audit.review_on - audit.created_at.date()).days - days for days in (335, 358, 365, 366)]
    assert [abs(a - b) <= 1 for a, b in zip(told(house), left, strict=True)] == [True] * 4
    assert AuditReminder.objects.filter(audit=audit).count() == 4
    shown = get(house.author, f"risk-audits/{audit.pk}/")
    assert (shown["expired"], shown["state"]) == (True, "approved")
    found = selectors.risks_in_force(house.site.organisation_id, house.site.pk)
    assert [one.expired for one in found] == [True], "a plan goes on, and can say so"
    with translation.override("fr"):
        sentence = attention.needs_attention(house.author)[0].sentence
    assert "est échu depuis le" in sentence


def test_who_begins_to_look_late_is_told_once(house: House) -> None:
    house.approved()
    clock.move(dt.timedelta(days=362))
    assert reminders.remind() == 1
    assert len(told(house)) == 1


def test_the_overview_says_it_where_the_member_sees_the_module(house: House) -> None:
    house.approved()
    clock.move(dt.timedelta(days=370))
    found = [one for one in overview(house.approver).attention if one.code == "audit_over"]
    assert len(found) == 1
    assert found[0].why.startswith("The risk audit of North campus has been over since")
    elsewhere = factories.MemberFactory(
        site=factories.SiteFactory(organisation=house.site.organisation), roles=[Role.SUPERVISOR]
    )
    assert [one.code for one in overview(elsewhere).attention if one.code.startswith("audit")] == []


def test_an_auditor_reads_no_name_of_the_programs(house: House) -> None:
    audit = services.begin(house.author, house.site.pk, Origin.TEMPLATE, "school")
    risks.add(house.author, audit.pk, {"code": "crowd_crush", "likelihood": 4})
    AuditedRisk.objects.filter(audit=audit).update(
        likelihood=1, severity=1, exposed="Everybody", responsible_member=house.author
    )
    audit.refresh_from_db()
    audit = services.submit(house.author, audit.pk, version=audit.version)
    with pytest.raises(Refusal, match="own_work_author"):
        services.approve(house.author, audit.pk, version=audit.version)

    def read(action: str) -> dict[str, str | None]:
        entry = Entry.objects.filter(organisation=house.site.organisation, action=action).latest("pk")
        names = words.names_in(house.site.organisation, [entry])
        both = [*words.changes(entry, names), *words.further(entry, names)]
        return {one.label: one.after for one in both}

    with translation.override("fr"):
        begun = read("audit_begun")
        assert (begun["Commencé avec"], begun["Modèle"]) == ("un modèle", "École ou campus")
        added = read("audit_risk_added")
        assert (added["Du catalogue"], added["Risque"]) == ("Mouvement de foule", "R13")
        assert read("audit_approval_refused")["Refus"] == "son auteur"

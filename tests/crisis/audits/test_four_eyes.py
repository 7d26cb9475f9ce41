"""Nobody approves what they wrote, and what is approved is never changed: by the services, by the API, by raw SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from crisis.audits import content, progress, risks, services
from crisis.audits.models import (
    AuditEditor,
    AuditedRisk,
    AuditState,
    Measure,
    MeasureState,
    Protection,
    RiskAudit,
)
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.audits.conftest import House, get, only_risk, send

APPROVED_BY = (
    "UPDATE crisis_audits_riskaudit SET state = 'approved', approver_id = %s, approved_at = now(), "
    "reviewer_id = %s, reviewed_at = now(), digest = repeat('a', 64) WHERE id = %s"
)


def sql(statement: str, *values: UUID) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def refused_by_the_database(
    statement: str, *values: UUID, why: str = "never|Nobody|append-only|sent back|a draft"
) -> None:
    with pytest.raises(DatabaseError, match=why):
        sql(statement, *values)


def refusals(house: House) -> list[tuple[object, object]]:
    rows = Entry.objects.filter(organisation=house.site.organisation, action="audit_approval_refused")
    return [(one.actor_id, one.details["refusal"]) for one in rows.order_by("id")]


def test_somebody_else_approves_and_all_of_it_is_signed_told_and_journalled(house: House) -> None:
    audit = house.in_review()
    approved = services.approve(house.approver, audit.pk, "Well done.", version=audit.version)
    assert (approved.state, approved.approver_id, approved.reviewer_id) == (
        AuditState.APPROVED,
        house.approver.pk,
        house.approver.pk,
    )
    assert re.fullmatch("[0-9a-f]{64}", approved.digest)
    assert content.intact(RiskAudit.objects.get(pk=audit.pk))
    noted = Entry.objects.get(organisation=house.site.organisation, action="audit_approved")
    assert (noted.actor_id, noted.details["digest"], noted.site_id) == (
        house.approver.pk,
        approved.digest,
        house.site.pk,
    )
    told = FeedEvent.objects.filter(organisation=house.site.organisation, kind="audit.changed").latest("number")
    assert (told.right, told.site_id) == ("see_crisis", house.site.pk)
    assert told.payload == {
        "audit": str(audit.pk),
        "site": str(house.site.pk),
        "version": approved.version,
        "number": 1,
        "state": "approved",
    }


@pytest.mark.parametrize("who", ["author", "editor", "last_editor"])
def test_whoever_wrote_in_it_does_not_approve_it_and_the_try_is_journalled(house: House, who: str) -> None:
    audit = house.draft()
    services.change(house.editor, audit.pk, {"scope": "All buildings"}, version=1)
    last = factories.MemberFactory(organisation=house.site.organisation, roles=[Role.ADMINISTRATOR])
    risk = only_risk(audit)
    risks.change(last, audit.pk, risk.pk, {"missing": "Light on the lawn"}, version=1)
    audit.refresh_from_db()
    services.submit(house.author, audit.pk, version=audit.version)
    audit.refresh_from_db()
    member: Member = {"author": house.author, "editor": house.editor, "last_editor": last}[who]
    code = "own_work_author" if who == "author" else "own_work_editor"

    for sign in (services.approve, services.review):
        with pytest.raises(Refusal, match=code):
            sign(member, audit.pk, version=audit.version)
    assert refusals(house) == [(member.pk, code)] * 2

    answer = send(member, "post", f"risk-audits/{audit.pk}/approve/", proved=True, version=audit.version)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert "must approve it" in answer.json()["message"]
    assert len(refusals(house)) == 3
    assert get(member, f"risk-audits/{audit.pk}/")["may"]["why_not_approve"] == answer.json()["message"]

    refused_by_the_database(APPROVED_BY, member.pk, house.approver.pk, audit.pk)
    audit.refresh_from_db()
    assert (audit.state, audit.approver_id) == (AuditState.IN_REVIEW, None)


def test_the_check_constraints_hold_where_the_triggers_are_off(house: House) -> None:
    """Two locks on one door: whoever takes the trigger away still meets the constraint."""
    audit = house.in_review()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE crisis_audits_riskaudit DISABLE TRIGGER crisis_audits_riskaudit_guard")
    refused_by_the_database(
        APPROVED_BY, house.author.pk, house.approver.pk, audit.pk, why="audits_(author|editor)_does_not_approve"
    )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE crisis_audits_riskaudit ENABLE TRIGGER crisis_audits_riskaudit_guard")


def test_nobody_gets_round_the_four_eyes_by_rewriting_who_wrote(house: House) -> None:
    audit = house.in_review()
    table = "crisis_audits_riskaudit"
    refused_by_the_database(f"UPDATE {table} SET author_id = %s WHERE id = %s", house.editor.pk, audit.pk)
    refused_by_the_database(f"UPDATE {table} SET last_editor_id = %s WHERE id = %s", house.editor.pk, audit.pk)
    editors = "crisis_audits_auditeditor"
    refused_by_the_database(f"DELETE FROM {editors} WHERE audit_id = %s", audit.pk)
    refused_by_the_database(f"UPDATE {editors} SET member_id = %s WHERE audit_id = %s", house.editor.pk, audit.pk)
    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        RiskAudit.objects.create(
            organisation=house.site.organisation,
            site=factories.SiteFactory(organisation=house.site.organisation),
            number=1,
            state=AuditState.APPROVED,
            author=house.author,
            last_editor=house.author,
        )
    draft = factories.RiskAuditFactory(site=factories.SiteFactory(organisation=house.site.organisation))
    refused_by_the_database(APPROVED_BY, house.approver.pk, house.approver.pk, draft.pk, why="out of its review")
    sent_back = "UPDATE crisis_audits_riskaudit SET state = 'approved', approver_id = %s, approved_at = now(), "
    refused_by_the_database(
        sent_back + "reviewer_id = %s, digest = repeat('a', 64), scope = 'Another' WHERE id = %s",
        house.approver.pk,
        house.approver.pk,
        audit.pk,
        why="what was submitted",
    )


@pytest.fixture
def in_force(house: House) -> RiskAudit:
    audit = house.draft()
    risk = only_risk(audit)
    shared: dict[str, Any] = {"organisation": audit.organisation, "risk": risk}
    Measure.objects.create(**shared, what="Camera on the west fence")
    Protection.objects.create(**shared, kind="other", name="Fence")
    audit = services.submit(house.author, audit.pk, version=audit.version)
    return services.approve(house.approver, audit.pk, version=audit.version)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("riskaudit", "scope = 'Nothing'"),
        ("riskaudit", "review_on = review_on + 365"),
        ("riskaudit", "digest = repeat('b', 64)"),
        ("riskaudit", "state = 'draft'"),
        ("riskaudit", "approved_at = NULL, approver_id = NULL, digest = '', state = 'in_review'"),
        ("riskaudit", "state = 'superseded', superseded_at = now(), scope = 'Nothing'"),
        ("auditedrisk", "likelihood = 1"),
        ("auditedrisk", "exposed = ''"),
        ("measure", "what = 'Nothing'"),
        ("measure", "state = 'done'"),
        ("protection", "name = 'Nothing'"),
    ],
)
def test_what_is_approved_is_not_changed_by_raw_sql(in_force: RiskAudit, table: str, changes: str) -> None:
    refused_by_the_database(f"UPDATE crisis_audits_{table} SET {changes}", why="never changed|while it is a draft")
    assert content.intact(RiskAudit.objects.get(pk=in_force.pk))


def test_what_is_approved_is_not_deleted_and_nothing_is_added_to_it(house: House, in_force: RiskAudit) -> None:
    for table in ("measure", "protection", "auditedrisk"):
        refused_by_the_database(f"DELETE FROM crisis_audits_{table}", why="while it is a draft")
    refused_by_the_database("DELETE FROM crisis_audits_riskaudit WHERE id = %s", in_force.pk)
    risk = only_risk(in_force)
    with pytest.raises(DatabaseError, match="while it is a draft"), transaction.atomic():
        Measure.objects.create(organisation=in_force.organisation, risk=risk, what="One more")
    with pytest.raises(DatabaseError, match="while it is a draft"), transaction.atomic():
        factories.AuditedRiskFactory(audit=in_force, code="fire")
    # Not by way of a draft either: nothing is moved out of what is approved.
    draft = factories.RiskAuditFactory(site=factories.SiteFactory(organisation=house.site.organisation))
    refused_by_the_database("UPDATE crisis_audits_auditedrisk SET audit_id = %s", draft.pk)


def test_the_services_say_so_before_the_database_does(house: House, in_force: RiskAudit) -> None:
    risk = only_risk(in_force)
    tries: list[Callable[[], object]] = [
        lambda: services.change(house.author, in_force.pk, {"scope": "x"}, version=in_force.version),
        lambda: risks.add(house.author, in_force.pk, {"code": "fire"}),
        lambda: risks.change(house.author, in_force.pk, risk.pk, {"likelihood": 1}, version=risk.version),
        lambda: risks.remove(house.author, in_force.pk, risk.pk),
        lambda: services.submit(house.author, in_force.pk, version=in_force.version),
    ]
    for one in tries:
        with pytest.raises(Refusal, match="not_a_draft"):
            one()
    with pytest.raises(Refusal, match="not_in_review"):
        services.approve(house.approver, in_force.pk, version=in_force.version)


def test_a_changed_row_no_longer_matches_the_digest(house: House, in_force: RiskAudit) -> None:
    """What somebody changes who takes the triggers away is seen."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE crisis_audits_auditedrisk DISABLE TRIGGER crisis_audits_auditedrisk_guard")
        cursor.execute("UPDATE crisis_audits_auditedrisk SET exposed = 'nobody'")
        cursor.execute("ALTER TABLE crisis_audits_auditedrisk ENABLE TRIGGER crisis_audits_auditedrisk_guard")
    assert get(house.author, f"risk-audits/{in_force.pk}/")["intact"] is False


def test_measures_go_on_and_their_progress_is_append_only(house: House, in_force: RiskAudit) -> None:
    measure = Measure.objects.get(risk__audit=in_force)
    path = f"risk-audits/{in_force.pk}/measures/{measure.pk}/progress/"
    assert send(house.author, "post", path, state="ordered", note="With the town").status_code == 200
    answer = send(house.author, "post", path, state="done")
    shown = answer.json()["risks"][0]["measures"][0]
    assert (shown["state"], shown["days_late"]) == ("done", 0)
    assert shown["done_at"] is not None
    refused_by_the_database("UPDATE crisis_audits_measureprogress SET state = 'planned'", why="append-only")
    refused_by_the_database("DELETE FROM crisis_audits_measureprogress", why="append-only")
    assert content.intact(RiskAudit.objects.get(pk=in_force.pk))

    copy = services.begin(house.author, house.site.pk, services.Origin.COPY)
    assert Measure.objects.get(risk__audit=copy).state == MeasureState.DONE
    with pytest.raises(Refusal, match="not_in_force"):
        progress.measure_came_to(house.author, copy.pk, Measure.objects.get(risk__audit=copy).pk, MeasureState.ORDERED)


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_once_one_approves_and_one_audit_is_in_force() -> None:
    house = House()
    first = house.approved()
    second = services.begin(house.author, house.site.pk, services.Origin.COPY)
    second = services.submit(house.author, second.pk, version=second.version)
    others = [
        house.approver,
        *(factories.MemberFactory(organisation=house.site.organisation, roles=[Role.SUPERVISOR]) for _ in range(3)),
    ]

    def approves(member: Member) -> str:
        try:
            services.approve(member, second.pk, version=second.version)
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(len(others)) as threads:
        assert sorted(threads.map(approves, others)) == ["approved", *["not_in_review"] * 3]
    assert list(RiskAudit.objects.filter(site=house.site, state=AuditState.APPROVED)) == [second]
    first.refresh_from_db()
    assert (first.state, first.superseded_at is not None) == (AuditState.SUPERSEDED, True)
    assert Entry.objects.filter(organisation=house.site.organisation, action="audit_superseded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_new_versions_begun_at_once_one_is_written() -> None:
    house = House()

    def begins(member: Member) -> str:
        try:
            services.begin(member, house.site.pk, services.Origin.TEMPLATE, "town")
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()
        return "begun"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(begins, [house.author, house.editor])) == ["begun", "one_is_written"]
    numbers = list(AuditedRisk.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert AuditEditor.objects.count() == 1

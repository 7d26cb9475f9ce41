"""Nobody approves what they wrote in, and nothing that was approved changes: in the service, and in the database itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from crisis.plans import approval, entered, services
from crisis.plans.approval import OwnWork
from crisis.plans.models import Plan, PlanEditor, PlanVersion, VersionState
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal, Status
from tests import factories
from tests.crisis.plans.conftest import RISK, House

pytestmark = pytest.mark.django_db


def sql(statement: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def save(actor: Member, plan: Plan, document: dict[str, Any]) -> PlanVersion:
    now = PlanVersion.objects.get(plan=plan, state=VersionState.DRAFT)
    return services.save_draft(actor, plan.pk, document, RISK, edits=now.edits)


def submitted(house: House, *others: Member) -> PlanVersion:
    """A version that waits for approval, in which these wrote after its author."""
    plan = house.plan()
    for number, other in enumerate(others):
        save(other, plan, house.document(house.message(name=f"Change {number}")))
    draft = PlanVersion.objects.get(plan=plan)
    return approval.submit(house.author, plan.pk, edits=draft.edits)


def approve_in_sql(version: PlanVersion, member: Member) -> None:
    sql(
        "UPDATE crisis_plans_planversion SET state = 'approved', approved_by_id = %s, approved_at = now(), "
        "digest = 'x' WHERE id = %s",
        member.pk,
        version.pk,
    )


def test_somebody_else_approves(house: House) -> None:
    version = submitted(house)
    approved = approval.approve(house.approver, version.plan_id, edits=version.edits)
    assert approved.state == VersionState.APPROVED
    assert approved.approved_by == house.approver
    kept = PlanVersion.objects.get(pk=version.pk)
    assert kept.digest == entered.digest(kept.document)
    assert Entry.objects.filter(action=Action.PLAN_APPROVED, details__digest=kept.digest).count() == 1


def test_an_author_cannot_approve_and_the_journal_keeps_that_it_was_tried(house: House) -> None:
    version = submitted(house)
    with pytest.raises(OwnWork) as refused:
        approval.approve(house.author, version.plan_id, edits=version.edits)
    assert "Somebody who did not must approve it" in refused.value.sentence()
    assert PlanVersion.objects.get(pk=version.pk).state == VersionState.IN_REVIEW
    (entry,) = Entry.objects.filter(action=Action.PLAN_APPROVAL_REFUSED)
    assert (entry.actor_id, entry.details["version"]) == (house.author.pk, 1)


def test_who_wrote_in_between_cannot_approve(house: House) -> None:
    middle, last = house.member(Role.ADMINISTRATOR), house.member(Role.ADMINISTRATOR)
    version = submitted(house, middle, last)
    for member in (middle, last):
        with pytest.raises(OwnWork):
            approval.approve(member, version.plan_id, edits=version.edits)
    assert approval.approve(house.colleague, version.plan_id, edits=version.edits).state == VersionState.APPROVED


def test_the_database_refuses_each_of_them_too(house: House) -> None:
    middle, last = house.member(Role.ADMINISTRATOR), house.member(Role.ADMINISTRATOR)
    version = submitted(house, middle, last)
    for member in (house.author, middle, last):
        with pytest.raises(IntegrityError):
            approve_in_sql(version, member)
    approve_in_sql(version, house.approver)


def test_who_wrote_by_hand_in_the_database_is_written_down_too(house: House) -> None:
    plan = house.plan()
    version = PlanVersion.objects.get(plan=plan)
    sql("UPDATE crisis_plans_planversion SET edited_by_id = %s WHERE id = %s", house.colleague.pk, version.pk)
    sql("UPDATE crisis_plans_planversion SET edited_by_id = %s WHERE id = %s", house.author.pk, version.pk)
    approval.submit(house.author, plan.pk, edits=version.edits)
    with pytest.raises(IntegrityError):
        approve_in_sql(version, house.colleague)


def test_who_wrote_stays_written_down(house: House) -> None:
    version = submitted(house, house.colleague)
    assert PlanEditor.objects.filter(version=version).count() == 2
    with pytest.raises(IntegrityError):
        sql("DELETE FROM crisis_plans_planeditor WHERE version_id = %s", version.pk)
    with pytest.raises(IntegrityError):
        sql("UPDATE crisis_plans_planeditor SET member_id = %s WHERE version_id = %s", house.approver.pk, version.pk)


@pytest.mark.parametrize(
    "change",
    [
        "document = '{}'",
        "state = 'draft', approved_by_id = NULL, approved_at = NULL, digest = ''",
        "risk = NULL",
        "digest = 'other'",
        "approved_at = now()",
        "number = 7",
        "edits = edits + 1",
    ],
)
def test_what_is_approved_never_changes(house: House, change: str) -> None:
    version = submitted(house)
    approval.approve(house.approver, version.plan_id, edits=version.edits)
    with pytest.raises(IntegrityError):
        sql(f"UPDATE crisis_plans_planversion SET {change} WHERE id = %s", version.pk)


def test_what_is_approved_is_not_deleted(house: House) -> None:
    version = submitted(house)
    approval.approve(house.approver, version.plan_id, edits=version.edits)
    with pytest.raises(IntegrityError):
        sql("DELETE FROM crisis_plans_planversion WHERE id = %s", version.pk)


def test_what_is_superseded_is_not_in_force_again(house: House) -> None:
    first = submitted(house)
    approval.approve(house.approver, first.plan_id, edits=first.edits)
    draft = services.new_draft(house.author, first.plan_id)
    second = approval.submit(house.author, first.plan_id, edits=draft.edits)
    approval.approve(house.approver, first.plan_id, edits=second.edits)
    assert PlanVersion.objects.get(pk=first.pk).state == VersionState.SUPERSEDED
    sql("UPDATE crisis_plans_planversion SET state = 'superseded' WHERE id = %s", second.pk)
    with pytest.raises(IntegrityError):
        sql("UPDATE crisis_plans_planversion SET state = 'approved' WHERE id = %s", first.pk)


def test_what_is_read_for_approval_does_not_change_under_the_readers_eyes(house: House) -> None:
    version = submitted(house)
    with pytest.raises(IntegrityError):
        sql("UPDATE crisis_plans_planversion SET document = '{}' WHERE id = %s", version.pk)
    with pytest.raises(IntegrityError):  # nor in the statement that approves it
        sql(
            "UPDATE crisis_plans_planversion SET document = '{}', state = 'approved', approved_by_id = %s, "
            "approved_at = now(), digest = 'x' WHERE id = %s",
            house.approver.pk,
            version.pk,
        )


def test_a_draft_is_not_approved_without_being_submitted(house: House) -> None:
    plan = house.plan()
    version = PlanVersion.objects.get(plan=plan)
    with pytest.raises(IntegrityError):
        approve_in_sql(version, house.approver)
    with pytest.raises(Refusal) as refused:
        approval.approve(house.approver, plan.pk, edits=version.edits)
    assert refused.value.code == "not_in_review"


def test_the_database_keeps_one_in_force_and_one_that_is_written(house: House) -> None:
    version = submitted(house)
    copy = "number, state, document, author_id, edited_by_id, edited_at, sent_back, digest, edits"
    with pytest.raises(IntegrityError):
        sql(
            f"INSERT INTO crisis_plans_planversion (id, organisation_id, plan_id, {copy}) "
            "SELECT gen_random_uuid(), organisation_id, plan_id, number + 1, 'draft', document, author_id, edited_by_id, "
            "edited_at, '', '', 1 FROM crisis_plans_planversion WHERE id = %s",
            version.pk,
        )


def test_what_was_read_is_what_is_approved(house: House) -> None:
    """Sent back, changed and submitted again while the approver had the page open: she is told."""
    version = submitted(house)
    sent = approval.send_back(house.approver, version.plan_id, "Say where to go.", edits=version.edits)
    assert (sent.state, sent.sent_back) == (VersionState.DRAFT, "Say where to go.")
    changed = save(house.author, version.plan, house.document(house.message(name="Another")))
    approval.submit(house.author, version.plan_id, edits=changed.edits)
    with pytest.raises(Refusal) as refused:
        approval.approve(house.approver, version.plan_id, edits=version.edits)
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", Status.CONFLICT)


def test_a_version_that_waits_is_not_written_in(house: House) -> None:
    version = submitted(house)
    with pytest.raises(Refusal) as refused:
        services.save_draft(house.author, version.plan_id, house.document(), None, edits=version.edits)
    assert refused.value.code == "in_review"


def test_sending_back_needs_a_reason_and_the_reason_stays_out_of_the_sealed_journal(house: House) -> None:
    version = submitted(house)
    with pytest.raises(Refusal) as refused:
        approval.send_back(house.approver, version.plan_id, "  ", edits=version.edits)
    assert "comment" in refused.value.field_sentences()
    approval.send_back(house.approver, version.plan_id, "Ask Camille Martin.", edits=version.edits)
    (entry,) = Entry.objects.filter(action=Action.PLAN_SENT_BACK)
    assert "Camille" not in str(entry.details)


def test_a_plan_with_a_hole_is_neither_submitted_nor_approved(house: House) -> None:
    plan = house.plan(house.message(words={"en": {"text": ""}}))
    version = PlanVersion.objects.get(plan=plan)
    with pytest.raises(Refusal) as refused:
        approval.submit(house.author, plan.pk, edits=version.edits)
    assert refused.value.code == "plan_has_holes"
    assert refused.value.field_sentences() == {"steps.0.words": "“Tell guards” has no words."}


def test_a_hole_that_opened_while_it_waited_stops_the_approval(house: House) -> None:
    version = submitted(house)
    house.organisation.people.update(removed_at=clock.now())
    with pytest.raises(Refusal) as refused:
        approval.approve(house.approver, version.plan_id, edits=version.edits)
    assert refused.value.code == "plan_has_holes"


def test_approving_needs_the_right_at_the_plans_site(house: House) -> None:
    elsewhere = factories.SiteFactory(organisation=house.organisation)
    other = factories.MemberFactory(site=elsewhere, roles=[Role.SUPERVISOR])
    version = submitted(house)
    with pytest.raises(Refusal) as refused:
        approval.approve(other, version.plan_id, edits=version.edits)
    assert refused.value.status is Status.NOT_FOUND

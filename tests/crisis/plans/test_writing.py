"""Plans begun, saved, copied, thrown away and removed; and what is refused while they are written."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from crisis.plans import approval, entered, parts, services
from crisis.plans.models import Plan, PlanEditor, PlanVersion, RulePlan, VersionState
from crisis.plans.parts import PartKind
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.directory.models import PersonList, Profile
from soc.people.on_call.models import Schedule
from soc.people.rights import Role
from soc.refusals import Refusal, Status
from tests import factories
from tests.crisis.plans.conftest import RISK, House

pytestmark = pytest.mark.django_db
SOMETHING = "6f8c2a52-3c5e-4a42-9a9e-1f6f0f0f0f0f"


def refused(house: House, document: Any) -> dict[str, str]:
    """The fields of the refusal to save this."""
    version = services.add_plan(house.author, house.site.pk, "Plan")
    with pytest.raises(Refusal) as told:
        services.save_draft(house.author, version.plan_id, document, None, edits=1)
    assert PlanVersion.objects.get(pk=version.pk).edits == 1
    return told.value.field_sentences()


def test_a_plan_begins_empty_in_the_organisations_language(house: House) -> None:
    version = services.add_plan(house.author, house.site.pk, " Intrusion ")
    assert (version.plan.name, version.number, version.state) == ("Intrusion", 1, VersionState.DRAFT)
    assert version.content.languages == ("en",)
    assert not version.content.steps
    assert [one.member for one in PlanEditor.objects.filter(version=version)] == [house.author]


def test_a_name_is_given_once_at_a_site(house: House) -> None:
    services.add_plan(house.author, house.site.pk, "Fire")
    with pytest.raises(Refusal) as told:
        services.add_plan(house.author, house.site.pk, "Fire")
    assert "name" in told.value.field_sentences()
    services.add_plan(house.author, factories.SiteFactory(organisation=house.organisation).pk, "Fire")


def test_who_prepares_at_another_site_begins_no_plan_here(house: House) -> None:
    other = factories.MemberFactory(
        site=factories.SiteFactory(organisation=house.organisation), roles=[Role.ADMINISTRATOR]
    )
    with pytest.raises(Refusal) as told:
        services.add_plan(other, house.site.pk, "Plan")
    assert "site" in told.value.field_sentences()


def test_a_draft_is_saved_as_a_whole_and_who_saved_is_written_down(house: House) -> None:
    plan = house.plan()
    saved = services.save_draft(house.colleague, plan.pk, house.document(house.message("b")), RISK, edits=2)
    assert (saved.edits, saved.edited_by) == (3, house.colleague)
    assert [step.key for step in saved.content.steps] == ["b"]
    assert {one.member for one in PlanEditor.objects.filter(version=saved)} == {house.author, house.colleague}
    entry = Entry.objects.filter(action=Action.PLAN_EDITED).latest("pk")
    assert (entry.details["steps_added"], entry.details["steps_removed"]) == (["b"], ["guards"])


def test_saving_what_is_there_already_makes_nobody_an_editor(house: House) -> None:
    plan = house.plan()
    saved = services.save_draft(house.colleague, plan.pk, house.document(), RISK, edits=2)
    assert saved.edits == 2
    assert {one.member for one in PlanEditor.objects.filter(version=saved)} == {house.author}


def test_a_colleague_who_was_first_is_told(house: House) -> None:
    plan = house.plan()
    services.save_draft(house.colleague, plan.pk, house.document(house.message("b")), RISK, edits=2)
    with pytest.raises(Refusal) as told:
        services.save_draft(house.author, plan.pk, house.document(house.message("c")), RISK, edits=2)
    assert (told.value.code, told.value.status) == ("changed_meanwhile", Status.CONFLICT)


@pytest.mark.parametrize(
    ("words", "field", "says"),
    [
        ({"text": "Go to {sote}."}, "document.steps.0.words.en.text", "Did you mean {site}?"),
        ({"text": "x", "short": "{"}, "document.steps.0.words.en.short", "is not closed"),
        ({"text": "x", "spoken": "100 % {zone}} sure"}, "document.steps.0.words.en.spoken", "was not opened"),
        ({"text": "x", "plain": "{site.organisation}"}, "document.steps.0.words.en.plain", "{site.organisation}"),
        ({"text": "x", "subject": "{0}"}, "document.steps.0.words.en.subject", "is no known name"),
    ],
)
def test_a_template_with_an_unknown_name_is_refused_at_saving(
    house: House, words: dict[str, str], field: str, says: str
) -> None:
    told = refused(house, house.document(house.message(words={"en": words})))
    assert list(told) == [field]
    assert says in told[field]


def test_unknown_names_are_found_wherever_a_text_is_sent(house: House) -> None:
    steps = [house.message(), {"kind": "instruction", "key": "i", "name": "Say", "words": {"en": "{nobody}"}}]
    told = refused(house, house.document(*steps, stand_down={"en": {"text": "{over}"}}))
    assert set(told) == {"document.steps.1.words.en", "document.stand_down.en.text"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ways": []}, "document.steps.0.ways"),
        ({"ways": [{"channel": "pigeon"}]}, "document.steps.0.ways.0.channel"),
        ({"delay_s": -1}, "document.steps.0.delay_s"),
        ({"delay_s": 86_401}, "document.steps.0.delay_s"),
        ({"key": "Two words"}, "document.steps.0.key"),
        ({"kind": "dance"}, "document.steps.0"),
        ({"colour": "red"}, "document.steps.0.colour"),
        ({"to": {"groups": []}}, "document.steps.0.to.groups"),
        ({"to": {"groups": [{"kind": "role", "role": "king"}]}}, "document.steps.0.to.groups.0.role"),
        ({"to": {"groups": [{"kind": "list", "list": 7}]}}, "document.steps.0.to.groups.0.list"),
        (
            {"to": {"groups": [{"kind": "area", "name": "x" * 81, "outline": [[0, 0], [0, 1], [1, 1]]}]}},
            "document.steps.0.to.groups.0.name",
        ),
        ({"words": {"English": {"text": "x"}}}, "document.steps.0.words.English"),
        ({"name": "x" * 121}, "document.steps.0.name"),
        ({"name": "nul\x00"}, "document.steps.0.name"),
    ],
)
def test_a_document_that_is_none_is_refused_with_the_field(house: House, change: dict[str, Any], field: str) -> None:
    told = refused(house, house.document(house.message(**change)))
    assert list(told) == [field]
    assert told[field]


@pytest.mark.parametrize("document", [None, [], "plan", 7, {}, {"languages": []}, {"languages": ["en", "en"]}])
def test_what_is_no_document_at_all_is_refused(house: House, document: Any) -> None:
    assert refused(house, document)


@pytest.mark.parametrize("corner", [[91, 0], [0, 181], [1e400, 0], ["north", 0], [0]])
def test_a_corner_that_is_not_on_earth_is_refused(house: House, corner: list[Any]) -> None:
    area = {"groups": [{"kind": "area", "outline": [[0, 0], [0, 1], corner]}]}
    (field,) = refused(house, house.document(house.message(to=area)))
    assert field.startswith("document.steps.0.to.groups.0.outline.2")


def test_a_document_that_is_nested_without_end_is_refused(house: House) -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    assert refused(house, house.document(help_to=deep))


def test_a_document_that_is_too_large_is_refused(house: House) -> None:
    long = {f"a{letter}": {"text": "x" * 4000} for letter in "abcdefghijklmnopqrst"}
    steps = [house.message(f"step-{number}", words=long) for number in range(6)]
    assert refused(house, house.document(*steps)) == {"document": "This plan is too large."}


@pytest.mark.parametrize(
    ("group", "field"),
    [
        ({"kind": "profile", "profile": SOMETHING}, "profile"),
        ({"kind": "list", "list": SOMETHING}, "list"),
        ({"kind": "people", "people": [SOMETHING]}, "people.0"),
        ({"kind": "site", "site": SOMETHING}, "site"),
        ({"kind": "on_call", "schedule": SOMETHING}, "schedule"),
    ],
)
def test_an_id_that_is_nothing_is_refused(house: House, group: dict[str, Any], field: str) -> None:
    told = refused(house, house.document(house.message(to={"groups": [group]})))
    assert list(told) == [f"document.steps.0.to.groups.0.{field}"]


def test_what_is_another_organisations_is_refused_like_what_is_nothing(house: House) -> None:
    other = factories.SiteFactory()
    theirs = other.organisation
    groups = [
        {"kind": "profile", "profile": str(Profile.objects.create(organisation=theirs, name="P").pk)},
        {"kind": "list", "list": str(PersonList.objects.create(organisation=theirs, name="L").pk)},
        {"kind": "people", "people": [str(factories.PersonFactory(organisation=theirs).pk)]},
        {"kind": "site", "site": str(other.pk)},
        {
            "kind": "on_call",
            "schedule": str(Schedule.objects.create(organisation=theirs, name="S", timezone="Europe/Paris").pk),
        },
    ]
    told = refused(house, house.document(house.message(to={"groups": groups})))
    assert len(told) == len(groups)


def test_a_script_a_contact_and_a_risk_that_nobody_has_are_refused(house: House) -> None:
    steps = [
        {"kind": "devices", "key": "d", "name": "Doors", "script": SOMETHING},
        {"kind": "emergency", "key": "e", "name": "Police", "contact": SOMETHING, "how": "sheet"},
    ]
    assert set(refused(house, house.document(*steps))) == {"document.steps.0.script", "document.steps.1.contact"}
    plan = house.plan()
    with pytest.raises(Refusal) as told:
        services.save_draft(house.author, plan.pk, house.document(), uuid.uuid4(), edits=2)
    assert list(told.value.field_sentences()) == ["risk"]


def test_what_nobody_can_check_yet_is_saved_and_is_a_hole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(parts._CHECKERS, PartKind.SCRIPT)
    plan = house.plan(house.message(), {"kind": "devices", "key": "d", "name": "Doors", "script": SOMETHING})
    version = PlanVersion.objects.get(plan=plan)
    with pytest.raises(Refusal) as told:
        approval.submit(house.author, plan.pk, edits=version.edits)
    assert told.value.field_sentences() == {"steps.1.script": "The script of “Doors” is not known."}


def test_what_a_plan_named_before_may_stay_when_it_has_gone(house: House) -> None:
    """Otherwise nothing of the plan could be saved until somebody found the one that is gone."""
    profile = Profile.objects.create(organisation=house.organisation, name="Staff")
    to = {"groups": [{"kind": "profile", "profile": str(profile.pk)}]}
    plan = house.plan(house.message(to=to))
    profile.delete()
    saved = services.save_draft(house.author, plan.pk, house.document(house.message(to=to, name="N")), RISK, edits=2)
    assert saved.edits == 3


def test_a_next_version_begins_as_the_one_in_force(house: House) -> None:
    plan = house.plan()
    draft = PlanVersion.objects.get(plan=plan)
    with pytest.raises(Refusal) as told:
        services.new_draft(house.author, plan.pk)
    assert told.value.code == "one_is_written"
    waiting = approval.submit(house.author, plan.pk, edits=draft.edits)
    approved = approval.approve(house.approver, plan.pk, edits=waiting.edits)
    version = services.new_draft(house.colleague, plan.pk)
    assert (version.number, version.author, version.risk) == (2, house.colleague, RISK)
    assert version.document == approved.document


def test_a_draft_can_be_thrown_away_and_what_is_in_force_stays(house: House) -> None:
    plan = house.plan()
    with pytest.raises(Refusal) as told:
        services.discard_draft(house.author, plan.pk)
    assert told.value.code == "only_version"
    waiting = approval.submit(house.author, plan.pk, edits=2)
    approval.approve(house.approver, plan.pk, edits=waiting.edits)
    services.new_draft(house.author, plan.pk)
    services.discard_draft(house.author, plan.pk)
    assert [one.state for one in PlanVersion.objects.filter(plan=plan)] == [VersionState.APPROVED]
    assert services.new_draft(house.author, plan.pk).number == 2


def test_a_copy_says_of_its_own_site_what_the_other_said_of_its(house: House) -> None:
    source = house.plan(help_to=house.everybody())
    other = factories.SiteFactory(organisation=house.organisation)
    copy = services.add_plan(house.colleague, other.pk, "Copy", copy_of=source.pk)
    assert str(house.site.pk) not in str(copy.document)
    assert str(copy.document).count(str(other.pk)) == 2
    assert copy.risk is None  # of another site's audit
    here = services.add_plan(house.colleague, house.site.pk, "Copy", copy_of=source.pk)
    assert here.risk == RISK


def test_a_plan_out_of_reach_is_not_copied(house: House) -> None:
    theirs = factories.PlanVersionFactory()
    with pytest.raises(Refusal) as told:
        services.add_plan(house.author, house.site.pk, "Copy", copy_of=theirs.plan_id)
    assert "copy_of" in told.value.field_sentences()


def test_a_removed_plan_is_gone_for_everybody_and_no_rule_starts_it(house: House) -> None:
    plan = house.plan()
    camera = factories.CameraFactory(site=house.site)
    factories.RulePlanFactory(rule=factories.RuleFactory(camera=camera), plan=plan)
    services.remove_plan(house.author, plan.pk)
    assert not RulePlan.objects.exists()
    assert PlanVersion.objects.filter(plan=plan).exists()
    with pytest.raises(Refusal) as told:
        services.save_draft(house.author, plan.pk, house.document(), None, edits=2)
    assert told.value.status is Status.NOT_FOUND
    services.add_plan(house.author, house.site.pk, plan.name)


def test_a_plan_under_way_is_not_removed(house: House) -> None:
    plan = house.plan()
    parts.register_under_way(lambda pk: pk == plan.pk)
    with pytest.raises(Refusal) as told:
        services.remove_plan(house.author, plan.pk)
    assert told.value.code == "under_way"
    assert Plan.objects.get(pk=plan.pk).removed_at is None


def test_a_plan_is_renamed_unless_a_colleague_was_first(house: House) -> None:
    plan = house.plan()
    services.rename_plan(house.author, plan.pk, "Another", version=1)
    with pytest.raises(Refusal) as told:
        services.rename_plan(house.colleague, plan.pk, "Third", version=1)
    assert told.value.code == "changed_meanwhile"


def test_browsers_are_told_which_version_stands_how(house: House) -> None:
    plan = house.plan()
    approval.submit(house.author, plan.pk, edits=2)
    told = [event.payload for event in FeedEvent.objects.filter(kind="response_plan.changed").order_by("number")]
    assert [(one["number"], one["state"]) for one in told] == [(1, "draft"), (1, "draft"), (1, "in_review")]
    assert {one["plan"] for one in told} == {str(plan.pk)}


def test_no_text_of_a_plan_goes_into_the_journal(house: House) -> None:
    house.plan(house.message(words={"en": {"text": "Ask Camille Martin."}}))
    assert "Camille" not in str(list(Entry.objects.values_list("details", flat=True)))


def test_a_digest_is_over_the_canonical_form(house: House) -> None:
    version = house.version()
    shuffled = dict(reversed(version.document.items()))
    assert entered.digest(version.document) == entered.digest(shuffled)
    assert entered.digest(version.document) == entered.digest(entered.written(version.content))

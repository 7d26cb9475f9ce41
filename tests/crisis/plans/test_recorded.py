"""A plan's recordings: what is missing or wrong about them is said before it is approved."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage

from alerts.channels.recordings import services
from alerts.channels.recordings.models import SoundRecording
from crisis.plans import plugs
from crisis.plans import services as plans
from crisis.plans.changes import changes
from crisis.plans.content import InstructionStep, PlanContent
from crisis.plans.hole import Hole, HoleCode, Weight
from crisis.plans.holes import holes
from crisis.plans.parts import PartKind
from crisis.plans.services import save_draft
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.plans.conftest import Document, House, Known

pytestmark = pytest.mark.django_db
WORDS = {"en": "Stay inside.", "fr": "Restez à l’intérieur."}


def say(**recordings: UUID) -> Document:
    named = {language: str(one) for language, one in recordings.items()}
    return {"kind": "instruction", "key": "inside", "name": "Stay inside", "words": WORDS, "recordings": named}


@pytest.fixture(autouse=True)
def _known(rooms: dict[PartKind, Known], monkeypatch: pytest.MonkeyPatch) -> None:
    from crisis.plans import parts

    monkeypatch.setitem(parts._CHECKERS, PartKind.RECORDING, plugs.recordings)


def recording(house: House, language: str = "en", text: str = "") -> SoundRecording:
    return factories.SoundRecordingFactory(site=house.site, language=language, text=text or WORDS[language])


def found(house: House, **recordings: UUID) -> dict[HoleCode, Hole]:
    document = house.document(house.message(), say(**recordings), languages=["en", "fr"])
    version = factories.PlanVersionFactory(
        plan=factories.ResponsePlanFactory(site=house.site), document=document, author=house.author
    )
    return {hole.code: hole for hole in holes(version) if hole.code.startswith("recording")}


def test_recordings_in_every_language_are_no_hole(house: House) -> None:
    assert found(house, en=recording(house).pk, fr=recording(house, "fr").pk) == {}
    assert found(house) == {}


def test_a_language_without_a_recording_is_told(house: House) -> None:
    missing = found(house, en=recording(house).pk)[HoleCode.RECORDING_MISSING]
    assert (missing.weight, missing.field, missing.step) == (Weight.WARNS, "steps.1.recordings.fr", "inside")
    assert "French" in missing.sentence


def test_a_recording_that_is_not_there_stops_the_approval(house: House) -> None:
    elsewhere = factories.SoundRecordingFactory(text=WORDS["en"])
    for gone in (uuid4(), elsewhere.pk):
        assert found(house, en=gone)[HoleCode.RECORDING_UNKNOWN].stops


def test_a_recording_whose_sound_was_lost_stops_the_approval(house: House) -> None:
    made = recording(house)
    default_storage.delete(str(made.file.name))
    assert found(house, en=made.pk)[HoleCode.RECORDING_FAULT].stops


def test_a_recording_in_another_language_stops_the_approval(house: House) -> None:
    assert found(house, fr=recording(house, "en").pk)[HoleCode.RECORDING_LANGUAGE].stops


def test_other_words_than_those_shown_are_told(house: House) -> None:
    other = found(house, en=recording(house, text="Leave the building.").pk)[HoleCode.RECORDING_WORDS]
    assert other.weight is Weight.WARNS
    assert HoleCode.RECORDING_WORDS not in found(house, en=recording(house, text="stay  inside.").pk)


def test_what_was_taken_off_the_list_goes_on_in_the_plan_that_names_it(house: House) -> None:
    made = recording(house)
    services.remove(house.member(Role.ADMINISTRATOR), made.pk)
    assert set(found(house, en=made.pk)) == {HoleCode.RECORDING_MISSING}


def test_a_writer_names_no_recording_of_another_organisation(house: House) -> None:
    stranger = factories.SoundRecordingFactory()
    plan = house.plan(house.message())
    draft = plan.versions.get()
    with pytest.raises(Refusal) as refused:
        save_draft(house.author, plan.pk, house.document(house.message(), say(en=stranger.pk)), None, edits=draft.edits)
    assert set(refused.value.fields) == {"document.steps.1.recordings.en"}


def test_another_recording_is_a_change_in_words(house: House) -> None:
    before, after = (PlanContent.model_validate(house.document(say(en=uuid4()))) for _ in range(2))
    (change,) = changes(before, after)
    assert change.sentences == ("Its recording has changed: English.",)


def test_recordings_of_plans_in_force_or_being_written_are_needed(house: House) -> None:
    made, old = recording(house), recording(house)
    plan = factories.ResponsePlanFactory(site=house.site)
    factories.PlanVersionFactory(plan=plan, document=house.document(say(en=made.pk)), author=house.author)
    gone = factories.ResponsePlanFactory(site=house.site, removed_at=made.made_at)
    factories.PlanVersionFactory(plan=gone, document=house.document(say(en=old.pk)), author=house.author)
    assert plugs.recordings_named(house.site.organisation_id) == {made.pk}


def test_a_copy_for_another_site_takes_no_recordings_along(house: House) -> None:
    made = recording(house)
    document = house.document(house.message(), say(en=made.pk), languages=["en", "fr"])
    source = factories.PlanVersionFactory(
        plan=factories.ResponsePlanFactory(site=house.site), document=document, author=house.author
    )
    other = factories.SiteFactory(organisation=house.site.organisation)
    for site, kept in ((house.site, {"en": made.pk}), (other, {})):
        copy = plans.add_plan(house.author, site.pk, f"Copy at {site.name}", copy_of=source.plan_id)
        step = copy.content.step("inside")
        assert isinstance(step, InstructionStep)
        assert step.recordings == kept

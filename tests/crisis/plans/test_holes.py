"""The holes of a plan, one by one: each is found, is said in a sentence, and stops the approval or does not."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override

from crisis.plans import parts, plugs
from crisis.plans.content import Contacting
from crisis.plans.hole import Hole, HoleCode, Weight
from crisis.plans.holes import holes, stopping
from crisis.plans.models import PlanVersion
from crisis.plans.parts import Part, PartKind
from soc import clock
from soc.people.directory.models import ListEntry, PersonList, PersonProfile, Profile
from soc.people.models import Site
from soc.people.on_call.models import Override
from soc.people.rights import Role
from tests import factories
from tests.crisis.plans.conftest import RISK, Document, House, Known

pytestmark = pytest.mark.django_db
SCRIPT, CONTACT = uuid.uuid4(), uuid.uuid4()
Steps = Callable[[House], list[Document]]


def task(key: str, **fields: Any) -> Document:
    return {"kind": "task", "key": key, "name": f"Do {key}", "role": "Agent", **fields}


def instruction(key: str, **words: str) -> Document:
    return {"kind": "instruction", "key": key, "name": f"Say {key}", "words": words}


def devices() -> Document:
    return {"kind": "devices", "key": "doors", "name": "Lock doors", "script": str(SCRIPT)}


def emergency(how: str = "sheet", contact: UUID | None = CONTACT) -> Document:
    return {
        "kind": "emergency",
        "key": "police",
        "name": "Police",
        "how": how,
        "contact": str(contact) if contact else None,
    }


def kept(house: House, document: Document, risk: UUID | None = RISK) -> PlanVersion:
    """A version that says this, as it might have come to be: the saving would have refused some of it."""
    plan = factories.ResponsePlanFactory(site=house.site)
    return factories.PlanVersionFactory(plan=plan, document=document, risk=risk, author=house.author)


def found(version: PlanVersion) -> dict[HoleCode, Hole]:
    return {hole.code: hole for hole in holes(version)}


def test_a_whole_plan_has_no_hole(house: House) -> None:
    assert holes(kept(house, house.document())) == ()


BROKEN: list[tuple[str, Steps, HoleCode, str | None, str]] = [
    ("no step", lambda _: [], HoleCode.NO_STEP, None, "steps"),
    ("same key", lambda h: [h.message(), task("guards")], HoleCode.SAME_KEY, "guards", "steps.1.key"),
    ("after nothing", lambda h: [h.message(after="nobody")], HoleCode.AFTER_NOTHING, "guards", "steps.0.after"),
    ("after itself", lambda h: [h.message(after="guards")], HoleCode.AFTER_ITSELF, "guards", "steps.0.after"),
    (
        "unless nothing",
        lambda h: [h.message(unless={"step": "nobody"})],
        HoleCode.UNLESS_NOTHING,
        "guards",
        "steps.0.unless.step",
    ),
    (
        "unless itself",
        lambda h: [h.message(unless={"step": "guards"})],
        HoleCode.AFTER_ITSELF,
        "guards",
        "steps.0.unless.step",
    ),
    (
        "unless of a task",
        lambda h: [h.message(), task("a"), task("b", unless={"step": "a"}, delay_s=9)],
        HoleCode.UNLESS_NO_ANSWER,
        "b",
        "steps.2.unless.step",
    ),
    (
        "unless of a message that asks nothing",
        lambda h: [h.message(choices=[]), task("b", unless={"step": "guards"}, delay_s=9)],
        HoleCode.UNLESS_NO_ANSWER,
        "b",
        "steps.1.unless.step",
    ),
    (
        "unless at the same moment",
        lambda h: [h.message(), task("b", unless={"step": "guards"})],
        HoleCode.UNLESS_TOO_SOON,
        "b",
        "steps.1.delay_s",
    ),
    ("circle", lambda h: [h.message(), task("a", after="b"), task("b", after="a")], HoleCode.CIRCLE, "a", "steps.1"),
    (
        "too late",
        lambda h: [h.message(delay_s=86_000), task("b", after="guards", delay_s=500)],
        HoleCode.TOO_LATE,
        "b",
        "steps.1.delay_s",
    ),
    ("no words", lambda h: [h.message(words={"en": {"text": " "}})], HoleCode.NO_WORDS, "guards", "steps.0.words"),
    (
        "message not in a language",
        lambda h: [h.message(words={"fr": {"text": "Bonjour"}})],
        HoleCode.LANGUAGE_MISSING,
        "guards",
        "steps.0.words.en",
    ),
    (
        "instruction not in a language",
        lambda h: [h.message(), instruction("inside", fr="Restez")],
        HoleCode.LANGUAGE_MISSING,
        "inside",
        "steps.1.words.en",
    ),
    (
        "two answers of one key",
        lambda h: [h.message(choices=[{"key": "1", "kind": "safe"}, {"key": "1", "kind": "help"}])],
        HoleCode.SAME_CHOICE,
        "guards",
        "steps.0.choices",
    ),
    (
        "nobody",
        lambda h: [h.message(to={"groups": [{"kind": "role", "role": "auditor"}]})],
        HoleCode.NOBODY,
        "guards",
        "steps.0.to",
    ),
    (
        "no way reaches anybody",
        lambda h: [h.message(ways=[{"channel": "email"}])],
        HoleCode.UNREACHED,
        "guards",
        "steps.0.ways",
    ),
    ("script not known", lambda h: [h.message(), devices()], HoleCode.SCRIPT_UNKNOWN, "doors", "steps.1.script"),
    ("contact not known", lambda h: [h.message(), emergency()], HoleCode.CONTACT_UNKNOWN, "police", "steps.1.contact"),
    (
        "no contact",
        lambda h: [h.message(), emergency(contact=None)],
        HoleCode.NO_CONTACT,
        "police",
        "steps.1.contact",
    ),
]


@pytest.mark.parametrize(
    ("steps", "code", "step", "field"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_hole_stops_the_approval(house: House, steps: Steps, code: HoleCode, step: str | None, field: str) -> None:
    version = kept(house, {**house.document(), "steps": steps(house)})
    hole = found(version)[code]
    assert (hole.step, hole.field, hole.weight) == (step, field, Weight.STOPS)
    assert hole.sentence.endswith(".")
    with override("fr"):
        assert found(version)[code].sentence != hole.sentence


@pytest.mark.parametrize("kind", ["profile", "list", "people", "site", "on_call"])
def test_what_is_gone_is_a_hole(house: House, kind: str) -> None:
    names = {"profile": "profile", "list": "list", "people": "people", "site": "site", "on_call": "schedule"}
    codes = {
        "profile": HoleCode.PROFILE_GONE,
        "list": HoleCode.LIST_GONE,
        "people": HoleCode.PERSON_GONE,
        "site": HoleCode.SITE_GONE,
        "on_call": HoleCode.SCHEDULE_GONE,
    }
    gone: Any = [str(uuid.uuid4())] if kind == "people" else str(uuid.uuid4())
    groups = [*house.everybody()["groups"], {"kind": kind, names[kind]: gone}]
    hole = found(kept(house, house.document(house.message(to={"groups": groups}))))[codes[kind]]
    assert hole.stops
    assert hole.step == "guards"
    assert hole.field.startswith(f"steps.0.to.groups.1.{names[kind]}")


def test_who_was_removed_is_a_hole_and_is_counted_no_more(house: House) -> None:
    gone = house.person(removed_at=clock.now())
    version = kept(house, house.document(house.message(to={"groups": [{"kind": "people", "people": [str(gone.pk)]}]})))
    assert {HoleCode.PERSON_GONE, HoleCode.NOBODY} <= set(found(version))


def test_a_plan_that_says_nothing_at_the_end_or_not_in_each_language(house: House) -> None:
    assert found(kept(house, house.document(stand_down={})))[HoleCode.NO_STAND_DOWN].stops
    words = {"en": {"text": "x"}, "fr": {"text": "x"}}
    hole = found(kept(house, house.document(house.message(words=words), languages=["en", "fr"])))
    assert hole[HoleCode.LANGUAGE_MISSING].field == "stand_down.fr"
    assert hole[HoleCode.LANGUAGE_MISSING].sentence == "The message at the end has no words in this language: French."


def test_a_plan_that_names_no_risk_or_one_that_is_not_in_force(house: House, rooms: dict[PartKind, Known]) -> None:
    assert found(kept(house, house.document(), None))[HoleCode.NO_RISK].stops
    assert found(kept(house, house.document(), uuid.uuid4()))[HoleCode.RISK_UNKNOWN].stops
    rooms[PartKind.RISK].known[RISK] = Part("R3", warnings=("The audit’s review date is over.",))
    assert found(kept(house, house.document()))[HoleCode.RISK_UNKNOWN].weight is Weight.WARNS
    rooms[PartKind.RISK].known[RISK] = Part("R3", problems=("The audit was withdrawn.",))
    assert found(kept(house, house.document()))[HoleCode.RISK_UNKNOWN].sentence == "The audit was withdrawn."


def test_a_risk_that_nobody_can_check_is_a_hole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_CHECKERS", {})
    assert found(kept(house, house.document()))[HoleCode.RISK_UNKNOWN].stops


def test_languages_that_people_read_and_the_plan_lacks_are_counted(house: House) -> None:
    for language in ("fr", "fr", "ar"):
        house.person(language=language)
    told = [hole for hole in holes(kept(house, house.document())) if hole.code is HoleCode.LANGUAGE_READ]
    assert [hole.weight for hole in told] == [Weight.WARNS, Weight.WARNS]
    assert [hole.sentence for hole in told] == [
        "2 people read French, in which this plan says nothing.",
        "1 person reads Arabic, in which this plan says nothing.",
    ]


def test_a_way_that_reaches_nobody_of_its_step_is_told(house: House) -> None:
    hole = found(kept(house, house.document(house.message(ways=[{"channel": "sms"}, {"channel": "email"}]))))
    assert hole[HoleCode.WAY_REACHES_NOBODY].weight is Weight.WARNS
    assert hole[HoleCode.WAY_REACHES_NOBODY].sentence.startswith("E-mail reaches nobody")


def test_people_whom_no_way_reaches_are_told(house: House) -> None:
    house.person(phone=False)
    hole = found(kept(house, house.document()))[HoleCode.UNREACHED]
    assert (hole.weight, hole.sentence) == (Weight.WARNS, "No way of “Tell guards” reaches 1 person.")


def test_more_answers_than_people_are_told(house: House) -> None:
    step = task("b", unless={"step": "guards", "needed": 2}, delay_s=60)
    assert found(kept(house, house.document(house.message(), step)))[HoleCode.UNLESS_TOO_MANY].weight is Weight.WARNS
    house.person()
    assert HoleCode.UNLESS_TOO_MANY not in found(kept(house, house.document(house.message(), step)))


def test_nobody_to_tell_of_a_call_for_help_stops(house: House) -> None:
    hole = found(kept(house, house.document(help_to={"groups": [{"kind": "role", "role": "auditor"}]})))
    assert (hole[HoleCode.NOBODY].stops, hole[HoleCode.NOBODY].field) == (True, "help_to")


def test_a_message_without_a_call_for_help_is_told(house: House) -> None:
    document = house.document(house.message(choices=[{"key": "1", "kind": "safe"}]))
    assert found(kept(house, document))[HoleCode.NO_HELP_CHOICE].weight is Weight.WARNS
    assert HoleCode.NO_HELP_CHOICE not in found(kept(house, house.document(house.message(choices=[]))))


def test_answers_without_words_are_told_where_the_product_has_none(house: House) -> None:
    choices = [{"key": "1", "kind": "help"}, {"key": "2", "kind": "other", "words": {"en": "I see it"}}]
    words = {language: {"text": "x"} for language in ("en", "de")}
    document = house.document(house.message(words=words, choices=choices), languages=["en", "de"], stand_down=words)
    told = [hole.field for hole in holes(kept(house, document)) if hole.code is HoleCode.CHOICE_WORDS]
    assert told == ["steps.0.choices.0.words.de", "steps.0.choices.1.words.de"]


def test_an_sms_of_more_than_six_segments_is_told(house: House) -> None:
    long = house.document(house.message(words={"en": {"text": "x" * 2000}}))
    assert HoleCode.LONG_SMS not in found(kept(house, long))  # nobody can count
    parts.register_segments(lambda text: -(-len(text) // 153))
    hole = found(kept(house, long))[HoleCode.LONG_SMS]
    assert (hole.weight, hole.field) == (Weight.WARNS, "steps.0.words.en.short")
    short = house.document(house.message(words={"en": {"text": "x" * 2000, "short": "{alert}"}}))
    assert HoleCode.LONG_SMS not in found(kept(house, short))
    mail = house.document(house.message(words={"en": {"text": "x" * 2000}}, ways=[{"channel": "email"}]))
    assert HoleCode.LONG_SMS not in found(kept(house, mail))


def test_a_script_with_faults_stops_and_one_that_locks_says_that_it_waits(
    house: House, rooms: dict[PartKind, Known]
) -> None:
    rooms[PartKind.SCRIPT].known[SCRIPT] = Part("Doors", locks=True, warnings=("Door 3 was last seen yesterday.",))
    told = holes(kept(house, house.document(house.message(), devices())))
    assert [(hole.code, hole.weight) for hole in told] == [
        (HoleCode.SCRIPT_FAULT, Weight.WARNS),
        (HoleCode.LOCKS, Weight.TELLS),
    ]
    rooms[PartKind.SCRIPT].known[SCRIPT] = Part("Doors", problems=("There is no such device.",))
    assert found(kept(house, house.document(house.message(), devices())))[HoleCode.SCRIPT_FAULT].stops


def test_an_automatic_call_to_an_emergency_number_is_refused(house: House, rooms: dict[PartKind, Known]) -> None:
    why = "17 is not called automatically: somebody calls and reads the sheet."
    rooms[PartKind.CONTACT].known[CONTACT] = Part("Police", refused={Contacting.CALL: why})
    hole = found(kept(house, house.document(house.message(), emergency("call"))))[HoleCode.CONTACT_REFUSED]
    assert (hole.stops, hole.sentence, hole.field) == (True, why, "steps.1.how")
    assert holes(kept(house, house.document(house.message(), emergency("sheet")))) == ()


def test_a_contact_that_is_called_by_itself_waits_for_the_verification(
    house: House, rooms: dict[PartKind, Known]
) -> None:
    rooms[PartKind.CONTACT].known[CONTACT] = Part("Alarm company")
    hole = found(kept(house, house.document(house.message(), emergency("call"))))[HoleCode.LOCKS]
    assert hole.weight is Weight.TELLS


def test_a_cap_message_needs_no_contact(house: House) -> None:
    assert holes(kept(house, house.document(house.message(), emergency("cap", None)))) == ()


class OnCall:
    """A plan for whoever is on call, and a schedule on which somebody is for the hours that a test says."""

    def __init__(self, house: House) -> None:
        self.schedule = factories.ScheduleFactory(organisation=house.organisation, name="Guards")
        self.guard, self.began = house.person(), clock.now()
        parts.register_gaps(plugs.gaps)
        to = {"groups": [{"kind": "on_call", "schedule": str(self.schedule.pk)}]}
        self.version = kept(house, house.document(house.message(to=to)))

    def covered(self, since_h: float, until_h: float = 60 * 24) -> None:
        """Somebody is on call between so many hours from now."""
        factories.OverrideFactory(
            schedule=self.schedule,
            person=self.guard,
            starts_at=self.began + dt.timedelta(hours=since_h),
            ends_at=self.began + dt.timedelta(hours=until_h),
        )


def test_hours_without_anybody_on_call_are_told(house: House) -> None:
    on_call = OnCall(house)
    on_call.covered(-1, 100)
    on_call.covered(100)
    assert holes(on_call.version) == ()
    Override.objects.filter(schedule=on_call.schedule).latest("starts_at").delete()
    on_call.covered(108)
    hole = found(on_call.version)[HoleCode.ON_CALL_GAP]
    assert hole.weight is Weight.WARNS
    assert hole.sentence.startswith("Nobody is on call at 1 time in the next 30 days")


def test_nobody_on_call_at_this_hour_is_told_and_nobody_ever_stops(house: House) -> None:
    on_call = OnCall(house)
    on_call.covered(8)
    assert found(on_call.version)[HoleCode.NOBODY].weight is Weight.WARNS
    Override.objects.filter(schedule=on_call.schedule).delete()
    assert found(on_call.version)[HoleCode.NOBODY].stops


def test_hours_that_nobody_can_check_are_told_and_nobody_now_stops(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_call = OnCall(house)
    monkeypatch.setattr(parts, "_GAPS", [])
    told = found(on_call.version)
    assert told[HoleCode.ON_CALL_UNKNOWN].weight is Weight.WARNS
    assert told[HoleCode.NOBODY].stops


def test_what_stops_comes_first(house: House) -> None:
    house.person(language="fr", phone=False)
    weights = [hole.weight for hole in holes(kept(house, house.document(stand_down={})))]
    assert weights == sorted(weights, key=list(Weight).index)
    assert len(stopping(holes(kept(house, house.document(stand_down={}))))) == 1


def test_groups_that_are_there_are_no_holes(house: House) -> None:
    person = house.person()
    profile = Profile.objects.create(organisation=house.organisation, name="Staff")
    PersonProfile.objects.create(organisation=house.organisation, profile=profile, person=person)
    listed = PersonList.objects.create(organisation=house.organisation, name="Cell")
    ListEntry.objects.create(organisation=house.organisation, list=listed, person=person)
    site: Site = house.site
    factories.PersonFactory(organisation=house.organisation, member=house.member(Role.AGENT))
    groups = [
        {"kind": "profile", "profile": str(profile.pk)},
        {"kind": "list", "list": str(listed.pk)},
        {"kind": "people", "people": [str(person.pk)]},
        {"kind": "site", "site": str(site.pk)},
    ]
    assert holes(kept(house, house.document(house.message(to={"groups": groups})))) == ()

"""Promise 9: which facts a camera and a rule need, by the kind of place, and the sentences that say so."""

from __future__ import annotations

import datetime as dt

import pytest

from detection.lawful import FRAMES, Fact, LegalFrame, PlaceLaw, refusals, rule_refusals
from detection.models import Camera, PlaceKind
from soc import clock
from soc.people.models import Organisation

TODAY = dt.date(2026, 6, 1)
COMPLETE = {
    "purpose": "Safety of goods",
    "legal_basis": "Legitimate interest",
    "notice_displayed": True,
    "authorisation": "2026-0042",
    "authorised_until": dt.date(2031, 1, 1),
}
PUBLIC = [PlaceKind.OPEN_TO_PUBLIC, PlaceKind.PUBLIC_ROAD]


def camera(place: str, **facts: object) -> Camera:
    return Camera(organisation=Organisation(name="Ours"), place=place, **{**COMPLETE, **facts})


def missing(subject: Camera, today: dt.date = TODAY) -> set[Fact]:
    return {refusal.field for refusal in refusals(subject, today=today)}


@pytest.mark.parametrize("place", PlaceKind.values)
def test_a_camera_with_all_facts_may_be_watched(place: str) -> None:
    assert refusals(camera(place), today=TODAY) == []


def test_a_camera_without_a_kind_of_place_may_not() -> None:
    assert missing(camera("")) == {Fact.PLACE}


@pytest.mark.parametrize("place", PlaceKind.values)
@pytest.mark.parametrize("field", ["purpose", "legal_basis", "notice_displayed"])
def test_every_place_needs_purpose_basis_and_notice(place: str, field: str) -> None:
    assert missing(camera(place, **{field: False if field == "notice_displayed" else "  "})) == {Fact(field)}


@pytest.mark.parametrize("place", PUBLIC)
def test_public_places_need_an_authorisation_that_lasts(place: PlaceKind) -> None:
    assert missing(camera(place, authorisation="", authorised_until=None)) == {
        Fact.AUTHORISATION,
        Fact.AUTHORISED_UNTIL,
    }
    assert missing(camera(place, authorised_until=TODAY)) == set()
    assert missing(camera(place, authorised_until=TODAY - dt.timedelta(days=1))) == {Fact.AUTHORISED_UNTIL}


@pytest.mark.parametrize("place", [PlaceKind.PRIVATE, PlaceKind.WORKPLACE])
def test_private_places_need_no_authorisation(place: PlaceKind) -> None:
    assert missing(camera(place, authorisation="", authorised_until=None)) == set()
    assert rule_refusals(camera(place), purpose="Intrusion", today=TODAY) == []


@pytest.mark.parametrize("place", PUBLIC)
def test_a_security_rule_in_public_needs_the_text_that_authorises_it(place: PlaceKind) -> None:
    where = camera(place)
    fields = {refusal.field for refusal in rule_refusals(where, purpose="Intrusion", today=TODAY)}
    assert fields == {Fact.AUTHORISING_TEXT, Fact.AUTHORISED_FROM, Fact.AUTHORISED_UNTIL}

    def with_dates(start: dt.date, end: dt.date) -> list[str]:
        found = rule_refusals(
            where, purpose="I", authorising_text="Law 1", authorised_from=start, authorised_until=end, today=TODAY
        )
        return [str(refusal.sentence) for refusal in found]

    day = dt.timedelta(days=1)
    assert with_dates(TODAY, TODAY) == []
    assert with_dates(TODAY + day, TODAY + day) == ["The text that authorises this rule does not apply yet."]
    assert with_dates(TODAY - day, TODAY - day) == ["The text that authorises this rule applies no longer."]
    assert with_dates(TODAY + 3 * day, TODAY + day)[1] == "The text's last day lies before its first."


def test_a_rule_without_a_purpose_is_refused_anywhere() -> None:
    assert [refusal.field for refusal in rule_refusals(camera("private"), purpose=" ", today=TODAY)] == [Fact.PURPOSE]


def test_another_frame_is_data(monkeypatch: pytest.MonkeyPatch) -> None:
    lenient = LegalFrame("xx", {PlaceKind.PRIVATE: PlaceLaw(frozenset({Fact.NOTICE}), rule_needs_text=False)})
    monkeypatch.setitem(FRAMES, "xx", lenient)
    elsewhere = camera("private", purpose="", legal_basis="")
    elsewhere.organisation.legal_frame = "xx"
    assert missing(elsewhere) == set()


@pytest.mark.parametrize("frame", ["xx", ""])
def test_what_no_frame_describes_is_refused(frame: str) -> None:
    elsewhere = camera("private")
    elsewhere.organisation.legal_frame = frame
    assert missing(elsewhere) == {Fact.PLACE}
    assert [refusal.field for refusal in rule_refusals(elsewhere, purpose="Intrusion", today=TODAY)] == [Fact.PLACE]
    assert "operator" in str(refusals(elsewhere)[0].sentence)


def test_an_authorisation_ends_at_midnight_of_the_organisation() -> None:
    moment = dt.datetime(2026, 5, 31, 22, 30, tzinfo=dt.UTC)  # half past midnight of 1 June in Paris
    clock.move(moment - clock.now())
    subject = camera("public_road", authorised_until=dt.date(2026, 5, 31))
    assert {refusal.field for refusal in refusals(subject)} == {Fact.AUTHORISED_UNTIL}
    subject.organisation.timezone = "UTC"
    assert refusals(subject) == []

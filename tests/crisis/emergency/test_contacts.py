"""Emergency contacts and their sheets: who may change them, what is agreed about whom, and what a person reads while calling."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crisis.emergency import automatic, selectors, services, sheets
from crisis.emergency.automatic import Allowed, Denied, Ground
from crisis.emergency.models import EmergencyContact, LineKind, SheetLine
from crisis.emergency.sheets import Line
from crisis.templates import Facts
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry, Personal
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.browser import Browser

AGREED: dict[str, Any] = {
    "may_call": True,
    "agreed_at": "2026-01-15",
    "agreed_with": "Lieutenant Martin",
    "agreement": "Letter of 15 January",
}
FULL = "04 76 00 00 00"


def add(desk: Browser, **body: Any) -> Any:
    return desk.post("emergency-contacts/", **{"name": "Fire station", "service": "fire", "number": FULL, **body})


def test_a_contact_is_added_with_its_number_as_entered_and_as_it_is_dialled(ada: Browser) -> None:
    answer = add(ada, number="1 8")
    assert answer.status_code == 201
    found = ada.get("emergency-contacts/").json()
    assert [(one["number"], one["tel"], one["number_kind"]) for one in found] == [("1 8", "tel:18", "emergency")]
    assert found[0]["calls"]["code"] == "emergency"
    assert ada.journalled() == ["emergency_contact_added"]
    assert FeedEvent.objects.get().kind == "emergency.changed"


@pytest.mark.parametrize("number", ["15", "1 7", "tel:18", "112", "0033 112", "+33 112", "1 1 4", "3018"])
def test_no_agreement_lets_the_system_call_an_emergency_or_short_number(ada: Browser, number: str) -> None:
    answer = add(ada, number=number, **AGREED)
    assert answer.status_code == 400
    assert answer.json()["code"] == "never_called"
    assert answer.json()["fields"]["may_call"]
    assert not EmergencyContact.objects.exists()


def test_a_full_number_may_be_called_once_that_is_agreed(ada: Browser) -> None:
    refused = add(ada, **{**AGREED, "agreed_with": " "})
    assert refused.status_code == 400
    assert "agreed_with" in refused.json()["fields"]
    assert add(ada, **{**AGREED, "agreed_at": None}).json()["fields"].keys() == {"agreed_at"}
    tomorrow_and_more = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date().isoformat()
    assert add(ada, **{**AGREED, "agreed_at": tomorrow_and_more}).json()["fields"].keys() == {"agreed_at"}
    made = add(ada, **AGREED).json()
    assert made["calls"] == {"allowed": True, "code": "", "sentence": ""}
    assert made["writes"]["code"] == "no_address"
    row = selectors.contact(ada.member.organisation_id, made["id"])
    assert row is not None
    assert automatic.may_call_automatically(row) == Allowed("+33476000000")


def test_what_was_agreed_falls_with_the_number_it_was_about(ada: Browser) -> None:
    made = add(ada, email="duty@fire.example", may_write=True, **AGREED).json()
    changed = ada.patch(f"emergency-contacts/{made['id']}/", version=1, number="04 76 00 00 01").json()
    assert (changed["may_call"], changed["may_write"]) == (False, True)
    assert changed["calls"]["code"] == "not_agreed"
    changed = ada.patch(f"emergency-contacts/{made['id']}/", version=2, email="new@fire.example", may_write=True).json()
    assert changed["may_write"] is False
    again = {"may_write": True, "agreed_at": "2026-02-01"}
    changed = ada.patch(f"emergency-contacts/{made['id']}/", version=3, email="third@fire.example", **again).json()
    assert changed["may_write"] is True


def test_a_number_that_becomes_an_emergency_number_is_not_called_any_more(ada: Browser) -> None:
    made = add(ada, **AGREED).json()
    answer = ada.patch(f"emergency-contacts/{made['id']}/", version=1, number="112", **AGREED)
    assert answer.json()["code"] == "never_called"
    answer = ada.patch(f"emergency-contacts/{made['id']}/", version=1, number="112")
    assert answer.json()["calls"]["code"] == "emergency"


def test_the_database_itself_keeps_short_numbers_from_being_called(ada: Browser) -> None:
    contact = factories.EmergencyContactFactory(organisation=ada.member.organisation)
    for forced in ({"may_call": True}, {"may_call": True, "normalised": "+33112"}, {"may_write": True}):
        day = {"agreed_at": dt.date(2026, 1, 1), "agreed_with": "x"}
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyContact.objects.filter(pk=contact.pk).update(**forced, **day)
    agreed = factories.EmergencyContactFactory(organisation=ada.member.organisation, agreed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyContact.objects.filter(pk=agreed.pk).update(agreed_at=None)


def test_who_was_removed_is_neither_called_nor_written_to(ada: Browser) -> None:
    contact = factories.EmergencyContactFactory(organisation=ada.member.organisation, agreed=True)
    assert automatic.may_write_automatically(contact) == Allowed("duty@service.example")
    assert ada.delete(f"emergency-contacts/{contact.pk}/").status_code == 204
    gone = selectors.contact(ada.member.organisation_id, contact.pk)
    assert gone is not None
    assert automatic.may_call_automatically(gone) == Denied(Ground.REMOVED)
    assert automatic.may_write_automatically(gone) == Denied(Ground.REMOVED)
    assert ada.get("emergency-contacts/").json() == []


@pytest.mark.parametrize("number", ["", "call them", "04 76 00", "+33 4 76 00 00 00 00"])
def test_a_contact_that_cannot_be_reached_is_refused(ada: Browser, number: str) -> None:
    answer = add(ada, number=number)
    assert answer.status_code == 400
    assert answer.json()["fields"].keys() == {"number"}
    assert ada.journalled() == []


def test_a_colleague_who_was_first_is_not_overwritten(ada: Browser) -> None:
    made = add(ada).json()
    assert ada.patch(f"emergency-contacts/{made['id']}/", version=1, name="First").status_code == 200
    answer = ada.patch(f"emergency-contacts/{made['id']}/", version=1, name="Second")
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")


def test_who_prepares_for_one_site_changes_nothing_of_all_sites(db: None) -> None:
    site = factories.SiteFactory()
    here = Browser(factories.MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    everywhere = factories.EmergencyContactFactory(organisation=site.organisation)
    assert [one["id"] for one in here.get("emergency-contacts/").json()] == [str(everywhere.pk)]
    assert here.patch(f"emergency-contacts/{everywhere.pk}/", version=1, name="Mine").status_code == 403
    assert here.delete(f"emergency-contacts/{everywhere.pk}/").status_code == 403
    assert add(here).status_code == 403
    own = add(here, site=str(site.pk))
    assert own.status_code == 201
    assert here.patch(f"emergency-contacts/{own.json()['id']}/", version=1, site=None).status_code == 403


def test_names_and_numbers_are_not_sealed_into_the_journal(ada: Browser) -> None:
    add(ada, **AGREED)
    entry = Entry.objects.get(action="emergency_contact_added")
    assert set(entry.details["after"]) == {"service", "position", "may_call", "may_write", "agreed_at"}
    personal = json.loads(Personal.objects.get(entry=entry).text)
    assert personal["after"]["number"] == FULL
    assert personal["after"]["agreed_with"] == "Lieutenant Martin"


def test_a_sheet_with_an_unknown_place_is_refused_and_says_which_line(ada: Browser) -> None:
    made = add(ada).json()
    lines = [{"kind": "where", "text": "At {site}"}, {"kind": "what", "text": "{allert} happens"}]
    answer = ada.post(f"emergency-contacts/{made['id']}/sheets/", language="en", lines=lines)
    assert answer.status_code == 400
    assert answer.json()["fields"] == {"lines.1.text": "{allert} is no known name. Did you mean {alert}?"}
    assert not SheetLine.objects.exists()


def test_a_sheet_is_written_changed_and_removed(ada: Browser) -> None:
    made = add(ada).json()
    address = f"emergency-contacts/{made['id']}/sheets/"
    usual = ada.get(address).json()
    assert [(one["language"], one["id"], one["version"]) for one in usual] == [("en", None, 0), ("fr", None, 0)]
    lines = [{"kind": "where", "text": "At {site}"}, {"kind": "other", "text": "100 % {{sure}}"}]
    sheet = ada.post(address, language="en", lines=lines).json()
    assert ada.post(address, language="en", lines=lines).status_code == 409
    assert ada.post(address, language="xx", lines=lines).json()["code"] == "unknown_language"
    assert ada.post(address, language="fr", lines=[]).status_code == 400
    assert ada.patch(f"{address}{sheet['id']}/", version=1, lines=lines[1:]).json()["version"] == 2
    assert ada.patch(f"{address}{sheet['id']}/", version=1, lines=lines).status_code == 409
    assert ada.get("emergency-contacts/").json()[0]["languages"] == ["en"]
    assert ada.get(f"{address}{sheet['id']}/").json()["lines"] == lines[1:]
    assert ada.delete(f"{address}{sheet['id']}/").status_code == 204
    assert ada.get(address).json() == usual
    written = ["emergency_sheet_written", "emergency_sheet_written", "emergency_sheet_removed"]
    assert ada.journalled()[1:] == written


FACTS = Facts(
    organisation="Town",
    timezone="Europe/Paris",
    at=dt.datetime(2026, 6, 1, 12, 32, tzinfo=dt.UTC),
    site="Museum",
    address="1 Main Street",
    alert="Fire in the {store}",
    director="Camille",
    reference="NC-4127",
)


def test_the_sheet_in_the_callers_language_is_filled_with_what_is_known(ada: Browser) -> None:
    contact = factories.EmergencyContactFactory(organisation=ada.member.organisation, number="112", normalised="112")
    services.write_sheet(ada.member, contact.pk, "fr", [Line(LineKind.WHERE, "Au {site}, caméra {camera}")])
    filled = sheets.filled_sheet(sheets.sheet_for(contact, "fr"), FACTS)
    assert (filled.tel, filled.notice, filled.language) == ("tel:112", "", "fr")
    assert [(line.label, line.text) for line in filled.lines] == [("Où", "Au Museum, caméra (non précisé)")]


def test_a_contact_whose_sheet_nobody_wrote_has_the_usual_one(ada: Browser) -> None:
    contact = factories.EmergencyContactFactory(organisation=ada.member.organisation)
    filled = sheets.filled_sheet(sheets.sheet_for(contact, "fr"), FACTS)
    said = {line.kind: line.text for line in filled.lines}
    assert said[LineKind.WHO] == "Ici Town, Camille à l’appareil."
    assert said[LineKind.WHAT].startswith("Fire in the {store}.")
    assert said[LineKind.SINCE] == "Depuis 14:32, le 1 juin 2026."
    assert set(said) == set(LineKind) - {LineKind.OTHER}
    assert sheets.sheet_for(contact, "xx").language == "en"


def test_a_sheet_in_the_organisations_language_comes_before_a_usual_one(ada: Browser) -> None:
    contact = factories.EmergencyContactFactory(organisation=ada.member.organisation)
    factories.EmergencySheetFactory(contact=contact, language="en", text="Ours")
    assert [line.text for line in sheets.sheet_for(contact, "fr").lines] == ["Ours"]


def test_in_a_drill_nobody_is_one_touch_from_an_emergency_number(ada: Browser) -> None:
    drill = Facts(exercise=True)
    contact = factories.EmergencyContactFactory(organisation=ada.member.organisation)
    filled = sheets.filled_sheet(sheets.sheet_for(contact, "en"), drill)
    assert filled.tel == ""
    assert "do not call" in filled.notice
    agreed = factories.EmergencyContactFactory(organisation=ada.member.organisation, agreed=True)
    filled = sheets.filled_sheet(sheets.sheet_for(agreed, "en"), drill)
    assert (filled.tel, filled.notice) == ("tel:+33476000000", "EXERCISE. This is a drill.")


def test_a_preview_fills_lines_that_are_not_saved_and_says_what_is_wrong(ada: Browser) -> None:
    made = add(ada, number="15").json()
    address = f"emergency-contacts/{made['id']}/preview/"
    usual = ada.post(address, language="fr").json()
    assert usual["problems"] == []
    assert all("{" not in line["text"] for line in usual["filled"]["lines"])
    lines = [{"kind": "where", "text": "{site} {nowhere}"}]
    answer = ada.post(address, language="en", lines=lines, exercise=True).json()
    assert answer["filled"]["lines"][0]["text"] == "Town hall {nowhere}"
    assert [(one["line"], one["code"]) for one in answer["problems"]] == [(0, "unknown")]
    assert answer["filled"]["exercise"] is True
    assert ada.journalled() == ["emergency_contact_added"]


def test_the_places_of_texts_are_told_with_an_example(ada: Browser) -> None:
    places = {one["name"]: one for one in ada.get("text-places/").json()}
    assert places["site"] == {"name": "site", "token": "{site}", "label": "site", "example": "Town hall"}
    assert places["exercise"]["example"] == "EXERCISE"


def test_a_contact_of_another_organisation_is_not_found_by_its_id(ada: Browser) -> None:
    other = factories.EmergencyContactFactory()
    assert selectors.contact(ada.member.organisation_id, other.pk) is None
    with pytest.raises(Refusal):
        services.remove_contact(ada.member, other.pk)

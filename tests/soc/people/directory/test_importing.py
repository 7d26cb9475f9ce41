"""People from a table: shown first, brought in when confirmed, quick also when they are very many."""

from __future__ import annotations

import base64
import csv
import io
import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.directory import importing
from soc.people.directory.columns import MOST_ROWS
from soc.people.directory.importing import Duplicates, Outcome
from soc.people.directory.models import ContactWay, Person, PersonList, PersonProfile, Profile
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import MemberFactory, PersonFactory, ProfileFactory, SiteFactory
from tests.soc.people.directory.conftest import Api

pytestmark = pytest.mark.django_db

TABLE = """Nom;Prénom;Langue;Téléphone;Deuxième téléphone;E-mail;Site;Profils;Listes;De l’organisation;Latitude;Longitude
Évêque;Léa;français;06 39 98 00 01;01 99 00 12 34;Lea@Example.org;mairie;Agent;;oui;45,19;5,72
Straße;Zoé;klingon;112;;zoe@;Nulle part;Inconnu;Parents;peut-être;91;
=1+1;;;;;;;;;;;
Bon;Jean;en;0639980001;;;;;;non;;
;;;0639980005;;;;;;;;
"""


def preview(api: Api, text: str = TABLE, **more: Any) -> dict[int, dict[str, Any]]:
    told = api.post("people/import/preview/", {"text": text, **more})
    return {row["line"]: row for row in told["rows"]}


def bring(api: Api, text: str = TABLE, **more: Any) -> dict[int, dict[str, Any]]:
    return {row["line"]: row for row in api.post("people/import/", {"text": text, **more})["rows"]}


def problems(row: dict[str, Any]) -> list[str]:
    assert all(one["sentence"].endswith(".") for one in row["problems"])
    return [one["name"] for one in row["problems"]]


def test_a_preview_tells_each_rows_faults_by_line_and_saves_nothing(admin: Api, site: Site) -> None:
    ProfileFactory(organisation=site.organisation, name="agent")
    entries = Entry.objects.count()
    rows = preview(admin)
    assert list(rows) == [2, 3, 4, 5, 6]
    good = rows[2]
    assert (good["name"], good["language"], good["site"], good["inside"]) == ("Léa Évêque", "fr", "Mairie", True)
    assert [way["written"] for way in good["ways"]] == ["+33 6 39 98 00 01", "+33 1 99 00 12 34", "lea@example.org"]
    assert (good["latitude"], good["longitude"], good["problems"], good["twins"]) == (45.19, 5.72, [], [])
    assert sorted(problems(rows[3])) == [
        "email", "inside", "language", "latitude", "lists", "phone", "profiles", "site"
    ]  # fmt: skip
    assert problems(rows[4]) == ["display_name"]
    assert [(one["line"], one["name"]) for one in rows[5]["twins"]] == [(2, "Léa Évêque")]
    assert problems(rows[6]) == ["display_name"]
    assert not Person.objects.exists()
    assert Entry.objects.count() == entries


def test_a_fault_quotes_what_stands_there(admin: Api) -> None:
    sentences = {one["name"]: one["sentence"] for one in preview(admin)[3]["problems"]}
    assert "klingon" in sentences["language"]
    assert "Nulle part" in sentences["site"]
    assert "emergency" in sentences["phone"]


def test_good_lines_are_chosen_and_the_others_say_why_not(admin: Api, site: Site) -> None:
    answers = bring(admin, lines=[2, 3], create_groups=True)
    assert (answers[2]["outcome"], answers[3]["outcome"], 5 in answers) == ("added", "refused", False)
    assert answers[3]["sentence"]
    person = Person.objects.get()
    assert (person.display_name, person.language, person.site, person.inside) == ("Léa Évêque", "fr", site, True)
    assert [(way.address, way.sms, way.voice) for way in person.ways.all()] == [
        ("+33639980001", True, True),
        ("+33199001234", False, True),
        ("lea@example.org", False, False),
    ]
    assert list(person.profiles.values_list("name", flat=True)) == ["Agent"]
    assert not PersonList.objects.exists()  # of a row that was refused
    actions = set(Entry.objects.values_list("action", flat=True))
    assert actions == {Action.PROFILE_CHANGED, Action.PERSON_ADDED, Action.PEOPLE_IMPORTED}
    entry = Entry.objects.get(action=Action.PEOPLE_IMPORTED)
    assert (entry.details["added"], entry.details["changed"]) == (1, 0)
    assert "Léa" not in json.dumps(list(Entry.objects.values("details")), ensure_ascii=False, default=str)


TWICE = "name;phone;e-mail;profiles\nLéa B.;0639980001;lea@example.org;Agent\nLéa;;LEA@example.org;Aider\n"


@pytest.mark.parametrize(
    ("choice", "outcomes", "names"),
    [
        ("skip", ["skipped", "added"], ["Léa", "Léa Évêque"]),
        ("update", ["changed", "added"], ["Léa", "Léa B."]),
        ("add", ["added", "added"], ["Léa", "Léa B.", "Léa Évêque"]),
    ],
)
def test_who_is_there_already_is_skipped_updated_or_added(
    admin: Api, site: Site, choice: str, outcomes: list[str], names: list[str]
) -> None:
    PersonFactory(site=site, display_name="Léa Évêque", phone="+33639980001", language="so")
    table = TWICE.replace("lea@example.org;Agent", ";Agent")
    (twin,) = preview(admin, table, create_groups=True)[2]["twins"]
    assert (twin["name"], twin["address"], twin["line"]) == ("Léa Évêque", "+33639980001", None)
    answers = bring(admin, table, create_groups=True, duplicates=choice)
    assert [answers[line]["outcome"] for line in (2, 3)] == outcomes
    assert admin.names() == names
    if choice == "update":
        changed = Person.objects.get(display_name="Léa B.")
        # What the table says nothing of stays.
        assert (changed.language, changed.site, changed.version, changed.folded_name) == ("so", site, 2, "lea b.")


def test_what_is_twice_in_the_table_becomes_one_person_when_it_updates(admin: Api) -> None:
    answers = bring(admin, TWICE, create_groups=True, duplicates="update")
    assert [answers[line]["outcome"] for line in (2, 3)] == ["added", "changed"]
    person = Person.objects.get()
    assert (person.display_name, person.ways.count(), person.profiles.count()) == ("Léa", 2, 2)
    assert bring(admin, TWICE, duplicates="skip")[2]["outcome"] == "skipped"
    again = bring(admin, "name;phone\nLéa;0639980001", duplicates="update")
    assert again[2]["outcome"] == "unchanged"
    person.refresh_from_db()
    assert person.version == 1


def test_a_row_of_two_people_changes_neither(admin: Api, site: Site) -> None:
    PersonFactory(site=site, phone="+33639980001")
    PersonFactory(site=site, email="lea@example.org")
    answers = bring(admin, "name;phone;e-mail\nX;0639980001;lea@example.org", duplicates="update")
    assert answers[2]["outcome"] == "refused"
    assert "several people" in answers[2]["sentence"]
    assert not Person.objects.filter(display_name="X").exists()


def test_an_accounts_name_is_not_overwritten(admin: Api, site: Site) -> None:
    member = MemberFactory(organisation=site.organisation, display_name="Account")
    PersonFactory(organisation=site.organisation, member=member, display_name="Account", phone="+33639980001")
    bring(admin, "name;phone;language\nOther;0639980001;ar", duplicates="update")
    person = Person.objects.get(member=member)
    assert (person.display_name, person.language) == ("Account", "ar")


def test_who_was_removed_or_is_somebody_elses_is_no_twin(admin: Api, site: Site) -> None:
    gone = PersonFactory(site=site, phone="+33639980001")
    admin.delete(f"people/{gone.pk}/")
    PersonFactory(phone="+33639980001")
    assert preview(admin, "name;phone\nX;0639980001")[2]["twins"] == []


def test_who_manages_one_site_brings_people_of_that_site_only(site: Site) -> None:
    local = Api(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    far = SiteFactory(organisation=site.organisation, name="Far")
    PersonFactory(site=far, display_name="Secret", phone="+33639980001")
    PersonFactory(organisation=site.organisation, display_name="Unplaced", phone="+33639980002")
    table = "name;site;phone;profiles\nA;;0639980001;\nB;Far;;\nC;Mairie;0639980002;\nD;Mairie;;New\n"
    rows = preview(local, table, create_groups=True)
    assert (rows[2]["site"], rows[2]["problems"], rows[2]["twins"]) == (
        "Mairie",
        [],
        [],
    )  # nothing is told of the other
    assert (problems(rows[3]), problems(rows[5])) == (["site"], ["profiles"])
    answers = bring(local, table, lines=[2, 3, 4, 5], create_groups=True, duplicates="update")
    assert [answers[line]["outcome"] for line in (2, 3, 4, 5)] == ["added", "refused", "refused", "refused"]
    assert Person.objects.get(display_name="Unplaced").version == 1
    assert not Profile.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_usual_encoding_is_read(admin: Api, site: Site, encoding: str) -> None:
    content = TABLE.replace("’", "'").encode(encoding)
    told = admin.post("people/import/preview/", {"file": base64.b64encode(content).decode()})
    assert told["rows"][0]["name"] == "Léa Évêque"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_text"),
        (b"PK\x03\x04\x14\0\x06\0", "not_text"),
        (b"name;phone\nL\x81a;1", "unknown_encoding"),
        (b"phone\n0639980001", "no_such_column"),
        (b"\n", "no_such_column"),
        (b"name;phone\n" + b"a;\n" * (MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(admin: Api, content: bytes, code: str) -> None:
    body = {"file": base64.b64encode(content).decode()}
    for door in ("people/import/preview/", "people/import/"):
        told = admin.post(door, body, 400)
        assert (told["code"], told["message"][-1]) == (code, ".")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "name\nA", "file": "bmFtZQ=="},
        {"file": "not base64!"},
        {"text": "name\nA", "lines": []},
        {"text": "name\nA", "lines": [0]},
        {"text": "name\nA", "duplicates": "merge"},
        {"text": "name\nA", "create_sites": True},
    ],
)
def test_a_question_that_is_none_is_refused(admin: Api, body: dict[str, Any]) -> None:
    assert admin.post("people/import/", body, 400)["code"] == "invalid"


def test_a_million_lines_are_refused_quickly_also_within_the_size_that_is_accepted(admin: Api) -> None:
    content = b"name;phone\n" + b"a;\n" * 1_000_000
    client = Client()
    client.force_login(admin.member)
    body = json.dumps({"file": base64.b64encode(content).decode()})
    assert len(body) < settings.LARGER_BODIES["/api/people/import/"]
    answer = client.post("/api/people/import/preview/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "too_many_rows")
    assert "20000" in answer.json()["message"]


def many(count: int) -> bytes:
    rows = ["Name;Language;Phone;E-mail;Site;Profiles;Lists;Of the organisation"]
    rows += [
        f"Person {at};fr;+3363998{at:04};p{at}@example.org;Mairie;Staff;{'Cell' if at % 10 == 0 else ''};yes"
        for at in range(count)
    ]
    return "\n".join(rows).encode()


MANY = 2_000
"""Few enough to be quick. 10,000 take four to five seconds where nothing else runs, and 91 statements."""


def test_thousands_are_brought_in_by_few_statements(admin: Api, site: Site) -> None:
    content = many(MANY)
    begun = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        answers = importing.bring_in(
            admin.member, content, None, create_groups=True, duplicates=Duplicates.SKIP
        )  # fmt: skip
    print(f"{MANY} people imported in {time.process_time() - begun:.1f} s, {len(asked)} statements")
    assert {one.outcome for one in answers} == {Outcome.ADDED}
    assert Person.objects.count() == PersonProfile.objects.count() == MANY
    assert ContactWay.objects.count() == 2 * MANY
    assert Entry.objects.filter(action=Action.PERSON_ADDED).count() == Personal.objects.count() == MANY
    assert len(asked) < 60  # not one a row

    begun = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        again = importing.bring_in(
            admin.member, content.replace(b";fr;", b";ar;"), None, create_groups=False, duplicates=Duplicates.UPDATE
        )
    print(f"{MANY} people updated in {time.process_time() - begun:.1f} s, {len(asked)} statements")
    assert {one.outcome for one in again} == {Outcome.CHANGED}
    assert set(Person.objects.values_list("language", "version")) == {("ar", 2)}
    assert ContactWay.objects.count() == 2 * MANY
    assert len(asked) < 60

    for query in ("", "?q=person 77", "?q=06 39 98 77", "?q=p77", "?without_phone=true", "?page=20"):
        begun = time.process_time()
        admin.get(f"people/{query}")
        print(f"people/{query} of {MANY}: {(time.process_time() - begun) * 1000:.0f} ms")


def test_the_template_is_a_table_that_is_read(site: Site) -> None:
    for language in ("en", "fr"):
        api = Api(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR]))
        answer = api.client.get("/api/people/import/template/", HTTP_ACCEPT_LANGUAGE=language)
        body = {"file": base64.b64encode(answer.content).decode(), "create_groups": True}
        told = api.post("people/import/preview/", body)
        (row,) = told["rows"]
        assert (told["unknown"], problems(row)) == ([], ["site"])
        assert (row["name"], len(row["profiles"]), len(row["ways"])) == ("Camille Martin", 2, 2)


def exported(api: Api, query: str = "") -> str:
    answer = api.client.get(f"/api/people/export/{query}")
    assert answer.status_code == 200
    return answer.getvalue().decode("utf-8-sig")


def test_an_export_is_journalled_runs_nothing_and_can_be_brought_in_again(admin: Api, site: Site) -> None:
    ProfileFactory(organisation=site.organisation, name="=cmd()", people=[
        PersonFactory(site=site, display_name="@Léa; \"B\"", phone="+33639980001", email="lea@example.org", inside=False,
                      latitude=-45.5, longitude=5.25),
    ])  # fmt: skip
    PersonFactory(organisation=site.organisation, display_name="Zoé")
    text = exported(admin)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Name"] for row in rows] == ['\'@Léa; "B"', "Zoé"]
    assert (rows[0]["Phone"], rows[0]["Profiles"], rows[0]["Latitude"]) == ("'+33639980001", "'=cmd()", "'-45.5")
    entry = Entry.objects.get(action=Action.DIRECTORY_EXPORTED)
    assert entry.details["count"] == 2

    row = preview(admin, text, create_groups=True)[2]
    assert ([way["address"] for way in row["ways"]], row["latitude"], row["inside"]) == (
        ["+33639980001", "lea@example.org"], -45.5, False,
    )  # fmt: skip
    # Names that begin like a formula were not entered here, and are not taken.
    assert problems(row) == ["display_name", "profiles"]


def test_an_export_is_narrowed_and_what_was_looked_for_is_kept_apart(admin: Api, site: Site) -> None:
    PersonFactory(site=site, display_name="Léa", phone="+33639980001")
    PersonFactory(organisation=site.organisation, display_name="Zoé")
    lines = [json.loads(line) for line in exported(admin, "?as=jsonl&q=zoe").splitlines()]
    assert [line["display_name"] for line in lines] == ["Zoé"]
    entry = Entry.objects.get(action=Action.DIRECTORY_EXPORTED)
    assert "zoe" not in json.dumps(entry.details)
    assert json.loads(Personal.objects.get(entry=entry).text) == {"q": "zoe"}
    assert admin.get("people/export/?as=pdf", 400)["code"] == "no_such_format"

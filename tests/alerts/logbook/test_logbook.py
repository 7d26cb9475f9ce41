"""The logbook: what is written stays, is numbered without a gap, and says what corrects it; who may read and write it where."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from alerts import services as alert_services
from alerts.logbook import categories, services, words
from alerts.logbook.models import Category, LogbookEntry
from alerts.models import Alert
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.conftest import LOGBOOK_TABLES


@pytest.fixture
def site(db: None) -> Site:
    return factories.SiteFactory()


@pytest.fixture
def agent(site: Site) -> Member:
    return factories.MemberFactory(organisation=site.organisation, roles=[Role.AGENT], display_name="Camille")


def category(organisation: Organisation, key: str = "patrol") -> Category:
    return categories.of(organisation.pk).get(key=key)


def draft(member: Member, text: str = "All quiet.", **more: Any) -> services.Draft:
    return services.Draft(category(member.organisation).pk, text, **more)


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def post(member: Member, **body: Any) -> Any:
    whole = {"category": str(category(member.organisation).pk), "text": "All quiet.", **body}
    return client_of(member).post("/api/logbook/", whole, content_type="application/json")


def listed(member: Member, query: str = "") -> list[dict[str, Any]]:
    answer = client_of(member).get(f"/api/logbook/?{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_an_entry_is_written_read_told_and_journalled_without_its_words(site: Site, agent: Member) -> None:
    camera = factories.CameraFactory(site=site)
    alert = factories.AlertFactory(rule__camera=camera)
    happened = clock.now() - dt.timedelta(minutes=20)
    answer = post(
        agent,
        text="  A gate was open.  ",
        site=str(site.pk),
        place="North gate",
        happened_at=happened.isoformat(),
        alerts=[str(alert.pk)],
        cameras=[str(camera.pk)],
    )
    assert answer.status_code == 201, answer.content
    (entry,) = listed(agent)
    assert entry == answer.json()
    assert (entry["text"], entry["place"], entry["site"]["name"]) == ("A gate was open.", "North gate", site.name)
    assert entry["reference"] == f"{clock.now().year}-0001"
    assert dt.datetime.fromisoformat(entry["happened_at"]) == happened
    assert dt.datetime.fromisoformat(entry["written_at"]) - happened >= dt.timedelta(minutes=20)
    assert entry["alerts"][0]["rule"] == alert.rule_name
    assert entry["cameras"] == [{"id": str(camera.pk), "name": camera.name}]
    assert entry["category"]["names"] == {"en": "Patrol", "fr": "Ronde"}

    event = FeedEvent.objects.get(organisation=site.organisation, kind="logbook.added")
    assert (event.payload["entry"], event.site_id, event.right) == (entry["id"], site.pk, "see_logbook")
    noted = Entry.objects.get(organisation=site.organisation, action="logbook_written")
    row = LogbookEntry.objects.get()
    assert (
        noted.details["words"] == row.words_digest == words.digest(bytes(row.words.salt), row.words.text, "North gate")
    )
    assert "gate" not in json.dumps(noted.details)


def test_without_a_site_it_is_that_of_what_is_linked(site: Site, agent: Member) -> None:
    camera = factories.CameraFactory(site=site)
    assert post(agent, cameras=[str(camera.pk)]).json()["site"]["id"] == str(site.pk)
    elsewhere = factories.CameraFactory(site=factories.SiteFactory(organisation=site.organisation))
    refused = post(agent, cameras=[str(camera.pk), str(elsewhere.pk)])
    assert (refused.status_code, refused.json()["code"]) == (400, "one_site")
    assert post(agent, site=str(site.pk), cameras=[str(elsewhere.pk)]).json()["code"] == "one_site"


def test_what_is_missing_ahead_of_its_time_or_not_hers_is_refused_in_a_sentence(site: Site, agent: Member) -> None:
    assert post(agent, text="   ").json()["fields"]["text"]
    tomorrow = (clock.now() + dt.timedelta(days=1)).isoformat()
    assert post(agent, happened_at=tomorrow).json()["fields"]["happened_at"].startswith("This is in the future.")
    other = factories.OrganisationFactory()
    assert post(agent, category=str(category(other).pk)).json()["code"] == "no_such_category"
    assert post(agent, site=str(factories.SiteFactory().pk)).json()["code"] == "no_such_site"
    assert post(agent, cameras=[str(factories.CameraFactory().pk)]).json()["code"] == "no_such_link"
    both = services.write(agent, draft(agent))
    assert post(agent, corrects=str(both.pk), adds_to=str(both.pk)).status_code == 400
    assert LogbookEntry.objects.count() == 1


def test_a_correction_is_added_and_the_old_entry_says_by_what(agent: Member) -> None:
    first = post(agent, text="Two people.").json()
    second = post(agent, text="Three people.", corrects=first["id"]).json()
    third = post(agent, text="They left at ten.", adds_to=first["id"]).json()
    assert second["refers_to"] == {"id": first["id"], "reference": first["reference"]}
    old = next(one for one in listed(agent) if one["id"] == first["id"])
    assert old["text"] == "Two people."
    assert [(one["reference"], one["kind"]) for one in old["followers"]] == [
        (second["reference"], "correction"),
        (third["reference"], "addition"),
    ]
    again = post(agent, text="Four people.", corrects=first["id"])
    assert again.status_code == 409
    assert again.json()["message"].startswith(f"Camille has corrected this entry ({second['reference']}).")
    assert list(Entry.objects.filter(action__startswith="logbook_").values_list("action", flat=True)) == [
        "logbook_written",
        "logbook_corrected",
        "logbook_written",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alerts_logbook_logbookentry SET happened_at = now()",
        "DELETE FROM alerts_logbook_logbookentry",
        "UPDATE alerts_logbook_logbookwords SET text = 'nothing'",
        "DELETE FROM alerts_logbook_alertlink",
        "UPDATE alerts_logbook_cameralink SET camera_id = camera_id",
    ],
)
def test_the_database_refuses_to_change_what_was_written(site: Site, agent: Member, statement: str) -> None:
    camera = factories.CameraFactory(site=site)
    alert = factories.AlertFactory(rule__camera=camera)
    services.write(agent, draft(agent, alerts=[alert.pk], cameras=[camera.pk]))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("table", LOGBOOK_TABLES)
def test_the_database_refuses_to_empty_it(table: str) -> None:
    refused = pytest.raises(DatabaseError, match="append-only")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")
        with refused, transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_holes_however_many_write_at_once_and_some_fail() -> None:
    agent = factories.MemberFactory(roles=[Role.AGENT])
    wanted = draft(agent)

    def one(turn: int) -> None:
        with suppress(Refusal), closing(connection), transaction.atomic():
            services.write(Member.objects.get(pk=agent.pk), wanted)
            if turn % 3 == 0:
                raise Refusal("undone", "The transaction fails after its number was given.")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(one, range(24)))
    numbers = sorted(LogbookEntry.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 17))


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_refused() -> None:
    agent = factories.MemberFactory(roles=[Role.AGENT])
    first = services.write(agent, draft(agent))
    wanted = draft(agent, corrects=first.pk)

    def one(_: int) -> str:
        try:
            services.write(Member.objects.get(pk=agent.pk), wanted)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(one, range(4))) == ["corrected_already"] * 3 + ["written"]


@pytest.mark.django_db(transaction=True)
def test_writing_about_an_alert_and_answering_it_at_once_both_succeed() -> None:
    """Each waits for the other only as long as that takes: the feed's counter comes after every other lock."""
    agent = factories.MemberFactory(roles=[Role.AGENT])
    alert = factories.AlertFactory(rule__camera__site__organisation=agent.organisation)
    wanted = draft(agent, alerts=[alert.pk])
    locked, written = threading.Event(), threading.Event()

    def answer() -> None:
        with closing(connection), transaction.atomic():
            held = Alert.objects.select_for_update().get(pk=alert.pk)
            locked.set()
            written.wait(0.5)  # without the alert's lock it would be written by then, and hold the counter
            alert_services.acknowledge(held, version=held.version, actor=agent)

    def write() -> None:
        locked.wait(10)
        with closing(connection):
            services.write(Member.objects.get(pk=agent.pk), wanted)
        written.set()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(answer), threads.submit(write)]:
            done.result(timeout=20)
    assert LogbookEntry.objects.count() == 1


def test_each_year_begins_anew(agent: Member) -> None:
    services.write(agent, draft(agent))
    clock.move(dt.timedelta(days=366))
    try:
        later = services.write(agent, draft(agent))
    finally:
        clock.reset()
    assert later.number == 1
    assert later.year > dt.datetime.now(dt.UTC).year


def test_who_works_at_one_site_reads_and_writes_that_and_what_is_of_no_site(site: Site, agent: Member) -> None:
    other = factories.SiteFactory(organisation=site.organisation)
    here = factories.MemberFactory(site=site, roles=[Role.AGENT])
    for where, text in ((site.pk, "here"), (other.pk, "there"), (None, "anywhere")):
        services.write(agent, draft(agent, text, site=where))
    assert {one["text"] for one in listed(here)} == {"here", "anywhere"}
    assert post(here).json()["code"] == "site_needed"
    assert post(here, site=str(other.pk)).json()["code"] == "no_such_site"
    assert post(here, site=str(site.pk)).status_code == 201


def test_auditors_read_and_do_not_write(site: Site, agent: Member) -> None:
    services.write(agent, draft(agent))
    auditor = factories.MemberFactory(organisation=site.organisation, roles=[Role.AUDITOR])
    assert len(listed(auditor)) == 1
    assert post(auditor).status_code == 403
    assert client_of(factories.MemberFactory(roles=[Role.RESPONDER])).get("/api/logbook/").status_code == 403


def test_it_is_filtered_and_searched(site: Site, agent: Member) -> None:
    camera = factories.CameraFactory(site=site)
    alert = factories.AlertFactory(rule__camera=camera)
    services.write(
        agent, draft(agent, "Rain on the roof", place="Roof", happened_at=clock.now() - dt.timedelta(days=2))
    )
    linked = services.write(agent, draft(agent, "Somebody was there", alerts=[alert.pk], cameras=[camera.pk]))
    services.write(agent, services.Draft(category(agent.organisation, "incident").pk, "A window", site=site.pk))
    colleague = factories.MemberFactory(organisation=site.organisation, roles=[Role.AGENT])
    services.write(colleague, draft(colleague, "Quiet"))

    def texts(query: str) -> set[str]:
        return {one["text"] for one in listed(agent, query)}

    assert texts(f"alert={alert.pk}") == texts(f"camera={camera.pk}") == {"Somebody was there"}
    assert texts(f"category={category(agent.organisation, 'incident').pk}") == {"A window"}
    assert texts(f"site={site.pk}") == {"Somebody was there", "A window"}
    assert texts(f"author={colleague.pk}") == {"Quiet"}
    assert texts("q=ROOF+rain") == {"Rain on the roof"}
    assert texts(f"q={linked.reference}") == {"Somebody was there"}
    since = (clock.now() - dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert texts(f"until={since}") == {"Rain on the roof"}
    assert len(texts(f"since={since}")) == 3


def test_pages_go_on_where_they_ended(agent: Member) -> None:
    for number in range(5):
        services.write(agent, draft(agent, str(number), happened_at=clock.now() - dt.timedelta(hours=1)))
    first = client_of(agent).get("/api/logbook/?page_size=3").json()
    second = client_of(agent).get(first["next"]).json()
    assert [len(page["results"]) for page in (first, second)] == [3, 2]
    assert len({one["id"] for page in (first, second) for one in page["results"]}) == 5


def test_words_are_erased_after_their_months_and_the_rest_stays(site: Site, agent: Member) -> None:
    administrator = factories.MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])
    changed = client_of(administrator).patch("/api/logbook/policy/", {"months": 2}, content_type="application/json")
    assert changed.json() == {"months": 2}
    assert client_of(agent).get("/api/logbook/policy/").json() == {"months": 2}
    assert (
        client_of(agent).patch("/api/logbook/policy/", {"months": 3}, content_type="application/json").status_code
        == 403
    )
    entry = services.write(agent, draft(agent, "A name", place="Her office"))
    assert words.erase_old() == 0
    clock.move(dt.timedelta(days=62))
    try:
        assert words.erase_old() == 1
    finally:
        clock.reset()
    (left,) = listed(agent)
    assert (left["text"], left["place"], left["reference"]) == (None, "", entry.reference)
    assert LogbookEntry.objects.get().words_digest == entry.words_digest
    noted = Entry.objects.get(action="logbook_erased")
    assert (noted.details["entries"], noted.actor_id) == (1, None)


def exported(member: Member, query: str) -> str:
    answer = client_of(member).get(f"/api/logbook/export/?{query}")
    assert answer.status_code == 200
    assert answer.has_header("Content-Disposition")
    return bytes(answer.getvalue()).decode()


def test_it_is_exported_oldest_first_and_nothing_runs_in_a_spreadsheet(site: Site, agent: Member) -> None:
    services.write(agent, draft(agent, '=HYPERLINK("http://evil.example")', place="@SUM(1)", site=site.pk))
    services.write(agent, draft(agent, "Line one\nline two; and more"))
    text = exported(agent, "as=csv")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0][:2] == ["Number", "Date"]
    assert rows[1][6:8] == ["'@SUM(1)", '\'=HYPERLINK("http://evil.example")']
    assert rows[2][7] == "Line one\nline two; and more"
    agent.language = "fr"
    agent.save()
    french = list(csv.reader(io.StringIO(exported(agent, "as=csv")[1:]), delimiter=";"))
    assert french[0][:2] == ["Numéro", "Date"]
    assert french[1][4] == "Ronde"
    lines = [json.loads(line) for line in exported(agent, f"as=jsonl&site={site.pk}").splitlines()]
    assert [one["text"] for one in lines] == ['=HYPERLINK("http://evil.example")']
    noted = Entry.objects.filter(action="logbook_exported").order_by("id").last()
    assert noted is not None
    assert noted.details == {"as": "jsonl", "site": str(site.pk), "count": 1}
    # Words that were looked for may name somebody: they can be erased.
    exported(agent, "as=jsonl&q=line&x=%00")
    noted = Entry.objects.filter(action="logbook_exported").select_related("personal").order_by("id").last()
    assert noted is not None
    assert (noted.details, json.loads(noted.personal.text)) == ({"as": "jsonl", "count": 1}, {"q": "line"})
    assert client_of(agent).get("/api/logbook/export/?as=exe").status_code == 400

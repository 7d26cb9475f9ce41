"""CAP in and out: what is given out is valid and marked in drills; what is accepted is signed, fresh, and done once."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from lxml import etree

from alerts.models import Severity
from crisis.emergency.cap import access, listeners
from crisis.emergency.cap.giving import Words, cap_for
from crisis.emergency.cap.reading import read
from crisis.emergency.cap.values import Area, CapFault, MessageType, Point, Polygon, ResponseType, Status, Urgency
from crisis.emergency.models import CapMessage, Direction
from crisis.templates import Facts
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people.models import Organisation
from soc.people.rights import Role
from tests import factories
from tests.crisis.browser import Browser
from tests.crisis.emergency.cap.test_documents import PLAIN, must_be_valid

EXAMPLES = Path(__file__).parent / "examples"
DOCUMENT = (EXAMPLES / "meteoalarm_shape.xml").read_bytes()
FACTS = Facts(
    organisation="Town",
    timezone="Europe/Paris",
    at=dt.datetime(2026, 6, 1, 12, 32, tzinfo=dt.UTC),
    site="Museum",
    alert="Fire",
    severity=Severity.CRITICAL,
    reference="NC-4127",
    latitude=45.19,
    longitude=5.72,
)


class Partner:
    """An outside system that signs what it sends, by the book and not by our code."""

    def __init__(self, desk: Browser) -> None:
        made = access.add_sender(desk.member, "Prefecture", None)
        self.id, self.secret, self.organisation = str(made.sender.pk), made.secret, desk.member.organisation_id

    def headers(self, body: bytes, at: dt.datetime, secret: str | None = None) -> dict[str, str]:
        stamp = str(int(at.timestamp()))
        digest = hmac.new((secret or self.secret).encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
        return {"Vigie-Sender": self.id, "Vigie-Timestamp": stamp, "Vigie-Signature": f"sha256={digest}"}

    def send(
        self, body: bytes = DOCUMENT, *, at: dt.datetime | None = None, changed: dict[str, str] | None = None
    ) -> Any:
        return post(body, self.headers(body, at or clock.now()) | (changed or {}))

    def refused(self) -> list[str]:
        rows = Entry.objects.filter(organisation=self.organisation, action="cap_refused").order_by("id")
        return [str(entry.details["refused"]) for entry in rows]


def post(body: bytes, headers: dict[str, str]) -> Any:
    return Client().post("/api/cap/", body, content_type="application/cap+xml", headers=headers)


@pytest.fixture
def partner(ada: Browser) -> Partner:
    return Partner(ada)


@pytest.fixture
def heard() -> Iterator[list[CapMessage]]:
    """What a listener was told."""
    told: list[CapMessage] = []
    listeners.register_cap_listener(told.append)
    yield told
    listeners.unregister_cap_listener(told.append)


def give(organisation: Organisation, **values: Any) -> CapMessage:
    words = values.pop(
        "words", {"fr": Words("{alert} : {site}", "À {time}"), "en": Words("{alert} at {site}", "At {time}")}
    )
    with transaction.atomic():
        return cap_for(organisation, values.pop("facts", FACTS), words, **{"kind": "fire", "exercise": False, **values})


# What is accepted


def test_a_signed_message_is_kept_journalled_told_and_announced(partner: Partner, heard: list[CapMessage]) -> None:
    answer = partner.send()
    assert answer.status_code == 201
    message = CapMessage.objects.get(pk=answer.json()["id"])
    assert (message.direction, message.event, message.severity) == (Direction.IN, "Vigilance orange crues", "Severe")
    assert message.expires_at == dt.datetime(2026, 11, 20, 23, tzinfo=dt.UTC)
    assert bytes(message.document) == DOCUMENT
    assert heard == [message]
    assert Entry.objects.filter(action="cap_received", subject_id=str(message.pk)).count() == 1
    event = FeedEvent.objects.get(kind="cap.received")
    assert event.payload == {"message": str(message.pk), "real": True, "severity": "Severe"}


def test_a_message_that_is_sent_again_does_nothing_twice(partner: Partner, heard: list[CapMessage]) -> None:
    first, again = partner.send(), partner.send()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(heard) == 1
    assert FeedEvent.objects.filter(kind="cap.received").count() == 1
    assert partner.refused() == []


def test_the_same_message_in_other_spacing_is_the_same(partner: Partner) -> None:
    assert partner.send().status_code == 201
    assert partner.send(DOCUMENT.replace(b"\n  ", b"\n      ")).status_code == 200


def test_another_message_with_the_same_identifier_changes_nothing(partner: Partner, heard: list[CapMessage]) -> None:
    partner.send()
    answer = partner.send(DOCUMENT.replace(b"<severity>Severe", b"<severity>Minor", 1))
    assert (answer.status_code, answer.json()["code"]) == (409, "cap_other_content")
    assert CapMessage.objects.get().severity == "Severe"
    assert len(heard) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"Vigie-Signature": "sha256=" + "0" * 64},
        {"Vigie-Signature": ""},
        {"Vigie-Signature": "é"},
        {"Vigie-Timestamp": "1"},
        {"Vigie-Timestamp": ""},
    ],
)
def test_a_forged_message_is_refused_and_journalled(
    partner: Partner, heard: list[CapMessage], changed: dict[str, str]
) -> None:
    answer = partner.send(changed=changed)
    assert (answer.status_code, answer.json()["code"]) == (403, "cap_not_signed")
    assert not CapMessage.objects.exists()
    assert heard == []
    assert partner.refused() == ["cap_not_signed"]


def test_a_signature_is_over_every_byte_and_the_time(partner: Partner) -> None:
    headers = partner.headers(DOCUMENT, clock.now())
    assert post(DOCUMENT + b"\n", headers).status_code == 403
    assert post(DOCUMENT.replace(b"Severe", b"Minor", 1), headers).status_code == 403
    later = str(int(headers["Vigie-Timestamp"]) + 1)
    assert post(DOCUMENT, {**headers, "Vigie-Timestamp": later}).status_code == 403
    assert post(DOCUMENT, partner.headers(DOCUMENT, clock.now(), "another secret")).status_code == 403
    assert post(DOCUMENT, headers).status_code == 201


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_that_was_signed_long_ago_is_refused(partner: Partner, heard: list[CapMessage], minutes: int) -> None:
    answer = partner.send(at=clock.now() + dt.timedelta(minutes=minutes))
    assert (answer.status_code, answer.json()["code"]) == (403, "cap_stale")
    assert (heard, partner.refused()) == ([], ["cap_stale"])


@pytest.mark.parametrize("sender", ["", "nobody", "00000000-0000-4000-8000-000000000000", "é"])
def test_an_unknown_sender_learns_nothing(partner: Partner, sender: str) -> None:
    answer = partner.send(changed={"Vigie-Sender": sender})
    assert answer.json() == partner.send(changed={"Vigie-Signature": "sha256=wrong"}).json()


def test_a_sender_that_was_revoked_is_unknown(ada: Browser, partner: Partner) -> None:
    assert ada.delete(f"cap-senders/{partner.id}/").status_code == 204
    assert partner.send().status_code == 403
    assert ada.get("cap-senders/").json() == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            PLAIN.replace("<alert", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert').encode(),
            "cap_with_entities",
        ),
        (PLAIN.replace(":1.2", ":1.1").encode(), "cap_version"),
        (PLAIN.replace(":1.2", ":9").encode(), "cap_unknown"),
        (PLAIN.replace("Fire", "Dragons").encode(), "cap_invalid"),
        (b"{}", "cap_not_xml"),
        (b"", "cap_not_xml"),
        (b"x" * 1_100_000, "cap_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence_and_journalled(
    partner: Partner, heard: list[CapMessage], body: bytes, code: str
) -> None:
    answer = partner.send(body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["message"].endswith(".")
    assert (heard, partner.refused()) == ([], [code])
    assert not CapMessage.objects.exists()


def test_who_guesses_is_slowed_down(partner: Partner) -> None:
    answers = [partner.send(changed={"Vigie-Signature": "sha256=wrong"}).status_code for _ in range(61)]
    assert answers[:60] == [403] * 60
    assert answers[60] == 429
    assert len(partner.refused()) == 60


def test_an_error_of_a_listener_leaves_nothing_so_that_the_sender_sends_again(partner: Partner) -> None:
    def fails(_message: CapMessage) -> None:
        raise RuntimeError("the plan could not be offered")

    listeners.register_cap_listener(fails)
    try:
        with pytest.raises(RuntimeError):
            partner.send()
    finally:
        listeners.unregister_cap_listener(fails)
    assert not CapMessage.objects.exists()
    assert not FeedEvent.objects.filter(kind="cap.received").exists()
    assert partner.send().status_code == 201


def test_an_exercise_is_kept_and_told_as_one(partner: Partner) -> None:
    partner.send(DOCUMENT.replace(b"<status>Actual", b"<status>Exercise"))
    assert CapMessage.objects.get().status == "Exercise"
    assert FeedEvent.objects.get(kind="cap.received").payload["real"] is False


def test_a_signed_in_browser_is_no_signature(ada: Browser, partner: Partner) -> None:
    answer = ada.client.post("/api/cap/", DOCUMENT, content_type="application/cap+xml")
    assert answer.status_code == 403
    assert partner.refused() == []


@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_two_connections_is_kept_once(heard: list[CapMessage]) -> None:
    partner = Partner(Browser(factories.MemberFactory(roles=[Role.ADMINISTRATOR])))

    def send() -> int:
        with closing(connection):
            return int(partner.send().status_code)

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(one.result() for one in [pool.submit(send) for _ in range(4)])
    assert answers == [200, 200, 200, 201]
    assert len(heard) == CapMessage.objects.count() == 1


# What is given out


def test_an_alert_says_in_each_language_what_happens(ada: Browser) -> None:
    message = give(ada.member.organisation)
    must_be_valid(bytes(message.document))
    alert = read(bytes(message.document))
    assert (alert.status, alert.msg_type) == (Status.ACTUAL, MessageType.ALERT)
    assert [(info.language, info.headline, info.description) for info in alert.infos] == [
        ("fr", "Fire : Museum", "À 14:32"),
        ("en", "Fire at Museum", "At 14:32"),
    ]
    first = alert.infos[0]
    assert (first.severity.value, first.urgency, first.categories[0].value) == ("Extreme", Urgency.IMMEDIATE, "Fire")
    assert first.event_codes[0].value == "fire"
    assert first.areas[0].circles[0].centre == Point(45.19, 5.72)
    assert first.expires == alert.sent + dt.timedelta(hours=24)
    assert alert.sent.utcoffset() == clock.now().astimezone(ZoneInfo("Europe/Paris")).utcoffset()
    assert ada.journalled() == ["cap_given"]


@pytest.mark.parametrize(("exercise", "of_facts"), [(True, False), (False, True), (True, True)])
def test_a_drill_is_never_actual_and_says_so_in_its_headline(ada: Browser, exercise: bool, of_facts: bool) -> None:
    facts = Facts.read({**FACTS.kept(), "exercise": of_facts})
    message = give(ada.member.organisation, exercise=exercise, facts=facts)
    alert = read(bytes(message.document))
    assert (alert.status, message.status) == (Status.EXERCISE, "Exercise")
    assert [info.headline.split()[0] for info in alert.infos] == ["EXERCICE", "EXERCISE"]


def test_a_stand_down_cancels_what_was_given_out(ada: Browser) -> None:
    first = give(ada.member.organisation)
    update = give(ada.member.organisation, msg_type=MessageType.UPDATE, follows=[first])
    cancel = give(ada.member.organisation, msg_type=MessageType.CANCEL, follows=[first, update])
    alert = read(bytes(cancel.document))
    assert [one.identifier for one in alert.references] == [first.identifier, update.identifier]
    assert alert.references[0] == read(bytes(first.document)).reference
    assert alert.infos[0].response_types == (ResponseType.ALL_CLEAR,)
    assert (alert.infos[0].urgency, alert.infos[0].expires) == (Urgency.PAST, None)
    with pytest.raises(CapFault):
        give(ada.member.organisation, msg_type=MessageType.CANCEL)


def test_an_area_that_was_drawn_is_given_out(ada: Browser) -> None:
    yard = Area("Yard", (Polygon.around(Point(45, 5), Point(45, 6), Point(46, 6)),))
    message = give(ada.member.organisation, areas=[yard], words={}, kind="a risk of our own")
    (info,) = read(bytes(message.document)).infos
    assert info.areas[0].polygons == yard.polygons
    assert (info.headline, info.categories[0].value) == ("Fire", "Other")


def test_a_message_is_written_in_the_transaction_of_what_it_tells() -> None:
    with pytest.raises(RuntimeError):
        cap_for(factories.OrganisationFactory.build(), FACTS, {}, kind="fire", exercise=False)


def test_a_message_is_never_changed(ada: Browser) -> None:
    message = give(ada.member.organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        CapMessage.objects.filter(pk=message.pk).update(status="Test")


class Drawn(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        texts=st.lists(st.text(max_size=40), min_size=8, max_size=8),
        language=st.sampled_from(["fr", "en", "zh-hans", "not a language"]),
        severity=st.sampled_from([None, *Severity]),
        exercise=st.booleans(),
    )
    def test_whatever_the_texts_are_the_document_is_valid(
        self, texts: list[str], language: str, severity: Severity | None, exercise: bool
    ) -> None:
        organisation = factories.OrganisationFactory(timezone="Pacific/Chatham")
        facts = Facts(organisation=texts[0], alert=texts[1], site=texts[2], reference=texts[3], severity=severity)
        words = {language: Words(texts[4] + "{alert}", texts[5], texts[6])}
        with transaction.atomic():
            message = cap_for(organisation, facts, words, kind=texts[7], exercise=exercise)
        root = must_be_valid(bytes(message.document))
        status = root.findtext("{urn:oasis:names:tc:emergency:cap:1.2}status")
        assert status == ("Exercise" if exercise else "Actual")


# The feed


def test_a_reader_with_a_key_fetches_the_feed_and_each_message(ada: Browser, partner: Partner) -> None:
    partner.send()
    message = give(ada.member.organisation)
    made = ada.post("cap-readers/", name="Town sirens").json()
    atom = Client().get(made["feed"], headers={"Accept": "application/atom+xml"})
    assert atom["Content-Type"].startswith("application/atom+xml")
    assert atom["Cache-Control"] == "no-store"
    space = {"a": "http://www.w3.org/2005/Atom", "cap": "urn:oasis:names:tc:emergency:cap:1.2"}
    root = etree.fromstring(atom.content)
    (entry,) = root.findall("a:entry", space)
    assert entry.findtext("cap:status", namespaces=space) == "Actual"
    link = entry.find("a:link", space)
    assert link is not None
    document = Client().get(link.get("href") or "", headers={"Accept": "application/cap+xml"})
    assert document["Content-Type"] == "application/cap+xml"
    assert document.content == bytes(message.document)
    assert ada.delete(f"cap-readers/{made['reader']['id']}/").status_code == 204
    assert Client().get(made["feed"]).status_code == 404
    assert Client().get(link.get("href") or "").status_code == 404


@pytest.mark.parametrize("key", ["", "?key=", "?key=wrong", "?key=%00"])
def test_without_a_key_there_is_no_feed(ada: Browser, key: str) -> None:
    message = give(ada.member.organisation)
    assert Client().get(f"/api/cap/feed/{key}").status_code == 404
    assert ada.client.get(f"/api/cap/feed/{message.pk}/{key}").status_code == 404


def test_a_reader_of_one_site_fetches_nothing_of_another_or_of_another_organisation(ada: Browser) -> None:
    organisation = ada.member.organisation
    here, there = factories.SiteFactory.create_batch(2, organisation=organisation)
    own, everywhere = give(organisation, site=here), give(organisation)
    elsewhere, strange = give(organisation, site=there), give(factories.OrganisationFactory())
    key = ada.post("cap-readers/", name="Sirens", site=str(here.pk)).json()["key"]
    feed = Client().get(f"/api/cap/feed/?key={key}").content.decode()
    assert [str(one.pk) in feed for one in (own, everywhere, elsewhere, strange)] == [True, True, False, False]
    answers = [Client().get(f"/api/cap/feed/{one.pk}/?key={key}").status_code for one in (own, elsewhere, strange)]
    assert answers == [200, 404, 404]


def test_a_member_reads_messages_in_and_out(ada: Browser, partner: Partner) -> None:
    partner.send()
    given_out = give(ada.member.organisation)
    listed = ada.get("cap/").json()["results"]
    assert [one["direction"] for one in listed] == ["out", "in"]
    assert listed[1]["received_from"]["name"] == "Prefecture"
    assert [one["direction"] for one in ada.get("cap/?direction=in").json()["results"]] == ["in"]
    detail = ada.get(f"cap/{listed[1]['id']}/").json()
    assert [info["language"] for info in detail["infos"]] == ["fr-FR", "en-GB"]
    document = ada.get(f"cap/{given_out.pk}/document/")
    assert document.content == bytes(given_out.document)
    assert document["Content-Disposition"].startswith("attachment")


def test_secrets_are_shown_once_and_kept_nowhere_as_they_are(ada: Browser) -> None:
    sender = ada.post("cap-senders/", name="Prefecture").json()
    reader = ada.post("cap-readers/", name="Sirens").json()
    for secret in (sender["secret"], reader["key"]):
        assert len(secret) > 40
        for address in ("cap-senders/", "cap-readers/", "journal/"):
            assert secret not in ada.get(address).content.decode()
        with connection.cursor() as cursor:
            for table in ("crisis_emergency_capsender", "crisis_emergency_capreader", "soc_journal_entry"):
                cursor.execute(f"SELECT {table}::text FROM {table}")
                assert not [row for row in cursor.fetchall() if secret in row[0] or secret.encode().hex() in row[0]]
    assert ada.journalled() == ["cap_sender_added", "cap_reader_added"]

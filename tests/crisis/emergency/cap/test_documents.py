"""CAP documents: what is written is valid whatever is in it, and what comes from outside is read or refused in a sentence."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from alerts.models import Severity as OwnSeverity
from crisis.emergency.cap import tables
from crisis.emergency.cap.reading import MOST_BYTES, read
from crisis.emergency.cap.values import (
    Area,
    CapAlert,
    CapFault,
    Category,
    Certainty,
    Circle,
    Info,
    MessageType,
    Named,
    Point,
    Polygon,
    Reference,
    Resource,
    Scope,
    Severity,
    Status,
    Urgency,
)
from crisis.emergency.cap.writing import write
from soc.refusals import Refusal

EXAMPLES = Path(__file__).parent / "examples"
XSD = Path(__file__).parents[4] / "crisis" / "emergency" / "cap" / "CAP-v1.2.xsd"
OFFICIAL = "b7798ef25868b068c97b268bda02d067c7d4ba9373adc5638bf37105804ee723"
SENT = dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
PLAIN = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>1</identifier><sender>a@b.example</sender><sent>2026-03-29T01:00:00+01:00</sent>
<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><category>Fire</category><event>EVENT</event><urgency>Immediate</urgency><severity>Severe</severity>
<certainty>Observed</certainty><area><areaDesc>Here</areaDesc><circle>45,5 0</circle></area></info></alert>"""


def alert(*infos: Info, msg_type: MessageType = MessageType.ALERT, status: Status = Status.ACTUAL) -> CapAlert:
    return CapAlert("1", "a@b.example", SENT, status, msg_type, Scope.PUBLIC, infos=infos)


def info(event: str = "Fire", areas: tuple[Area, ...] = ()) -> Info:
    return Info((Category.FIRE,), event, Urgency.IMMEDIATE, Severity.SEVERE, Certainty.OBSERVED, areas=areas)


def must_be_valid(document: bytes) -> etree._Element:
    """By the official file, read here anew."""
    root = etree.fromstring(document)
    etree.XMLSchema(etree.parse(str(XSD))).assertValid(root)
    return root


def code_of(document: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        read(document)
    assert refused.value.sentence()
    return refused.value.code


def test_the_schema_is_the_one_that_oasis_published() -> None:
    assert hashlib.sha256(XSD.read_bytes()).hexdigest() == OFFICIAL


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.xml")), ids=lambda path: str(path.stem))
def test_messages_of_the_standard_and_of_real_services_are_read_and_written_again(example: Path) -> None:
    found = read(example.read_bytes())
    written = write(found)
    must_be_valid(written)
    assert read(written) == found


def test_an_update_names_every_message_that_it_follows() -> None:
    found = read((EXAMPLES / "nws_shape.xml").read_bytes())
    assert [one.sent.hour for one in found.references] == [14, 13]
    assert found.infos[0].areas[0].polygons[0].points[0] == Point(42.92, -88.31)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "cap_not_xml"),
        (b"not xml", "cap_not_xml"),
        (b"\x00" * 10, "cap_not_xml"),
        (PLAIN.encode()[:-10], "cap_not_xml"),
        (b"<a>" * 5000, "cap_not_xml"),
        (b" " * (MOST_BYTES + 1), "cap_too_large"),
        (PLAIN.replace("EVENT", "Orage à l’est").encode("cp1252"), "cap_not_utf8"),
        (PLAIN.replace("UTF-8", "UTF-16").encode("utf-16"), "cap_not_utf8"),
        (PLAIN.replace(":1.2", ":1.1").encode(), "cap_version"),
        (b"<alert xmlns='http://www.incident.com/cap/1.0'/>", "cap_version"),
        (PLAIN.replace(":1.2", ":2.0").encode(), "cap_unknown"),
        (b"<alert/>", "cap_unknown"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "cap_unknown"),
        (PLAIN.replace("Immediate", "Soon").encode(), "cap_invalid"),
        (PLAIN.replace("<identifier>1</identifier>", "").encode(), "cap_invalid"),
        (PLAIN.replace("<identifier>1<", "<identifier>1 2<").encode(), "cap_invalid"),
        (PLAIN.replace("a@b.example", "a,b").encode(), "cap_invalid"),
        (PLAIN.replace("+01:00", "Z").encode(), "cap_invalid"),
        (PLAIN.replace("2026-03-29", "2026-02-30").encode(), "cap_invalid"),
        (PLAIN.replace("2026-03-29T01", "0001-01-01T00").encode(), "cap_invalid"),
        (PLAIN.replace("2026-03-29T01:00:00", "2026-03-29T24:00:00").encode(), "cap_invalid"),
        (PLAIN.replace("45,5 0", "95,5 0").encode(), "cap_invalid"),
        (PLAIN.replace("45,5 0", "45,5").encode(), "cap_invalid"),
        (PLAIN.replace("45,5 0", "nan,5 0").encode(), "cap_invalid"),
        (PLAIN.replace("45,5 0", "45,5 -1").encode(), "cap_invalid"),
        (PLAIN.replace("circle>45,5 0", "polygon>1,1 2,2").replace("/circle", "/polygon").encode(), "cap_invalid"),
        (PLAIN.replace("<info>", "<references>a,b</references><info>").encode(), "cap_invalid"),
        (PLAIN.replace("</event>", "</event><extra/>").encode(), "cap_invalid"),
    ],
)
def test_what_is_no_valid_message_is_refused_in_a_sentence(document: bytes, code: str) -> None:
    assert code_of(document) == code


def test_the_sentence_names_the_element_and_its_line() -> None:
    with pytest.raises(Refusal) as refused:
        read(PLAIN.replace("Immediate", "Soon").encode())
    assert "<urgency> on line 5" in refused.value.sentence()


def test_a_billion_laughs_are_not_laughed() -> None:
    bomb = '<!DOCTYPE alert [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
    )
    assert code_of(PLAIN.replace("<alert", bomb + "]><alert").replace("EVENT", "&j;").encode()) == "cap_with_entities"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file://{file}">]>',
        '<!DOCTYPE alert [<!ENTITY % p SYSTEM "file://{file}"> %p;]>',
        '<!DOCTYPE alert SYSTEM "file://{file}">',
        '<!DOCTYPE alert PUBLIC "-//X//Y//EN" "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_no_file_and_no_network_is_opened(declared: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("the secret")
    document = PLAIN.replace("<alert", declared.replace("{file}", str(file)) + "<alert").replace("EVENT", "&x;")
    with pytest.raises(Refusal) as refused:
        read(document.encode())
    assert refused.value.code == "cap_with_entities"
    assert "the secret" not in refused.value.sentence()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"])
def test_an_entity_in_another_encoding_is_no_way_round(encoding: str) -> None:
    attack = '<?xml version="1.0" encoding="' + encoding + '"?><!DOCTYPE alert [<!ENTITY x "y">]>' + PLAIN[39:]
    assert code_of(attack.replace("EVENT", "&x;").encode(encoding)) in {
        "cap_not_utf8",
        "cap_not_xml",
        "cap_with_entities",
    }


def test_an_entity_that_nobody_declared_is_no_xml() -> None:
    assert code_of(PLAIN.replace("EVENT", "&x;").encode()) == "cap_not_xml"


def test_a_polygon_that_was_left_open_is_closed() -> None:
    opened = PLAIN.replace("circle>45,5 0", "polygon>1,1 1,2 2,2").replace("/circle", "/polygon")
    (area,) = read(opened.encode()).infos[0].areas
    assert area.polygons[0].points[-1] == area.polygons[0].points[0] == Point(1, 1)


@pytest.mark.parametrize("kind", [MessageType.UPDATE, MessageType.CANCEL, MessageType.ACK, MessageType.ERROR])
def test_what_follows_nothing_is_not_written(kind: MessageType) -> None:
    with pytest.raises(CapFault):
        write(alert(info(), msg_type=kind))


def test_a_message_for_some_says_for_whom() -> None:
    for scope in (Scope.RESTRICTED, Scope.PRIVATE):
        with pytest.raises(CapFault):
            write(CapAlert("1", "a", SENT, Status.ACTUAL, MessageType.ALERT, scope))


@pytest.mark.parametrize("key", ["", "a b", "a,b", "a<b", "a&b", "a\nb"])
def test_an_identifier_that_would_break_references_is_none(key: str) -> None:
    with pytest.raises(CapFault):
        CapAlert(key, "a", SENT, Status.ACTUAL, MessageType.ALERT, Scope.PUBLIC)


def test_surfaces_are_latitude_and_longitude_and_closed() -> None:
    yard = Polygon.around(Point(45.1, 5.7), Point(45.2, 5.7), Point(45.2, -0.0000001))
    written = write(alert(info(areas=(Area("Yard", (yard,), (Circle(Point(-33.5, 151.25), 0),)),))))
    root = must_be_valid(written)
    namespace = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
    assert root.findtext(".//c:polygon", namespaces=namespace) == "45.1,5.7 45.2,5.7 45.2,0 45.1,5.7"
    assert root.findtext(".//c:circle", namespaces=namespace) == "-33.5,151.25 0"


def test_every_risk_of_the_catalogue_and_every_severity_has_its_word() -> None:
    assert tables.categories_of("fire")[0] is Category.FIRE
    assert tables.categories_of("a risk of our own") == (Category.OTHER,)
    assert {tables.severity_of(one) for one in OwnSeverity} == {
        Severity.MINOR,
        Severity.MODERATE,
        Severity.SEVERE,
        Severity.EXTREME,
    }
    assert tables.severity_of(None) is Severity.UNKNOWN


texts = st.text(max_size=12)
zones = st.timezones() | st.just(dt.UTC)
days = st.integers(3, dt.date.max.toordinal() - 3)
moments = st.builds(
    lambda day, second, zone: (dt.datetime.fromordinal(day) + dt.timedelta(seconds=second)).replace(tzinfo=zone),
    days,
    st.floats(0, 86_399),
    zones,
)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
polygons = st.lists(points, min_size=3, max_size=5).map(lambda corners: Polygon.around(*corners, corners[0]))
areas = st.builds(
    Area,
    texts,
    st.lists(polygons, max_size=2).map(tuple),
    st.lists(st.builds(Circle, points, st.floats(0, 10_000)), max_size=2).map(tuple),
    st.lists(st.builds(Named, texts, texts), max_size=2).map(tuple),
)
resources = st.builds(Resource, texts, texts, st.none() | st.integers(0, 10**9), texts, texts, texts)
infos = st.builds(
    Info,
    st.lists(st.sampled_from(Category), min_size=1, max_size=3).map(tuple),
    texts,
    st.sampled_from(Urgency),
    st.sampled_from(Severity),
    st.sampled_from(Certainty),
    language=st.sampled_from(["en", "fr", "zh-hans", "pt-br"]) | texts,
    audience=texts,
    event_codes=st.lists(st.builds(Named, texts, texts), max_size=2).map(tuple),
    expires=st.none() | moments,
    headline=texts,
    description=texts,
    instruction=texts,
    web=texts
    | st.sampled_from(["https://a.example/é?x=1 2", "http://[::1", "https://a.example:99999/%zz#a#b", "javascript:1"]),
    contact=texts,
    resources=st.lists(resources, max_size=1).map(tuple),
    areas=st.lists(areas, max_size=2).map(tuple),
)
keys = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)


@settings(max_examples=150, deadline=None)
@given(
    st.builds(
        CapAlert,
        keys,
        keys,
        moments,
        st.sampled_from(Status),
        st.just(MessageType.UPDATE),
        st.just(Scope.PUBLIC),
        source=texts,
        note=texts,
        references=st.lists(st.builds(Reference, keys, keys, moments), min_size=1, max_size=3).map(tuple),
        infos=st.lists(infos, max_size=2).map(tuple),
    )
)
def test_whatever_is_in_it_what_is_written_is_valid_and_can_be_read(written: CapAlert) -> None:
    document = write(written)
    must_be_valid(document)
    again = read(document)
    assert (again.identifier, again.sender, again.status) == (written.identifier, written.sender, written.status)
    assert again.sent == written.sent.replace(microsecond=0)
    assert [one.identifier for one in again.references] == [one.identifier for one in written.references]

"""A table of cameras read as spreadsheets save it: encodings, separators, titles in both languages, rows that are no rows."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.csv_cells import entered_of, shown_address
from detection.csv_tables import MOST_ROWS, Column, read
from soc.refusals import Refusal

FRENCH = "Nom;Adresse;Type de lieu;Affiche en place\r\nEntrée Évêché;rtsp://192.168.1.20/live;Privé;oui\r\n"
READ_AS = {
    Column.NAME: "Entrée Évêché",
    Column.ADDRESS: "rtsp://192.168.1.20/live",
    Column.PLACE: "Privé",
    Column.NOTICE: "oui",
}


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"), ("utf-16", "utf-16")],
)
def test_the_encoding_is_found_out(encoding: str, told: str) -> None:
    table = read(FRENCH.encode(encoding))
    assert table.encoding == told
    assert table.rows[0].cells == READ_AS


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found_out(separator: str) -> None:
    table = read(FRENCH.replace(";", separator).encode())
    assert (table.separator, table.rows[0].cells) == (separator, READ_AS)


def test_titles_of_other_lists_are_known_whatever_their_case_and_accents() -> None:
    table = read(b"CAMERA NAME,url,Login,PWD,Numero d'autorisation,Colour\nGate,x.avi,me,secret,12,red")
    assert set(table.rows[0].cells) == {
        Column.NAME,
        Column.ADDRESS,
        Column.USER_NAME,
        Column.PASSWORD,
        Column.AUTHORISATION,
    }
    assert table.unknown == ("Colour",)


def test_lines_are_numbered_as_an_editor_does() -> None:
    text = 'sep=;\r\nname;address;purpose\r\n\r\nA;a.avi;"two\r\nlines"\r\n;;\r\nB;b.avi;"a ; b"\r\nC;c.avi;x;too much'
    rows = read(text.encode()).rows
    assert [row.line for row in rows] == [4, 7, 8]
    assert rows[1].cells[Column.PURPOSE] == "a ; b"
    assert [row.overflowing for row in rows] == [False, False, True]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_such_column"),
        (b"name\nGate", "no_such_column"),
        (b"address\nx.avi", "no_such_column"),
        (b"name,address,url\nGate,x.avi,y.avi", "column_twice"),
        (b"PK\x03\x04\0\0\0\0name,address", "not_text"),
        (b"name,address\n" + b"a,b\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b'name,address\nGate,"' + b"x" * 200_000, "unreadable_line"),
    ],
)
def test_what_is_no_table_of_cameras_is_refused_in_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(content)
    assert refused.value.code == code
    assert refused.value.sentence().endswith(".")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with suppress(Refusal):
        for row in read(b"name;address;password\n" + content).rows:
            entered_of(row)


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), min_size=2, max_size=2),
        max_size=8,
    )
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(["name", "address"])
    writer.writerows(rows)
    found = [
        [row.cells.get(Column.NAME, ""), row.cells.get(Column.ADDRESS, "")]
        for row in read(b"\xef\xbb\xbf" + sheet.getvalue().encode()).rows
    ]
    assert found == [[name.strip(), address.strip()] for name, address in rows if name.strip() or address.strip()]


def row(**cells: str) -> bytes:
    return (";".join(cells) + "\n" + ";".join(cells.values())).encode()


@pytest.mark.parametrize(
    ("address", "kept", "user", "password"),
    [
        ("rtsp://viewer:p%40ss@10.0.0.1:554/live", "rtsp://10.0.0.1:554/live", "viewer", "p@ss"),
        ("rtsp://viewer:p@ss@10.0.0.1/live", "rtsp://10.0.0.1/live", "viewer", "p@ss"),
        ("http://viewer@10.0.0.1/a@b.mjpg", "http://10.0.0.1/a@b.mjpg", "viewer", None),
        ("rtsp://10.0.0.1/user@host", "rtsp://10.0.0.1/user@host", None, None),
    ],
)
def test_credentials_in_an_address_move_to_their_fields(
    address: str, kept: str, user: str | None, password: str | None
) -> None:
    fields = entered_of(read(row(name="Gate", address=address)).rows[0]).fields
    assert (fields["address"], fields.get("user_name"), fields.get("password")) == (kept, user, password)


def test_an_address_that_contradicts_the_columns_is_told() -> None:
    found = entered_of(read(row(name="Gate", address="rtsp://a:b@10.0.0.1/", password="c")).rows[0])
    assert [one.field for one in found.problems] == ["address"]


def test_what_may_be_a_password_is_not_shown_of_a_wrong_address() -> None:
    assert shown_address("rtsp://a:b/c@10.0.0.1/live?pwd=x") == "rtsp://…@10.0.0.1/live?…"
    assert shown_address("viewer:secret@10.0.0.1") == "…@10.0.0.1"
    assert shown_address("rtsp://viewer:secret/live") == "rtsp://viewer:…/live"
    assert shown_address("rtsp://10.0.0.1:554/live") == "rtsp://10.0.0.1:554/live"


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-x", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_formula_is_refused_wherever_text_is_kept(text: str) -> None:
    for column in ("name", "site", "purpose", "legal_basis", "authorisation"):
        cells = {"name": "Gate", "address": "a.avi", column: f'"{text}"'}
        assert [one.field for one in entered_of(read(row(**cells)).rows[0]).problems] == [column]


def test_a_password_may_hold_anything() -> None:
    found = entered_of(read(row(name="Gate", address="rtsp://10.0.0.1/", password='"=p;w ""x"" "')).rows[0])
    assert (found.problems, found.fields["password"]) == ([], '=p;w "x" ')


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"place": "Lieu de travail"}, "place", "workplace"),
        ({"place": "PUBLIC ROAD"}, "place", "public_road"),
        ({"place": "open_to_public"}, "place", "open_to_public"),
        ({"notice": "Oui"}, "notice_displayed", True),
        ({"notice": "non"}, "notice_displayed", False),
        ({"authorised until": "31/12/2027"}, "authorised_until", "2027-12-31"),
        ({"authorised until": "2027-12-31"}, "authorised_until", "2027-12-31"),
        ({"fps": "2,5"}, "frames_per_second", "2.5"),
        ({"source": "MJPEG"}, "source", "http"),
    ],
)
def test_words_numbers_and_dates_are_read_as_people_write_them(
    cells: dict[str, str], field: str, value: object
) -> None:
    found = entered_of(read(row(name="Gate", address="http://10.0.0.1/x", **cells)).rows[0])
    assert (found.problems, found.fields[field]) == ([], value)


@pytest.mark.parametrize(
    "cells",
    [{"place": "moon"}, {"notice": "maybe"}, {"authorised until": "31/31/2027"}, {"fps": "five"}, {"source": "tape"}],
)
def test_a_word_that_means_nothing_is_quoted_in_the_sentence(cells: dict[str, str]) -> None:
    (problem,) = entered_of(read(row(name="Gate", address="http://10.0.0.1/x", **cells)).rows[0]).problems
    assert next(iter(cells.values())) in problem.sentence

"""What is read of any table, and what is refused as none: encodings that say nothing of themselves, pictures, endless files."""

from __future__ import annotations

from enum import Enum

import pytest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.csv_cells import text_problem, without_shield
from soc.csv_tables import Columns, read, template
from soc.exports import safe_cell
from soc.refusals import Refusal


class Column(Enum):
    NAME = ("name", _("Name"))
    SITE = ("site", _("Site"))

    def __init__(self, field: str, title: Promise) -> None:
        self.field = field
        self.title = title


COLUMNS = Columns(tuple(Column), needed=(Column.NAME,), most_rows=5)
FRENCH = "Nom;Site\r\nAnaïs Évêque;Mairie\r\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("cp1252", "windows-1252"),
    ],
)
def test_the_encoding_is_found_out_also_where_it_says_nothing(encoding: str, told: str) -> None:
    table = read(FRENCH.encode(encoding), COLUMNS)
    assert (table.encoding, table.rows[0].cells) == (told, {Column.NAME: "Anaïs Évêque", Column.SITE: "Mairie"})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Nom;Site\r\nAna\x81s;x", "unknown_encoding"),  # neither UTF-8 nor Windows-1252
        (b"\xff\xfeN\x00o\x00m\x00;", "unknown_encoding"),  # cut off within a letter
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
        (b"PK\x03\x04\0\0\0\0name", "not_text"),
        (b'"' + b"x" * 200_000, "unreadable_line"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(content, COLUMNS)
    assert refused.value.code == code
    assert refused.value.sentence().endswith(".")


def test_a_million_lines_are_refused_as_soon_as_there_are_too_many() -> None:
    content = b"name;site\n" + b"a;b\n" * 1_000_000
    with pytest.raises(Refusal) as refused:
        read(content, COLUMNS)
    assert (refused.value.code, refused.value.params) == ("too_many_rows", {"most": 5})


def test_what_an_export_shields_is_read_back_without_its_shield() -> None:
    for text in ("+33639980001", "=1+1", "-x", "@y", "plain", "'quoted'", ""):
        assert without_shield(safe_cell(text)) == text
    assert text_problem("name", "=1+1") is not None
    assert text_problem("name", "Anaïs") is None


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("fr", ";")])
def test_a_template_is_a_table_that_is_read(language: str, separator: str) -> None:
    table = read(template(["Name", "Site"], ["Anaïs", "Mairie"], language), COLUMNS)
    assert (table.separator, table.rows[0].cells[Column.NAME]) == (separator, "Anaïs")

"""Languages that people speak: tags and names are known, nonsense is refused."""

from __future__ import annotations

import pytest
from babel import Locale

from soc.people.directory import languages
from soc.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("pt_BR", "pt-br"),
        ("zh-TW", "zh-hant"),
        ("Français", "fr"),
        ("anglais", "en"),
        ("Arabic", "ar"),
        ("arabe", "ar"),
        ("Kreyòl Ayisyen", "ht"),
        (" so ", "so"),
    ],
)
def test_tags_and_names_are_known(text: str, code: str) -> None:
    assert languages.checked(text) == code


@pytest.mark.parametrize("text", ["", "xx", "klingon", "fr-<b>", "f", "-", "日" * 90, "fr\0"])
def test_what_is_no_language_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        languages.checked(text)
    assert set(refused.value.fields) == {"language"}


def test_every_code_fits_and_is_one_that_the_cldr_knows() -> None:
    known = Locale("en").languages
    beyond = {"gcf", "prs", "rcf"}  # creoles of the French islands, and Dari
    for code, name in languages.LANGUAGES.items():
        assert len(code) <= 8
        assert name
        assert code.partition("-")[0] in known or code in beyond, code

"""An empty installation begins: a command prints the link by which the first administrator gets in."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from soc.people.models import Invitation, Member, Organisation
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach
from tests.factories import MemberFactory
from tests.soc.people.conftest import Page

pytestmark = pytest.mark.django_db


def begin(*arguments: str) -> str:
    said = StringIO()
    with translation.override("en"):  # a request of a test before may have left another
        call_command("make_organisation", *arguments, stdout=said)
    return said.getvalue()


def test_the_printed_link_makes_the_first_administrator(page: Page) -> None:
    said = begin("Lycée Jean Moulin", "--language", "fr", "--address", "https://vigie.example/")
    link = said.strip().splitlines()[-1]
    assert link.startswith("https://vigie.example/invitation#")
    chosen = {"name": "alix", "display_name": "Alix", "password": "a long horse battery"}
    view = page.post("link/use/", {"secret": link.partition("#")[2], **chosen})
    assert view["member"]["language"] == "fr"
    assert reach(Member.objects.get(), Right.MANAGE_PEOPLE) is EVERYWHERE


def test_what_cannot_be_is_refused_in_a_sentence_and_leaves_nothing() -> None:
    begin("Lycée Jean Moulin")
    for arguments, sentence in (
        (("Lycée Jean Moulin",), "already an organisation of this name"),
        (("X", "--language", "xx"), "choose one of en, fr"),
        (("X", "--timezone", "Mars/Olympus"), "no time zone"),
        ((" ",), "needs a name"),
    ):
        with pytest.raises(CommandError, match=sentence):
            begin(*arguments)
    assert Organisation.objects.count() == Invitation.objects.count() == 1


def test_at_each_start_it_begins_an_empty_installation_only() -> None:
    assert "/invitation#" in begin("First", "--if-empty")
    MemberFactory()
    assert begin("Second", "--if-empty") == ""


@pytest.mark.parametrize(
    ("locale", "language"), [("fr_FR.UTF-8", "fr"), ("fr", "fr"), ("de_DE.UTF-8", "en"), ("C.UTF-8", "en"), ("", "en")]
)
def test_unsaid_it_speaks_the_machines_language(monkeypatch: pytest.MonkeyPatch, locale: str, language: str) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", locale)
    begin("Lycée Jean Moulin")
    assert Organisation.objects.get().language == language

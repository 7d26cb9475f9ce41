"""What replies say, in the words of people who are in a hurry or afraid."""

from __future__ import annotations

import pytest

from alerts.channels.base import AnswerKind
from alerts.deliveries.texts import Offered
from alerts.deliveries.words import understand

OFFERED = (
    Offered(key="1", kind=AnswerKind.SAFE, words={}),
    Offered(key="2", kind=AnswerKind.HELP, words={}),
    Offered(key="3", kind=AnswerKind.COMING, words={}),
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", AnswerKind.SAFE),
        (" 1. ", AnswerKind.SAFE),
        ("#2", AnswerKind.HELP),
        ("3 ten minutes", AnswerKind.COMING),
        ("1 safe", AnswerKind.SAFE),
        ("1 [NC-12]", AnswerKind.SAFE),
        ("NC-12 2", AnswerKind.HELP),
        ("safe", AnswerKind.SAFE),
        ("Je suis en SÉCURITÉ", AnswerKind.SAFE),
        ("je vais bien", AnswerKind.SAFE),
        ("on my way!", AnswerKind.COMING),
        ("j’arrive", AnswerKind.COMING),
        ("ok", AnswerKind.SAFE),
        ("À l'aide", AnswerKind.HELP),
        ("help", AnswerKind.HELP),
        ("HELP!!! 2nd floor", AnswerKind.HELP),
        ("¡ayuda!", AnswerKind.HELP),
        ("ich brauche Hilfe", AnswerKind.HELP),
        ("Помогите", AnswerKind.HELP),
        ("النجدة", AnswerKind.HELP),
        ("快救命啊", AnswerKind.HELP),
        # A call for help is nothing else, whatever stands beside it.
        ("1 but my colleague needs help", AnswerKind.HELP),
        ("safe, but somebody is hurt", AnswerKind.HELP),
        ("help is on its way, I'm coming", AnswerKind.HELP),
        # Not safe is not safe, in whatever order.
        ("not safe", AnswerKind.HELP),
        ("I am not really safe", AnswerKind.HELP),
        ("We aren't safe here", AnswerKind.HELP),
        ("1 not safe", AnswerKind.HELP),
        ("je ne suis pas en sécurité", AnswerKind.HELP),
        ("pas bien", AnswerKind.HELP),
        ("no safe place here", AnswerKind.HELP),
        # What nobody can be sure of, a person reads.
        ("not coming", None),
        ("no, I am fine", None),
        ("safe and coming", None),
        ("who is this?", None),
        ("", None),
        ("9", None),
        ("1er étage", None),
        ("1st floor", None),
        ("12", None),
    ],
)
def test_what_a_reply_says(text: str, kind: AnswerKind | None) -> None:
    assert understand(text, OFFERED, "NC-12").kind is kind


def test_ok_means_what_was_asked() -> None:
    seen = (Offered(key="1", kind=AnswerKind.SEEN, words={}),)
    assert understand("ok", seen).kind is AnswerKind.SEEN
    assert understand("ok", (*seen, *OFFERED)).kind is AnswerKind.SEEN, "nobody is called safe who did not say so"


@pytest.mark.parametrize(
    ("text", "references", "rest"),
    [
        ("2 room B 12 [NC-4]", ("B-12", "NC-4"), "room B 12"),
        ("nc 4: in the yard", ("NC-4",), "in the yard"),
        ("help, platform A2", ("A-2",), "help, platform A2"),
        ("2", (), ""),
    ],
)
def test_a_reference_is_taken_out_and_a_room_is_not(text: str, references: tuple[str, ...], rest: str) -> None:
    said = understand(text, OFFERED, "NC-4")
    assert (said.references, said.rest) == (references, rest)


@pytest.mark.parametrize(
    ("text", "stop", "start"),
    [
        ("STOP", True, False),
        (" stop. ", True, False),
        ("Arrêt", True, False),
        ("STOP NC-4", True, False),
        ("START", False, True),
        ("stop shooting at us", False, False),
        ("please stop", False, False),
    ],
)
def test_stop_is_a_word_alone(text: str, stop: bool, start: bool) -> None:
    said = understand(text, OFFERED)
    assert (said.stop, said.start) == (stop, start)

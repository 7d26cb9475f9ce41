"""Calls and texts with a code, for when the console is out of reach: whose number, whether the code is right, what is answered.

1. A text is ours when it begins with an entrance's word and has digits behind it; a call, where there is an entrance for them.
2. Guesses are counted by number, which slows that number down only; a hundred wrong codes in a day close the entrance to codes.
3. A number that may not is told so whatever the code is, so that it learns nothing of it.
4. The digits are taken out of the text that is kept, right or wrong. What is refused stays with the agents, who read all texts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import Channel, Failure
from alerts.channels.voice.incoming import CallIn, Said
from alerts.deliveries import services as outbox
from alerts.deliveries.models import Incoming, Priority
from alerts.deliveries.texts import Texts
from crisis.entrances import entering, secrets, selectors
from crisis.entrances.entering import Came, Entered
from crisis.entrances.models import Callers, Entrance, EntranceCall, EntranceKind, EntranceOutcome
from crisis.entrances.settings import CallSettings
from soc import clock
from soc.people.directory import stops
from soc.people.directory.models import Person, PersonProfile, WayKind
from soc.people.directory.selectors import people_with
from soc.people.models import Organisation
from soc.people.throttle import Counted, Limit, Tries
from soc.refusals import Refusal, Status

MOST_WRONG_A_DAY: Final = 100
"""Of a million codes: then an administrator makes another one."""
MOST_TURNS: Final = 3
_BY_NUMBER: Final = Limit(5, dt.timedelta(minutes=5))
_TEXT: Final = re.compile(r"^\W*([^\W\d_]{2,16})[\W_]*(\d(?:[ .-]?\d){3,11})(?!\d)\s*(.*)$", re.DOTALL)
_WRONG_CODE: Final = "wrong_code"


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who calls or writes: a number, and whose it is."""

    organisation: UUID
    number: str
    people: tuple[Person, ...]

    @property
    def person(self) -> Person | None:
        """The one whose number it is; of a number that several share nobody knows who it was."""
        return self.people[0] if len(self.people) == 1 else None

    @property
    def language(self) -> str:
        """In which they are answered."""
        if self.people:
            return self.people[0].language
        return str(Organisation.objects.values_list("language", flat=True).get(pk=self.organisation))

    @property
    def end(self) -> str:
        """What is kept of a number that is nobody's."""
        return "" if self.person is not None else (f"…{self.number[-3:]}" if self.number else "–")

    def came(self, key: str, said: str = "") -> Came:
        """What they send, as entrances take it."""
        return Came(key, person=self.person, sender=self.end, said=said)


def is_for_us(organisation: UUID, text: str) -> bool:
    """Whether a text begins with the word of an entrance that is on, with digits behind it."""
    found = _TEXT.match(text)
    return found is not None and bool(_with_word(organisation, found[1]))


@transaction.atomic
def texted(incoming: Incoming) -> bool:
    """Take a text with a code, in its transaction. Its sender is answered.

    Returns:
        Whether it needs no agent: its code was right and something came of it.
    """
    found = _TEXT.match(incoming.text) if incoming.channel == Channel.SMS else None
    entrances = _with_word(incoming.organisation_id, found[1]) if found is not None else []
    if found is None or not entrances:
        return False
    code, said = re.sub(r"\D", "", found[2]), found[3].strip()
    incoming.text = incoming.text.replace(found[2], "•" * len(code))
    incoming.save(update_fields=["text"])
    caller = _caller(incoming.organisation_id, incoming.sender)
    try:
        entered = _try(entrances, caller, code, f"sms:{incoming.pk}", said)
    except Refusal as refusal:
        if refusal.status is not Status.TOO_MANY:  # nobody is answered for ever
            _answer(caller, incoming, _in_words(refusal, caller.language))
        return False
    _answer(caller, incoming, _came_of_it(entered, caller.language))
    return True


def called(call: CallIn) -> Said | None:
    """What a caller hears: the code is asked for, then what came of it. Null: no entrance takes calls here."""
    entrances = _all(call.organisation)
    if not entrances:
        return None
    caller = _caller(call.organisation, call.sender)
    language = _speakable(caller.language)
    if call.keyed is None:
        with translation.override(language):
            return Said(gettext("This is Vigie. Key in your code, then the hash key."), language, asks=True)
    key = f"call:{call.call}"
    before = EntranceCall.objects.filter(entrance__in=entrances, key=key).select_related("entrance", "activation")
    if (known := before.first()) is not None:  # the provider asks twice
        return Said(_came_of_it(Entered(known, known=True), language), language, asks=False)
    try:
        entered = _try(entrances, caller, call.keyed, key, "")
    except Refusal as refusal:
        again = refusal.code == _WRONG_CODE and call.turn < MOST_TURNS
        return Said(_in_words(refusal, language, again=again), language, asks=again)
    return Said(_came_of_it(entered, language), language, asks=False)


def _try(entrances: Sequence[Entrance], caller: _Caller, code: str, key: str, said: str) -> Entered:
    """Try a code at entrances.

    Raises:
        Refusal: too many guesses, a number that may not, a wrong code, or what `entering.enter` refuses; written down.
    """
    tries = Tries(Counted("entrance code", f"{caller.organisation}:{caller.number}", _BY_NUMBER))
    may = [one for one in entrances if _may(one, caller)]
    if not may:
        sentence = _("This number may not start anything here. Nothing was started.")
        raise _noted(entrances, caller, Refusal("number_may_not", sentence, status=Status.FORBIDDEN))
    open_ones = [one for one in may if not _is_closed(one)]
    if not open_ones:
        sentence = _("Too many wrong codes were tried, so no code is taken until a new one is made. Call the console.")
        raise _noted(may, caller, Refusal("code_closed", sentence, status=Status.FORBIDDEN))
    right = [one for one in open_ones if secrets.is_code(one, code)]
    if not right:
        sentence = _("This code is not right. Nothing was started.")
        raise _noted(open_ones, caller, Refusal(_WRONG_CODE, sentence, status=Status.FORBIDDEN))
    tries.succeeded()
    try:
        with transaction.atomic():
            return entering.enter(right[0], caller.came(key, said))
    except Refusal as refusal:  # what it wrote is undone
        raise _noted(right, caller, refusal) from refusal


def _noted(entrances: Sequence[Entrance], caller: _Caller, refusal: Refusal) -> Refusal:
    """Each entrance that a refusal is about keeps it: who raises it undoes nothing, since no transaction is its own."""
    for one in entrances:
        entering.refused(one, refusal.code, caller.came(""))
    return refusal


def _is_closed(entrance: Entrance) -> bool:
    since = max(filter(None, (entrance.secret_at, clock.now() - dt.timedelta(days=1))))
    wrong = EntranceCall.objects.filter(entrance=entrance, at__gt=since, reason=_WRONG_CODE)
    return wrong.count() >= MOST_WRONG_A_DAY


def _may(entrance: Entrance, caller: _Caller) -> bool:
    settings = CallSettings.model_validate(entrance.settings)
    if settings.callers is Callers.ANYBODY:
        return True
    if settings.callers is Callers.DIRECTORY or not caller.people:
        return bool(caller.people)
    rows = PersonProfile.objects.filter(person__in=[one.pk for one in caller.people], profile__in=settings.profiles)
    return rows.exists()


def _all(organisation: UUID) -> list[Entrance]:
    rows = selectors.opened(organisation, EntranceKind.CALL).select_related("plan")
    return list(rows)


def _with_word(organisation: UUID, word: str) -> list[Entrance]:
    return [one for one in _all(organisation) if one.settings.get("word", "").casefold() == word.casefold()]


def _caller(organisation: UUID, number: str) -> _Caller:
    people = people_with(organisation, WayKind.PHONE, number).order_by("pk")[:5] if number else []
    return _Caller(organisation, number, tuple(people))


def _in_words(refusal: Refusal, language: str, *, again: bool = False) -> str:
    with translation.override(_speakable(language)):
        text = refusal.sentence()
        once_more = gettext("Key in your code, then the hash key.")
        return f"{text} {once_more}" if again else text


def _came_of_it(entered: Entered, language: str) -> str:
    call, activation = entered.call, entered.call.activation
    if activation is None:
        raise LookupError("What a code opens is about an activation.")
    named = {"plan": call.entrance.plan.name, "reference": activation.reference}
    with translation.override(_speakable(language)):
        if call.outcome == EntranceOutcome.STARTED:
            return gettext("The plan “%(plan)s” has started (%(reference)s).") % named
        if call.outcome == EntranceOutcome.ASKED:
            silent = activation.starts_when_silent
            seconds = call.entrance.countdown_s
            asked = gettext("An agent is asked to start the plan “%(plan)s” (%(reference)s).") % named
            if not silent:
                return asked
            rest = ngettext(
                "It starts in %(seconds)s second by itself.", "It starts in %(seconds)s seconds by itself.", seconds
            )
            return f"{asked} {rest % {'seconds': seconds}}"
        return gettext("The plan “%(plan)s” is under way already (%(reference)s). Your call was added to it.") % named


def _answer(caller: _Caller, incoming: Incoming, text: str) -> None:
    """Owe the sender an answer by the way they wrote, in the same transaction. It is no message that can be answered: what they
    write next answers what the plan sent them.
    """
    stopped = stops.is_stopped(caller.organisation, caller.number)
    now = clock.now()
    language = caller.language
    message = outbox.message(
        outbox.Asked(
            organisation=caller.organisation,
            site=None,
            asker=f"entrance:{incoming.pk}",
            texts={language: Texts(subject=text[:200], text=text, short=text, spoken=text)},
            priority=Priority.URGENT,
            wanted_until=now + dt.timedelta(minutes=30),
            answers_until=now,
        )
    )
    person = caller.person
    recipient = str(person.pk) if person is not None else f"number:{uuid4()}"
    owed = outbox.Owed(
        recipient,
        person.pk if person is not None else None,
        Channel.SMS,
        caller.number,
        language,
        unsent=Failure.STOPPED if stopped else None,
    )
    outbox.owe(message, [owed])


def _speakable(language: str) -> str:
    return language if translation.check_for_language(language) else "en"

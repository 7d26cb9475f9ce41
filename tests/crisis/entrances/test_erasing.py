"""What was said by ways in goes after the organisation's days, and with who said it; what came of it stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alerts.deliveries import tasks as outbox_tasks
from alerts.deliveries.models import Keeping
from crisis.activations import directing
from crisis.activations import tasks as activation_tasks
from crisis.activations.models import Activation
from crisis.entrances import erasing, tasks
from crisis.entrances.models import Callers, EntranceCall, Press
from soc import clock
from soc.celery import APPS_WITH_TASKS
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.directory import services as directory
from soc.people.directory.models import Person
from soc.people.rights import Role
from tests.crisis.browser import Browser
from tests.crisis.entrances.conftest import Site, outcomes
from tests.crisis.entrances.test_buttons import alert
from tests.crisis.entrances.test_webhook import System
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db

PLACE, HALL, GAS, STRANGER = "Under the red stairs", "Hall 2 behind the press", "Gas seen by Marie", "…777"


@pytest.fixture
def ways_in(site: Site) -> list[Any]:
    """A button pressed, a text with a code of a person and of a stranger, a webhook; all of one plan under way."""
    anybody = {"word": "VIGIE", "callers": Callers.ANYBODY, "profiles": []}
    button, texts = site.entrance("button"), site.entrance("call", settings=anybody)
    hook = site.entrance("webhook")
    alert(Browser(site.responder), button.pk, PLACE)
    site.story.texts(site.staff, f"VIGIE {texts.secret} {HALL}")
    stranger = site.story.person("Stranger")
    stranger.ways.update(address="+33639980777")
    site.story.texts(stranger, f"VIGIE {texts.secret}")
    System(hook).call(f'{{"text": "{GAS}"}}'.encode())
    site.story.work()
    return [button, texts, hook]


def called_by_a_stranger(site: Site) -> None:
    """The stranger's number is nobody's."""
    EntranceCall.objects.filter(person__display_name="Stranger").update(person=None, sender=STRANGER)


def later(days: float) -> None:
    clock.move(dt.timedelta(days=days))
    activation_tasks.retention()
    outbox_tasks.retention()
    tasks.retention()


def kept() -> str:
    """What the calls and the journal's personal part say."""
    calls = EntranceCall.objects.values_list("said", "sender", "digest", "person__display_name")
    return str([*calls, *Personal.objects.filter(entry__action__startswith="entrance").values_list("text", flat=True)])


def came(ways_in: list[Any]) -> list[Any]:
    """What stays."""
    calls = EntranceCall.objects.order_by("id").values_list("entrance", "at", "outcome", "activation", "key", "member")
    return [*map(outcomes, ways_in), *calls]


def end(site: Site) -> None:
    directing.stand_down(Activation.objects.get().pk, site.story.agent)
    site.story.work()


def test_a_year_after_the_end_what_came_of_it_is_left_and_nothing_that_was_said(site: Site, ways_in: list[Any]) -> None:
    called_by_a_stranger(site)
    before = came(ways_in)
    end(site)
    later(364)
    for said in (PLACE, HALL, GAS, STRANGER, "Guard A", "Staff 1"):
        assert said in kept(), said
    assert Press.objects.exists()

    later(2)
    for said in (PLACE, HALL, GAS, STRANGER, "Guard A", "Staff 1"):
        assert said not in kept(), said
    assert not EntranceCall.objects.exclude(digest="", person=None).exists()
    assert came(ways_in) == before
    assert not Press.objects.exists()
    entry = Entry.objects.get(action=Action.ENTRANCE_ERASED)
    assert entry.details["calls"] == EntranceCall.objects.count() == 4
    later(1)
    assert Entry.objects.filter(action=Action.ENTRANCE_ERASED).count() == 1, "once is enough"
    assert [
        row["said"] for row in Browser(site.story.agent).get(f"entrances/{ways_in[0].pk}/calls/").json()["results"]
    ] == [""]


def test_what_belongs_to_a_plan_under_way_stays_however_long_it_takes(site: Site, ways_in: list[Any]) -> None:
    later(800)
    assert PLACE in kept()
    assert GAS in kept()
    end(site)
    later(364)
    assert PLACE in kept(), "its time is counted from the plan's end"
    later(2)
    assert PLACE not in kept()


def test_what_was_refused_goes_after_the_organisation_s_own_days(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_CALLS", 2)
    texts = site.entrance("call", settings={"word": "VIGIE", "callers": Callers.ANYBODY, "profiles": []})
    wrong = f"{(int(texts.secret) + 1) % 1_000_000:06d}"
    for _ in range(3):
        site.story.texts(site.guard, f"VIGIE {wrong} {HALL}")
    assert "Guard A" in kept()
    Keeping.objects.create(organisation=site.story.organisation, days=30)
    later(29)
    assert "Guard A" in kept()
    later(2)
    assert "Guard A" not in kept()
    assert outcomes(texts) == ["refused"] * 3
    told = Entry.objects.filter(action=Action.ENTRANCE_ERASED).order_by("id").values_list("details__calls", flat=True)
    assert list(told) == [2, 1], "in batches"


def test_who_is_erased_is_forgotten_here_and_in_the_journal_at_once(site: Site, ways_in: list[Any]) -> None:
    before = came(ways_in)
    admin = MemberFactory(organisation=site.story.organisation, roles=[Role.ADMINISTRATOR])
    directory.erase_person(admin, Person.objects.get(pk=site.staff.pk), version=1)
    assert HALL not in kept()
    assert "Staff 1" not in kept()
    for said in (PLACE, GAS, "Guard A"):
        assert said in kept(), f"{said} is somebody else's"
    assert came(ways_in) == before
    erased = Entry.objects.get(action=Action.PERSONAL_ERASED)
    called = Entry.objects.get(
        action=Action.ENTRANCE_CALLED, details__call=EntranceCall.objects.get(person=site.staff).pk
    )
    assert called.pk in erased.details["entries"]
    assert erased.actor_id == admin.pk


def test_it_is_done_by_the_clock() -> None:
    assert "crisis.entrances" in APPS_WITH_TASKS
    assert {one["task"] for one in tasks.BEAT.values()} == {tasks.retention.name}

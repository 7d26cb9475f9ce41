"""What is no script is refused with a sentence that says where and why; nothing waits for ever, nothing says "toggle"."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.devices.checks import check, refuses_before_verification
from crisis.devices.document import Document, NoDocument, longest_s, parse, walk, written
from crisis.devices.models import Device
from crisis.devices.paths import after, firsts, step_at
from crisis.devices.states import is_relative
from soc.people.models import Site
from tests import factories
from tests.crisis.devices.scripting import document, if_, parallel, set_, wait, wait_for

DEVICE = "7d1c2b1e-0000-4000-8000-000000000001"


def problems(site: Site, *steps: dict[str, Any], only_there: bool = False) -> dict[str, str]:
    where = site if only_there else None
    return {one.path: one.code for one in check(document(*steps), site.organisation, site=where)}


@pytest.mark.parametrize(
    "seconds", [601, 10**9, 1e999, -1, 0, "for ever", None, True, 1.5, "inf"], ids=lambda value: str(value)
)
@pytest.mark.django_db
def test_an_endless_wait_is_refused_with_a_sentence(site: Site, seconds: object) -> None:
    entered = {"steps": [{"do": "wait", "seconds": seconds}]}
    found = check(entered, site.organisation)
    assert [one.code for one in found] == ["endless"]
    assert "10 minutes" in found[0].sentence()


@pytest.mark.django_db
def test_waiting_for_a_state_without_a_limit_is_refused(site: Site, light: Device) -> None:
    step = {"do": "wait_for", "device": str(light.pk), "state": "on"}
    found = check({"steps": [step]}, site.organisation)
    assert [(one.path, one.code) for one in found] == [("steps.0.limit_s", "no_limit")]


@pytest.mark.django_db
def test_waits_that_come_to_more_than_half_an_hour_are_refused(site: Site) -> None:
    assert problems(site, *[wait(600)] * 3) == {}
    assert problems(site, *[wait(600)] * 3, wait(1)) == {"steps": "too_slow"}
    # Side by side they last no longer than the longest of them.
    assert problems(site, parallel([wait(600)], [wait(600), wait(600)], [wait(600)])) == {}


@pytest.mark.django_db
def test_what_is_no_step_is_refused(site: Site, light: Device) -> None:
    for step, code in (
        ({"do": "eval", "code": "1 + 1"}, "union_tag_invalid"),
        ({"seconds": 1}, "union_tag_not_found"),
        ({"do": "wait", "seconds": 1, "then": []}, "extra_forbidden"),
        ({"do": "set", "device": "the siren", "state": "on"}, "uuid_parsing"),
        ({"do": "parallel", "branches": []}, "too_short"),
        ({"do": "parallel", "branches": [[wait(1)]] * 21}, "too_long"),
    ):
        found = check({"steps": [step]}, site.organisation)
        assert [one.code for one in found] == [code], step
        assert found[0].sentence()
    nothings: tuple[Any, ...] = (
        None,
        [],
        {},
        {"steps": []},
        {"steps": "on"},
        "steps",
        7,
        {"steps": [wait(1)], "code": "x"},
    )
    for nothing in nothings:
        assert check(nothing, site.organisation), nothing


@pytest.mark.django_db
def test_what_is_nested_too_deep_is_refused(site: Site, light: Device) -> None:
    step = wait(1)
    for _ in range(4):
        step = parallel([step])
    assert problems(site, step) == {}
    deep = {"do": "if", "device": str(light.pk), "state": "on", "then": [], "else": [wait(1), step]}
    # Each is named that stands a level too deep; deeper still, nothing follows them down.
    assert problems(site, wait(1), deep) == {"1.else.1.0.0.0.0.0.0.0.0": "too_deep"}
    assert problems(site, parallel([step], [step])) == {f"0.{way}.0.0.0.0.0.0.0.0.0": "too_deep" for way in (0, 1)}
    for _ in range(5000):
        step = parallel([step])
    assert problems(site, step) == {"steps": "too_deep"}
    assert problems(site, *[wait(1)] * 101) == {"steps": "too_long"}
    assert problems(site, parallel(*[[wait(1)] * 10 for _ in range(11)])) == {"steps": "too_long"}


@pytest.mark.parametrize("word", ["toggle", "TOGGLE", "volume_up", "next", "louder"])
@pytest.mark.django_db
def test_a_relative_word_is_refused(site: Site, light: Device, word: str) -> None:
    light.states = [*light.states, {"key": word.lower(), "words": {"en": "x"}}]
    light.save()
    assert problems(site, set_(light, word)) == {"0.state": "relative"}


@pytest.mark.django_db
def test_devices_and_states_that_are_not_there_are_named(site: Site, light: Device) -> None:
    elsewhere = factories.DeviceFactory(site=factories.SiteFactory(organisation=site.organisation))
    theirs = factories.DeviceFactory()
    blind = factories.DeviceFactory(site=site, settings={**light.settings, "state_path": None})
    steps = [
        set_(light, "purple"),
        set_(theirs, "on"),
        {"do": "set", "device": str(uuid.uuid4()), "state": "on"},
        wait_for(blind, "on"),
        if_(light, "on", [set_(elsewhere, "on")], []),
    ]
    assert problems(site, *steps, only_there=True) == {
        "0.state": "unknown_state",
        "1.device": "unknown_device",
        "2.device": "unknown_device",
        "3.device": "unreadable",
        "4.then.0.device": "elsewhere",
    }
    assert "4.then.0.device" not in problems(site, *steps)
    sentences = " ".join(one.sentence() for one in check(document(*steps), site.organisation))
    assert theirs.name not in sentences


@pytest.mark.django_db
def test_what_cannot_be_read_is_refused_before_the_verification(site: Site, light: Device) -> None:
    assert refuses_before_verification({"steps": "nonsense"})
    assert refuses_before_verification(document({"do": "set", "device": DEVICE, "state": "on"}))
    assert not refuses_before_verification(document(set_(light, "on"), wait(5)))
    assert refuses_before_verification(document(set_(light, "on")), organisation_id=uuid.uuid4())


def test_paths_lead_where_the_steps_stand() -> None:
    parsed = parse(
        {
            "steps": [
                {"do": "wait", "seconds": 1},
                {
                    "do": "if",
                    "device": DEVICE,
                    "state": "on",
                    "then": [{"do": "parallel", "branches": [[], [{"do": "wait", "seconds": 2}]]}],
                    "else": [{"do": "wait", "seconds": 3}, {"do": "stop"}],
                },
            ]
        }
    )
    found = {path: step.do for path, step in walk(parsed.steps)}
    assert found == {
        "0": "wait",
        "1": "if",
        "1.then.0": "parallel",
        "1.then.0.1.0": "wait",
        "1.else.0": "wait",
        "1.else.1": "stop",
    }
    assert all(step_at(parsed, path).do == do for path, do in found.items())
    assert (after(parsed, "0"), after(parsed, "1"), after(parsed, "1.else.0")) == ("1", None, "1.else.1")
    assert firsts(step_at(parsed, "1.then.0"), "1.then.0") == ["1.then.0.1.0"]
    for nowhere in ("2", "0.then.0", "1.other.0", "1.else.2", "x", "1.then.0.7.0"):
        with pytest.raises(KeyError):
            step_at(parsed, nowhere)


STEPS: Any = st.recursive(
    st.one_of(
        st.builds(lambda seconds: {"do": "wait", "seconds": seconds}, st.integers(1, 600)),
        st.builds(
            lambda limit: {"do": "wait_for", "device": DEVICE, "state": "on", "limit_s": limit}, st.integers(1, 600)
        ),
        st.just({"do": "set", "device": DEVICE, "state": "on"}),
        st.just({"do": "stop"}),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda then, other: {"do": "if", "device": DEVICE, "state": "on", "then": then, "else": other},
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3),
        ),
        st.builds(
            lambda branches: {"do": "parallel", "branches": branches},
            st.lists(st.lists(inner, max_size=3), min_size=1, max_size=3),
        ),
    ),
    max_leaves=12,
)


@given(st.lists(STEPS, min_size=1, max_size=5))
def test_any_script_is_kept_as_it_was_and_every_step_is_found(steps: list[Any]) -> None:
    parsed = parsed_or_refused({"steps": steps})
    if parsed is None:
        return
    assert Document.model_validate(written(parsed)) == parsed
    assert all(step_at(parsed, path) == step for path, step in walk(parsed.steps))
    assert longest_s(parsed.steps) >= 0


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_anything_is_a_script_or_refused(entered: Any) -> None:
    assert parsed_or_refused(entered) is None


def parsed_or_refused(entered: Any) -> Document | None:
    """The script, or ``None`` when it is refused with a reason; nothing else happens."""
    try:
        return parse(entered)
    except NoDocument as refused:
        return None if refused.faults else Document.model_construct(steps=())


def test_absolute_words_are_not_taken_for_relative_ones() -> None:
    assert [word for word in ("on", "off", "locked", "open", "raised", "evacuate", "setup") if is_relative(word)] == []

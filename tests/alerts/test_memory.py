"""What a watcher remembers: it comes back as it was, for 15 minutes, in bounded room."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from alerts.duty import Lookout
from alerts.memory import Memory
from alerts.rules.labels import KNOWN
from alerts.trials import would_have_raised
from detection.observations import LineCrossing, Observation, ObservedTrack
from detection.vision.geometry import Box, Point
from tests.alerts.watching import seen, track

CAMERA = uuid4()
ZONES = [uuid4() for _ in range(4)]
LINES = [uuid4() for _ in range(3)]
T = 1_700_000_000.0
PART = st.floats(0, 1, width=32)
TRACKS = st.builds(
    ObservedTrack,
    st.integers(0, 2**32 - 1),
    st.sampled_from(sorted(KNOWN)),
    PART,
    st.builds(Box, PART, PART, PART, PART),
    st.frozensets(st.sampled_from(ZONES)),
    st.floats(0, 2e9),
)
CROSSINGS = st.builds(
    LineCrossing,
    st.integers(0, 2**32 - 1),
    st.sampled_from(sorted(KNOWN)),
    st.sampled_from(LINES),
    st.booleans(),
    st.builds(Point, PART, PART),
)


@given(st.lists(st.tuples(st.lists(TRACKS, max_size=6), st.lists(CROSSINGS, max_size=3)), max_size=8))
def test_what_is_remembered_is_what_was_seen(frames: list[tuple[list[ObservedTrack], list[LineCrossing]]]) -> None:
    memory = Memory(CAMERA)
    observations = [
        Observation(CAMERA, T + number, number, tuple(tracks), tuple(crossings))
        for number, (tracks, crossings) in enumerate(frames)
    ]
    for observation in observations:
        memory.append(observation)

    back = list(memory.replay())
    assert len(back) == len(observations)
    for one, other in zip(observations, back, strict=True):
        assert (one.captured_at, one.number) == (other.captured_at, other.number)
        assert [(t.track, t.label, t.zones, t.confidence, t.first_seen) for t in one.tracks] == [
            (t.track, t.label, t.zones, t.confidence, t.first_seen) for t in other.tracks
        ]
        assert all(abs(a.box.left - b.box.left) <= 1e-4 for a, b in zip(one.tracks, other.tracks, strict=True))
        assert [(c.track, c.label, c.line, c.forward) for c in one.crossings] == [
            (c.track, c.label, c.line, c.forward) for c in other.crossings
        ]


def test_it_forgets_after_15_minutes() -> None:
    memory = Memory(CAMERA)
    for second in range(2_000):
        memory.append(seen(T + second, track()))

    assert memory.oldest == T + 1_999 - 900
    assert len(memory) == 901


def test_a_crowd_does_not_fill_the_ram() -> None:
    memory = Memory(CAMERA, max_bytes=50_000)
    crowd = [track(number) for number in range(100)]
    for second in range(500):
        memory.append(seen(T + second * 0.1, *crowd))

    assert memory.size <= 50_000
    assert memory.oldest is not None
    assert len(memory) > 5


def test_a_rule_tried_on_memory_raises_when_it_would_have() -> None:
    memory = Memory(CAMERA)
    for second in range(300):
        memory.append(seen(T + second, *([track()] if 100 <= second < 110 or second >= 200 else [])))
    lookout = Lookout("seen", {"labels": ["person"]}, None, (), "Europe/Paris")

    assert would_have_raised(memory.replay(), lookout, quiet_s=30).hits == [T + 100, T + 200]
    assert would_have_raised(memory.replay(), lookout, quiet_s=200).hits == [T + 100]

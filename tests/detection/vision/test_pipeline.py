"""One camera's frames: what is covered is shown, what is not is not, and failures show nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from detection.vision import anonymise
from detection.vision.engine import Engines
from detection.vision.frames import Pixels, PublicFrame, RawFrame
from detection.vision.geometry import Polygon
from detection.vision.pipeline import Analysed, Pipeline, PipelineSettings, Uncovered
from detection.vision.weights import ModelUnusable

EPOCH = 1_700_000_000.0


def run(pipeline: Pipeline, frames: list[Pixels], per_second: float = 10.0, under_way: int = 3) -> list[Analysed]:
    """All frames through a pipeline, some of them under way at a time."""
    done, pending = [], []
    for number, pixels in enumerate(frames):
        pending.append(pipeline.start(RawFrame(pixels, EPOCH + number / per_second, number)))
        if len(pending) > under_way:
            done.append(pipeline.finish(pending.pop(0)))
    return done + [pipeline.finish(each) for each in pending]


def picture(analysed: Analysed) -> PublicFrame:
    assert analysed.public is not None
    return analysed.public


def test_people_are_tracked_and_every_frame_is_public(engines: Engines, street: list[Pixels]) -> None:
    done = run(Pipeline(engines), street)
    assert [each.number for each in done] == list(range(len(street)))
    assert all(each.covered and each.public and not each.public.pixelated_whole and not each.fault for each in done)
    people = [{track.number for track in each.tracks if track.label == "person"} for each in done]
    assert len(people[-1]) >= 4
    assert people[-1] & people[10]
    numbers = {track.number for each in done for track in each.tracks}
    assert len(numbers) < 40


def test_nothing_but_masks_differs_from_the_camera_s_picture(engines: Engines, street: list[Pixels]) -> None:
    for each, raw in zip(run(Pipeline(engines), street), street, strict=True):
        share = (picture(each).pixels != raw).any(axis=2).mean()
        assert 0.005 < share < 0.25
        assert share == pytest.approx(picture(each).share_altered, abs=0.01)


def test_it_makes_no_difference_how_many_frames_are_under_way(engines: Engines, street: list[Pixels]) -> None:
    one_by_one, several = (run(Pipeline(engines), street[:15], under_way=count) for count in (0, 4))
    for first, second in zip(one_by_one, several, strict=True):
        assert first.tracks == second.tracks
        assert np.array_equal(picture(first).pixels, picture(second).pixels)


def test_a_still_picture_is_analysed_every_two_seconds_only_and_always_covered(
    engines: Engines, street: list[Pixels]
) -> None:
    done = run(Pipeline(engines), [street[0]] * 50, per_second=10)
    assert [each.number for each in done if each.analysed] == [0, 20, 40]
    assert all(each.covered for each in done)
    assert all(np.array_equal(picture(each).pixels[:100], picture(done[0]).pixels[:100]) for each in done[:20])


def test_without_the_gate_every_frame_is_analysed(engines: Engines, street: list[Pixels]) -> None:
    done = run(Pipeline(engines, PipelineSettings(gate=False)), [street[0]] * 5)
    assert all(each.analysed for each in done)


def test_a_change_outside_the_masks_is_analysed(engines: Engines, street: list[Pixels]) -> None:
    changed = street[0].copy()
    changed[500:520, 300:320] = 255
    done = run(Pipeline(engines), [street[0], street[0], changed])
    assert [each.analysed for each in done] == [True, False, True]


def test_what_creeps_in_slowly_is_analysed_in_the_end(engines: Engines, street: list[Pixels]) -> None:
    frames = []
    for step in range(15):
        frame = street[0].copy()
        frame[500:540, 300:340] = np.clip(frame[500:540, 300:340].astype(int) + 2 * step, 0, 255).astype(np.uint8)
        frames.append(frame)
    assert any(each.analysed for each in run(Pipeline(engines), frames)[1:])


@pytest.mark.parametrize("jump", [-100.0, 1e6])
def test_a_clock_that_jumps_is_no_way_round_detection(engines: Engines, street: list[Pixels], jump: float) -> None:
    pipeline = Pipeline(engines)
    pipeline.process(RawFrame(street[0], EPOCH, 0))
    assert pipeline.process(RawFrame(street[0], EPOCH + jump, 1)).analysed


def test_a_camera_may_change_its_picture_s_size_in_mid_stream(engines: Engines, street: list[Pixels]) -> None:
    half = [np.ascontiguousarray(frame[1::2, 1::2]) for frame in street[5:10]]
    odd = [np.ascontiguousarray(frame[:333, :555]) for frame in street[10:15]]
    done = run(Pipeline(engines), street[:5] + half + odd)
    assert all(each.covered and not each.fault for each in done)
    assert [picture(each).size for each in done[::5]] == [(768, 576), (384, 288), (555, 333)]


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (65, 63), (1281, 719)])
def test_frames_of_any_size_become_public(engines: Engines, size: tuple[int, int]) -> None:
    frame = np.random.default_rng(5).integers(0, 255, (size[1], size[0], 3), np.uint8)
    done = run(Pipeline(engines), [frame] * 3)
    assert [picture(each).size for each in done] == [size] * 3


def test_who_stands_in_a_private_area_is_not_seen_by_anything(engines: Engines, street: list[Pixels]) -> None:
    everything = Polygon.of([[0, 0], [1, 0], [1, 1], [0, 1]])
    done = run(Pipeline(engines, PipelineSettings(private=(everything,))), street[:6])
    assert all(not each.tracks and not picture(each).pixels[10:-10, 10:-10].std() > 40 for each in done)
    assert not any((picture(each).pixels > 2 * anonymise._CONTRAST).any() for each in done)


class Failing:
    """Stands in the place of a function that fails from the nth call on: a fault no real model can be made to have."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, *_args: object, **_kwargs: object) -> object:
        self.left -= 1
        raise ModelUnusable("The model failed on a picture.")


@pytest.mark.parametrize(
    "place",
    [
        "detection.vision.engine.Job.detections",
        "detection.vision.faces.FaceJob.faces",
        "detection.vision.tracker.Tracker.update",
        "detection.vision.masks.MaskKeeper.update",
        "detection.vision.anonymise.blacked_out",
        "detection.vision.anonymise.public_frame",
        "detection.vision.motion.MotionGate.look",
        "detection.vision.engine.Engine.submit",
        "detection.vision.faces.FaceFinder.submit",
    ],
)
def test_a_failure_anywhere_makes_no_public_frame_and_the_next_one_is_analysed_afresh(
    engines: Engines, street: list[Pixels], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    pipeline = Pipeline(engines)
    assert pipeline.process(RawFrame(street[0], EPOCH, 0)).covered
    with monkeypatch.context() as broken:
        broken.setattr(place, Failing(0))
        failed = [pipeline.process(RawFrame(street[number], EPOCH + number, number)) for number in (3, 4)]
    assert [each.public for each in failed] == [None, None]
    assert all(each.fault and "ModelUnusable" in each.fault for each in failed)
    after = pipeline.process(RawFrame(street[4], EPOCH + 4.01, 5))
    assert after.analysed
    assert after.covered
    assert after.fault is None


@pytest.mark.parametrize(("uncovered", "shown"), [(Uncovered.PIXELATE, True), (Uncovered.DROP, False)])
def test_a_still_frame_whose_analysis_failed_is_not_shown(
    engines: Engines, street: list[Pixels], monkeypatch: pytest.MonkeyPatch, uncovered: Uncovered, shown: bool
) -> None:
    pipeline = Pipeline(engines, PipelineSettings(uncovered=uncovered))
    first = pipeline.start(RawFrame(street[0], EPOCH, 0))
    still = pipeline.start(RawFrame(street[0], EPOCH + 0.1, 1))
    assert not still.analyses
    with monkeypatch.context() as broken:
        broken.setattr("detection.vision.engine.Job.detections", Failing(0))
        assert pipeline.finish(first).public is None
    second = pipeline.finish(still)
    assert not second.covered
    if shown:
        assert picture(second).pixelated_whole
    else:
        assert second.public is None


def test_frames_are_finished_in_order(engines: Engines, street: list[Pixels]) -> None:
    pipeline = Pipeline(engines)
    first = pipeline.start(RawFrame(street[0], EPOCH, 0))
    second = pipeline.start(RawFrame(street[1], EPOCH + 0.1, 1))
    with pytest.raises(ValueError, match="order"):
        pipeline.finish(second)
    pipeline.finish(first)
    pipeline.finish(second)


def test_settings_change_without_losing_tracks(engines: Engines, street: list[Pixels]) -> None:
    pipeline = Pipeline(engines)
    before = run(pipeline, street[:8])[-1]
    pipeline.change(PipelineSettings(private=(Polygon.of([[0, 0.8], [1, 0.8], [1, 1], [0, 1]]),)))
    after = pipeline.process(RawFrame(street[8], EPOCH + 0.8, 8))
    assert not picture(after).pixels[500:].any() or picture(after).pixels[500:].max() <= 2 * anonymise._CONTRAST
    assert {track.number for track in before.tracks} & {track.number for track in after.tracks}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("margin", partial(PipelineSettings, margin=0.0)),
        ("margin", partial(PipelineSettings, margin=0.6)),
        ("hold_frames", partial(PipelineSettings, hold_frames=0)),
        ("forced_every_s", partial(PipelineSettings, forced_every_s=60.0)),
        ("motion_threshold", partial(PipelineSettings, motion_threshold=255)),
        ("track_hold_s", partial(PipelineSettings, track_hold_s=0.0)),
    ],
)
def test_no_setting_goes_where_faces_would_show(name: str, settings: Callable[[], PipelineSettings]) -> None:
    with pytest.raises(ValueError, match=f"{name} must be from"):
        settings()

"""The small machines: multipart bodies, JPEG headers, RTSP answers, stream time, HTTP credentials."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.reasons import Reason
from detection.sources import mjpeg
from detection.sources.gate import Handshake
from detection.sources.http_credentials import answer
from detection.sources.spec import SourceFault, SourceSpec
from detection.sources.timestamps import StreamClock
from tests.peers.footage import jpeg, moving
from tests.peers.passwords import Doorkeeper


def body(parts: list[bytes], *, measured: bool) -> bytes:
    written = b""
    for part in parts:
        length = b"Content-Length: %d\r\n" % len(part) if measured else b""
        written += b"--b\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + part + b"\r\n"
    return written + b"--b--\r\n"


@given(
    parts=st.lists(st.binary(min_size=1, max_size=50).filter(lambda part: b"--b" not in part), max_size=5),
    piece=st.integers(1, 30),
)
def test_measured_parts_come_out_as_they_went_in(parts: list[bytes], piece: int) -> None:
    stream = io.BytesIO(body(parts, measured=True))
    assert list(mjpeg.parts(lambda most: stream.read(min(most, piece)), b"b")) == parts


@given(
    parts=st.lists(st.binary(min_size=1, max_size=50).map(lambda part: b"\xff\xd8" + part.hex().encode()), max_size=5)
)
def test_unmeasured_parts_end_at_the_boundary(parts: list[bytes]) -> None:
    stream = io.BytesIO(body(parts, measured=False))
    assert list(mjpeg.parts(stream.read, b"b"))[: len(parts)] == parts


@given(st.binary(max_size=2000), st.integers(1, 64))
def test_any_bytes_end_without_a_crash(data: bytes, piece: int) -> None:
    stream = io.BytesIO(b"--b" + data)
    assert all(isinstance(part, bytes) for part in mjpeg.parts(lambda _: stream.read(piece), b"b"))


def test_a_part_that_is_too_long_is_refused() -> None:
    stream = io.BytesIO(b"--b\r\nContent-Length: 99999999999\r\n\r\nxx")
    with pytest.raises(SourceFault) as caught:
        list(mjpeg.parts(stream.read, b"b"))
    assert caught.value.reason is Reason.CORRUPT


def test_an_endless_part_is_refused() -> None:
    with pytest.raises(SourceFault) as caught:
        list(mjpeg.parts(lambda most: b"x" * most, b"b"))
    assert caught.value.reason is Reason.CORRUPT


@pytest.mark.parametrize("size", [(320, 240), (641, 479), (1, 1)])
def test_a_jpegs_size_is_read_before_it_is_decoded(size: tuple[int, int]) -> None:
    assert mjpeg.jpeg_size(jpeg(next(moving(size, 1)))) == size


@given(st.binary(max_size=200))
def test_any_bytes_have_a_size_or_none(data: bytes) -> None:
    found = mjpeg.jpeg_size(b"\xff\xd8" + data)
    assert found is None or all(0 <= side < 65536 for side in found)


def test_a_bomb_is_refused_by_its_header() -> None:
    picture = bytearray(jpeg(next(moving((320, 240), 1))))
    at = picture.index(b"\xff\xc0")
    picture[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(SourceFault) as caught:
        mjpeg.is_whole_picture(bytes(picture))
    assert caught.value.reason is Reason.BAD_SIZE


OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nbody"


@given(st.integers(1, 60))
def test_answers_pass_whole_and_media_as_it_is(piece: int) -> None:
    sent = OK + OK + b"$\x00\x00\x04RTSP" + b"RTSP/1.0 302 Found\r\n\r\n"
    gate, passed = Handshake(), b""
    for at in range(0, len(sent), piece):
        passed += gate.feed(sent[at : at + piece])
    assert passed == sent
    assert gate.over


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"RTSP/1.0 301 Moved\r\nLocation: rtsp://x/\r\n\r\n", Reason.REDIRECT),
        (b"RTSP/1.0 302 Moved\r\n\r\n", Reason.REDIRECT),
        (b"HTTP/1.1 200 OK\r\n\r\n", Reason.NO_VIDEO),
        (b"RTSP/1.0 200 OK\r\n" + b"x" * 70_000, Reason.NO_VIDEO),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n", Reason.NO_VIDEO),
    ],
)
def test_nothing_of_a_bad_answer_passes(sent: bytes, reason: Reason) -> None:
    gate = Handshake()
    with pytest.raises(SourceFault) as caught:
        gate.feed(sent)
    assert caught.value.reason is reason


class Wall:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_jitter_of_the_network_does_not_reach_the_timestamps() -> None:
    wall = Wall()
    stamps = StreamClock(wall)
    found = []
    for number, delay in enumerate([0.5, 0.02, 0.3, 0.02, 0.4, 0.02]):
        wall.now = 1000 + number + delay
        found.append(stamps.stamp(number))
    assert found[0] == 1000.5  # nothing better is known yet
    assert [round(after - before, 2) for before, after in pairwise(found[1:])] == [1.0] * 4


@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6, allow_nan=False) | st.none(), st.floats(0.001, 100)), min_size=1, max_size=30
    )
)
def test_no_frame_was_captured_in_the_future_or_before_the_last(steps: list[tuple[float | None, float]]) -> None:
    wall = Wall()
    stamps = StreamClock(wall)
    last = float("-inf")
    for stream_time, step in steps:
        wall.now += step
        captured = stamps.stamp(stream_time)
        assert last < captured <= wall.now + 1e-5
        last = captured


def test_a_stream_that_starts_anew_is_stamped_anew() -> None:
    wall = Wall()
    stamps = StreamClock(wall)
    stamps.stamp(50_000.0)
    wall.now += 1
    assert stamps.stamp(3.0) == wall.now
    wall.now += 1
    assert stamps.stamp(4.0) == wall.now


def test_a_slow_camera_clock_is_followed() -> None:
    wall = Wall()
    stamps = StreamClock(wall)
    for second in range(20_000):
        wall.now = 1000 + second
        captured = stamps.stamp(second * 0.9995)
    assert wall.now - captured < 0.5


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_challenges_are_answered(scheme: str) -> None:
    door = Doorkeeper(scheme, "us er", 'p"w\\:ö')
    header = answer([door.challenge()], "us er", 'p"w\\:ö', "GET", "/live?x=1")
    assert header is not None
    assert door.lets_in("GET", header)
    assert not door.lets_in("GET", answer([door.challenge()], "us er", "other", "GET", "/live?x=1") or "")


def test_the_example_of_rfc_7616_sha_256(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    sha = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    md5 = sha.replace("SHA-256", "MD5")
    header = answer([md5, sha], "Mufasa", "Circle of Life", "GET", "/dir/index.html")
    assert header is not None
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in header


@pytest.mark.parametrize("challenge", ["Negotiate", "Digest algorithm=SHA-512-256, nonce=x", "Digest realm=x", ""])
def test_challenges_that_nobody_understands(challenge: str) -> None:
    assert answer([challenge], "u", "p", "GET", "/") is None


def test_a_spec_does_not_print_its_credentials() -> None:
    from detection.models import SourceKind

    told = repr(SourceSpec(SourceKind.RTSP, "rtsp://cam/", "viewer", "secret"))
    assert "viewer" not in told
    assert "secret" not in told

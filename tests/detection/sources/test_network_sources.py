"""RTSP and HTTP cameras, real ones in processes of their own: passwords, and everything that can be wrong with a stream."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ssl
import threading
import traceback
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from detection.models import SourceKind
from detection.reasons import Reason
from detection.sources import decoding
from detection.sources import http as http_source
from detection.sources import rtsp as rtsp_source
from detection.sources.spec import SourcePolicy, SourceSpec
from soc import clock
from tests.detection.sources.conftest import PASSWORD, USER, fault_of, gstreamer, guarded, network_spec, take, written
from tests.peers.footage import access_units, jpeg, moving
from tests.peers.process import Peer

RTSP, HTTP = SourceKind.RTSP, SourceKind.HTTP


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits for what never comes; still several times what a working camera needs."""
    monkeypatch.setattr(rtsp_source, "OPEN_TIMEOUT", 5.0)
    monkeypatch.setattr(rtsp_source, "READ_TIMEOUT", 3.0)
    monkeypatch.setattr(http_source, "OPENING", 3.0)
    monkeypatch.setattr(http_source, "TIMEOUT", 2.0)
    monkeypatch.setattr(decoding, "BAD_FOR", 2.0)


SERVERS = [("rtsp_server", RTSP), ("http_server", HTTP), ("gstreamer", RTSP)]


@pytest.mark.parametrize("scheme", ["digest", "basic"])
@pytest.mark.parametrize(("server", "kind"), SERVERS)
def test_a_camera_with_a_password(
    server: str, kind: SourceKind, scheme: str, policy: SourcePolicy, gstreamer_clip: Path
) -> None:
    with guarded(server, scheme, gstreamer_clip) as peer:
        frames = take(network_spec(kind, peer, "live", USER, PASSWORD), policy, 5)
        assert [frame.size for frame in frames] == [(320, 240)] * 5
        for user, password in ((USER, "wrong"), ("", "")):
            fault = fault_of(network_spec(kind, peer, "live", user, password), policy)
            assert fault.reason is Reason.WRONG_PASSWORD
            told = "".join(traceback.format_exception(fault)) + repr(fault.details)
            assert fault.__context__ is None
            assert "wrong" not in told.replace("wrong_password", "")


@pytest.mark.parametrize("codec", ["h265", "jpeg"])
def test_a_camera_that_speaks_another_codec(codec: str, policy: SourcePolicy, tmp_path: Path) -> None:
    pictures = moving((320, 240), 40)
    units = [jpeg(picture) for picture in pictures] if codec == "jpeg" else access_units(pictures, 10, "libx265")
    with gstreamer(written(units, tmp_path), "--codec", codec) as peer:
        frames = take(network_spec(RTSP, peer, "live"), policy, 15)
    assert [frame.size for frame in frames] == [(320, 240)] * 15
    stamps = [frame.captured_at for frame in frames]
    assert stamps == sorted(set(stamps))
    # The bright square is there, and it moves: (30, 200, 240) in RGB, seen as BGR.
    brightest = {np.unravel_index(frame.pixels[..., 1].argmax(), frame.pixels.shape[:2]) for frame in frames}
    assert len(brightest) > 3


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_frames_carry_when_they_were_captured(
    kind: SourceKind, policy: SourcePolicy, request: pytest.FixtureRequest
) -> None:
    peer: Peer = request.getfixturevalue(kind.value)
    frames = take(network_spec(kind, peer, "live"), policy, 20)
    stamps = [frame.captured_at for frame in frames]
    assert [frame.number for frame in frames] == list(range(20))
    assert stamps == sorted(set(stamps))
    assert stamps[-1] <= clock.now().timestamp()
    # 10 frames a second, whatever the delays on the way.
    assert 1.5 < stamps[-1] - stamps[0] < 4
    assert frames[0].pixels.flags.c_contiguous
    assert any((frames[0].pixels != frame.pixels).any() for frame in frames[1:])


@pytest.mark.parametrize(
    ("kind", "path", "reason"),
    [
        (RTSP, "nowhere", Reason.NOT_FOUND),
        (RTSP, "tiny", Reason.BAD_SIZE),
        (RTSP, "damaged", Reason.CORRUPT),
        (RTSP, "silent", Reason.FROZEN),
        (RTSP, "sound", Reason.NO_VIDEO),
        (RTSP, "moved", Reason.REDIRECT),
        (RTSP, "closes", Reason.ENDED),
        (HTTP, "nowhere", Reason.NOT_FOUND),
        (HTTP, "pixel", Reason.BAD_SIZE),
        (HTTP, "damaged", Reason.CORRUPT),
        (HTTP, "garbage", Reason.CORRUPT),
        (HTTP, "page", Reason.NO_VIDEO),
        (HTTP, "frozen", Reason.FROZEN),
        (HTTP, "drip", Reason.NO_VIDEO),
        (HTTP, "moved", Reason.REDIRECT),
        (HTTP, "closes", Reason.ENDED),
    ],
)
def test_what_is_wrong_with_a_camera_is_said(
    kind: SourceKind, path: str, reason: Reason, policy: SourcePolicy, request: pytest.FixtureRequest, impatient: None
) -> None:
    peer: Peer = request.getfixturevalue(kind.value)
    fault = fault_of(network_spec(kind, peer, path), policy)
    assert fault.reason is reason
    assert str(fault.reason.label).endswith(".")


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_damage_in_between_is_survived(kind: SourceKind, policy: SourcePolicy, request: pytest.FixtureRequest) -> None:
    peer: Peer = request.getfixturevalue(kind.value)
    assert len(take(network_spec(kind, peer, "bursts"), policy, 25)) == 25


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_the_size_may_change_in_mid_stream(
    kind: SourceKind, policy: SourcePolicy, request: pytest.FixtureRequest
) -> None:
    peer: Peer = request.getfixturevalue(kind.value)
    sizes = [frame.size for frame in take(network_spec(kind, peer, "resize"), policy, 45)]
    assert set(sizes) == {(320, 240), (640, 360)}


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_an_odd_size_comes_out_even(kind: SourceKind, policy: SourcePolicy, request: pytest.FixtureRequest) -> None:
    peer: Peer = request.getfixturevalue(kind.value)
    assert {frame.size for frame in take(network_spec(kind, peer, "odd"), policy, 3)} == {(320, 240)}


def test_parts_without_a_length(http: Peer, policy: SourcePolicy) -> None:
    assert len(take(network_spec(HTTP, http, "unmeasured"), policy, 5)) == 5


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_nobody_listens_there(kind: SourceKind, policy: SourcePolicy) -> None:
    gone = Peer.of_module("tests.peers.http_server")
    gone.start()
    gone.kill()
    assert fault_of(network_spec(kind, gone, "live"), policy).reason is Reason.REFUSED


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_a_host_that_is_not_known(kind: SourceKind, policy: SourcePolicy) -> None:
    spec = SourceSpec(kind, f"{kind.value}://no-such-camera.invalid/live")
    assert fault_of(spec, policy).reason is Reason.UNREACHABLE


def test_what_speaks_no_rtsp(http: Peer, policy: SourcePolicy) -> None:
    assert fault_of(SourceSpec(RTSP, f"rtsp://127.0.0.1:{http.port}/live"), policy).reason is Reason.NO_VIDEO


def test_what_speaks_no_http(rtsp: Peer, policy: SourcePolicy) -> None:
    fault = fault_of(SourceSpec(HTTP, f"http://127.0.0.1:{rtsp.port}/live"), policy)
    assert fault.reason in (Reason.NO_VIDEO, Reason.NOT_FOUND)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody trusts yet; also written to ``own.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem, secret = tmp_path / "own.pem", tmp_path / "key.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


@contextlib.contextmanager
def tunnel(peer: Peer, context: ssl.SSLContext) -> Iterator[int]:
    """TLS in front of a peer; gives the port."""
    loop = asyncio.new_event_loop()
    writers: list[asyncio.StreamWriter] = []

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", peer.port)
        writers.extend((writer, outer))
        await asyncio.gather(_copy(reader, outer), _copy(inner, writer))

    server = loop.run_until_complete(asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield int(server.sockets[0].getsockname()[1])

    async def end() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Nobody says goodbye: what is left open would be found, and told, in the middle of some later test.
        for writer in writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
        await server.wait_closed()
        loop.stop()

    asyncio.run_coroutine_threadsafe(end(), loop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("kind", [RTSP, HTTP])
def test_a_certificate_must_be_trusted(
    kind: SourceKind,
    policy: SourcePolicy,
    self_signed: ssl.SSLContext,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tunnel(request.getfixturevalue(kind.value), self_signed) as port:
        spec = SourceSpec(kind, f"{kind.value}s://127.0.0.1:{port}/live")
        assert fault_of(spec, policy).reason is Reason.UNTRUSTED
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert len(take(spec, policy, 5)) == 5

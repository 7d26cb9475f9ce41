"""Real cameras for the tests of sources."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path

import pytest

from detection.models import SourceKind
from detection.sources.registry import open_source
from detection.sources.spec import SourceFault, SourcePolicy, SourceSpec
from detection.vision.frames import RawFrame
from tests.peers.footage import access_units, moving
from tests.peers.process import Peer
from tools.bootstrap.debian import tools_there

USER, PASSWORD = "us er@", "p@ss:w/ö%"


@lru_cache
def gstreamer_python() -> str | None:
    """A Python that has GStreamer's RTSP server: what `make test` found or installed."""
    return tools_there().get("VIGIE_GSTREAMER_PYTHON")


@pytest.fixture
def policy(tmp_path: Path) -> SourcePolicy:
    """This machine's loopback is allowed, and an empty footage folder."""
    folder = tmp_path / "footage"
    folder.mkdir()
    return SourcePolicy(networks=(ip_network("127.0.0.0/8"),), footage=folder)


@pytest.fixture(scope="session")
def rtsp() -> Iterator[Peer]:
    """An RTSP camera that asks for nothing."""
    with Peer.of_module("tests.peers.rtsp_server") as peer:
        yield peer


@pytest.fixture(scope="session")
def http() -> Iterator[Peer]:
    """An HTTP camera that asks for nothing."""
    with Peer.of_module("tests.peers.http_server") as peer:
        yield peer


@pytest.fixture(scope="session")
def gstreamer_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of H.264 as GStreamer's peer reads them."""
    return written(access_units(moving((320, 240), 40), 10), tmp_path_factory.mktemp("clip"))


def written(units: list[bytes], folder: Path) -> Path:
    """Access units or pictures in a file as GStreamer's peer reads them."""
    clip = folder / "clip.bin"
    clip.write_bytes(b"".join(struct.pack(">I", len(unit)) + unit for unit in units))
    return clip


def guarded(server: str, scheme: str, clip: Path) -> Peer:
    """A peer that asks for `USER` and `PASSWORD`."""
    account = ("--auth", scheme, "--user", USER, "--password", PASSWORD)
    if server != "gstreamer":
        return Peer.of_module(f"tests.peers.{server}", *account)
    return gstreamer(clip, *account)


def gstreamer(clip: Path, *options: str) -> Peer:
    """GStreamer's RTSP server."""
    python = gstreamer_python()
    if python is None:
        pytest.skip("GStreamer's RTSP server is not installed: apt install python3-gi gir1.2-gst-rtsp-server-1.0 …")
    return Peer([python, "tests/peers/gst_rtsp_server.py", "--clip", str(clip), *options])


def take(spec: SourceSpec, policy: SourcePolicy, count: int) -> list[RawFrame]:
    """The first `count` frames of a source, which is closed afterwards."""
    source = open_source(spec, policy)
    frames: list[RawFrame] = []
    try:
        for frame in source.frames():
            frames.append(frame)
            if len(frames) == count:
                break
    finally:
        source.close()
    return frames


def fault_of(spec: SourceSpec, policy: SourcePolicy, count: int = 100) -> SourceFault:
    """The fault that ends a source before `count` frames."""
    with pytest.raises(SourceFault) as caught:
        take(spec, policy, count)
    return caught.value


def network_spec(kind: SourceKind, peer: Peer, path: str, user: str = "", password: str = "") -> SourceSpec:
    """A camera of a peer on this machine."""
    return SourceSpec(kind, f"{kind.value}://127.0.0.1:{peer.port}/{path}", user, password)

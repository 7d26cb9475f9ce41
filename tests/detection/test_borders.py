"""Promise 1 as a border: reads the syntax trees of everything that is shipped and refuses a way round `anonymise`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("soc", "detection", "alerts", "crisis")
INSIDE = ("detection/sources/", "detection/vision/")
ONLY_MAKER = "detection/vision/anonymise.py"
ENCODERS = "detection/vision/encoders.py"
BEHIND = ("detection/live.py", "detection/clips.py", "detection/consumers.py", ENCODERS)
"""What comes after anonymisation never so much as names a raw frame."""

IMPURE = ("django", "celery", "redis", "soc", "alerts", "crisis", "detection.models", "detection.observations")


def called(node: ast.Call) -> str:
    """The last name of what is called: `frames.PublicFrame(…)` gives `PublicFrame`."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def violations(path: str, source: str) -> list[str]:
    """Every way in which a file of the product breaks the border."""
    return [f"{path}:{line}: {what}" for line, what in sorted(_found(path, ast.parse(source)))]


def _found(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    inside = path.startswith(INSIDE)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr == "pixels" and not inside:
                yield node.lineno, "touches pixels outside detection/sources and detection/vision"
            if (
                node.attr in {"__new__", "__setattr__"}
                and isinstance(node.value, ast.Name)
                and "Frame" in node.value.id
            ):
                yield node.lineno, "makes a frame without its constructor"
        if isinstance(node, ast.Call):
            name = called(node)
            keywords = {keyword.arg for keyword in node.keywords}
            if name == "RawFrame" and not inside:
                yield node.lineno, "constructs a RawFrame outside detection/sources and detection/vision"
            if name == "PublicFrame" and path != ONLY_MAKER:
                yield node.lineno, "constructs a PublicFrame outside anonymise"
            if name == "replace" and "pixels" in keywords:
                yield node.lineno, "replaces a frame's pixels"
            if name in {"getattr", "attrgetter"} and any(
                isinstance(each, ast.Constant) and each.value == "pixels" for each in node.args
            ):
                yield node.lineno, "reaches for pixels by name"
        if isinstance(node, ast.ClassDef) and any(
            isinstance(base, ast.Name) and base.id in {"RawFrame", "PublicFrame"} for base in node.bases
        ):
            yield node.lineno, "derives from a frame"
        if isinstance(node, ast.alias) and node.name in {"RawFrame", "PublicFrame"} and node.asname:
            yield node.lineno, "gives a frame's type another name"
        if path in BEHIND and _names_raw_frame(node):
            yield getattr(node, "lineno", 0), "knows raw frames, but takes public ones only"


def _names_raw_frame(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="RawFrame") | ast.Attribute(attr="RawFrame") | ast.alias(name="RawFrame"):
            return True
    return False


def product_files() -> list[str]:
    return sorted(
        str(path.relative_to(ROOT)) for app in PRODUCT for path in (ROOT / app).rglob("*.py") if path.is_file()
    )


def test_nothing_in_the_product_goes_round_anonymise() -> None:
    files = product_files()
    assert ONLY_MAKER in files
    assert [line for path in files for line in violations(path, (ROOT / path).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("detection/live.py", "send(raw.pixels)"),
        ("alerts/feed.py", "send(public.pixels)"),
        ("alerts/feed.py", "getattr(raw, 'pixels')"),
        ("detection/watch.py", "RawFrame(array, 0.0, 0)"),
        ("detection/vision/pipeline.py", "PublicFrame(raw.pixels, 0.0, 0)"),
        ("detection/vision/pipeline.py", "frames.PublicFrame(raw.pixels, 0.0, 0)"),
        ("detection/vision/pipeline.py", "dataclasses.replace(public, pixels=raw.pixels)"),
        ("detection/vision/pipeline.py", "PublicFrame.__new__(PublicFrame)"),
        ("detection/vision/pipeline.py", "class Mine(PublicFrame): pass"),
        ("detection/vision/pipeline.py", "from detection.vision.frames import PublicFrame as P"),
        ("detection/vision/encoders.py", "from detection.vision.frames import RawFrame"),
        ("detection/clips.py", "def keep(frame: RawFrame) -> None: ..."),
    ],
)
def test_the_border_is_seen_to_be_crossed(path: str, source: str) -> None:
    assert violations(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("detection/vision/anonymise.py", "PublicFrame(pixels, raw.captured_at, raw.number)"),
        ("detection/sources/rtsp.py", "RawFrame(array, 0.0, 0)"),
        ("detection/watch.py", "def watch(raw: RawFrame) -> None: pipeline.start(raw)"),
    ],
)
def test_what_the_design_allows_is_allowed(path: str, source: str) -> None:
    assert violations(path, source) == []


def _parameters(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if argument.annotation is not None:
            yield argument.arg, ast.unparse(argument.annotation)


def test_encoders_take_pictures_as_public_frames_only() -> None:
    tree = ast.parse((ROOT / ENCODERS).read_text(encoding="utf-8"))
    public = [
        (function.name, name, annotation)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        for name, annotation in _parameters(function)
    ]
    assert any("PublicFrame" in annotation for _, _, annotation in public)
    bare = [each for each in public if "NDArray" in each[2] or "ndarray" in each[2] or "Pixels" in each[2]]
    assert bare == []


def imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_vision_is_pure() -> None:
    found = [
        (path, name)
        for path in product_files()
        if path.startswith("detection/vision/")
        for name in imports(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if any(name == room or name.startswith(f"{room}.") for room in IMPURE)
    ]
    assert found == []

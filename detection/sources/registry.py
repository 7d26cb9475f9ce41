"""The kinds of source: one file and one line each."""

from __future__ import annotations

from collections.abc import Callable

from detection.models import SourceKind
from detection.sources.file import FileSource
from detection.sources.http import HttpSource
from detection.sources.rtsp import RtspSource
from detection.sources.source import Source
from detection.sources.spec import SourcePolicy, SourceSpec

KINDS: dict[SourceKind, Callable[[SourceSpec, SourcePolicy], Source]] = {
    SourceKind.RTSP: RtspSource,
    SourceKind.HTTP: HttpSource,
    SourceKind.FILE: FileSource,
}


def open_source(spec: SourceSpec, policy: SourcePolicy) -> Source:
    """Open a source; blocks until it answers, for some seconds at most.

    Raises:
        SourceFault: what is wrong, as a reason that renders as a sentence.
    """
    return KINDS[spec.kind](spec, policy)

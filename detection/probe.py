"""The watcher's half of a camera's test: one frame through the whole vision, out as a blurred JPEG by pub/sub only."""

from __future__ import annotations

import time
from uuid import UUID

import redis
import structlog
from django.conf import settings

from detection.credentials import open_credentials
from detection.models import Probe, SourceKind, WatchState
from detection.probing import Verdict, channel
from detection.reasons import Reason
from detection.sources.reader import CameraReader
from detection.sources.spec import SourcePolicy, SourceSpec
from detection.vision.encoders import encode_jpeg
from detection.vision.engine import open_engines
from detection.vision.frames import PublicFrame
from detection.vision.geometry import Polygon
from detection.vision.pipeline import Pipeline, PipelineSettings
from detection.vision.weights import ModelUnusable
from soc.config import config
from soc.refusals import Refusal

log = structlog.get_logger(__name__)

PATIENCE_S = 22.0
ANALYSIS_SIZE = 640
FRAMES_PER_SECOND = 5.0


def run_probe(probe_id: UUID) -> None:
    """Test what a `Probe` row asks for and publish the verdict, then the picture. A probe that is gone is left alone."""
    probe = Probe.objects.filter(pk=probe_id).first()
    if probe is None:
        return
    verdict, jpeg = _tested(probe)
    log.info("probe.done", probe=str(probe_id), ok=verdict.ok, reason=verdict.reason and verdict.reason.value)
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5.0, socket_connect_timeout=2.0)
    try:
        client.publish(channel(probe_id), verdict.model_dump_json())
        if verdict.ok:
            client.publish(channel(probe_id), jpeg)
    except (redis.RedisError, OSError) as error:
        log.warning("probe.broker_away", error=type(error).__name__)
    finally:
        client.close()


def _tested(probe: Probe) -> tuple[Verdict, bytes]:
    try:
        credentials = open_credentials(probe.credentials)
        engines = open_engines(config().engine, config().models_folder, ANALYSIS_SIZE)
    except Refusal:
        return Verdict(ok=False, reason=Reason.WRONG_PASSWORD), b""
    except ModelUnusable as error:
        log.warning("probe.no_model", error=str(error))
        return Verdict(ok=False, reason=Reason.ENGINE), b""
    spec = SourceSpec(SourceKind(probe.source), probe.address, credentials.user_name, credentials.password)
    private = tuple(Polygon.of(points) for points in probe.private_polygons)
    pipeline = Pipeline(engines, PipelineSettings(private=private))
    reader = CameraReader(spec, SourcePolicy.from_config(), frames_per_second=FRAMES_PER_SECOND)
    reader.start()
    try:
        found = _first_public(reader, pipeline)
    finally:
        reader.stop()
        pipeline.close()
    if isinstance(found, Reason):
        return Verdict(ok=False, reason=found), b""
    return Verdict(ok=True, width=found.size[0], height=found.size[1]), encode_jpeg(found)


def _first_public(reader: CameraReader, pipeline: Pipeline) -> PublicFrame | Reason:
    """The first frame that is covered, or why there is none."""
    deadline = time.monotonic() + PATIENCE_S
    seen = False
    while time.monotonic() < deadline:
        raw = reader.next(timeout=0.2)
        if raw is not None:
            seen = True
            analysed = pipeline.process(raw)
            if analysed.public is not None and analysed.covered:
                return analysed.public
        state = reader.state
        if state.state is WatchState.DOWN and state.reason is not None:
            return state.reason
    return Reason.ENGINE if seen else Reason.UNREACHABLE

"""One camera's public frames on their way out: encoded once, for live viewers and for the ring alike.

watch ── offer ──▶ newest frames ──▶ encoder ──▶ ring (while a rule wants clips)
      │                                     └──▶ link ──▶ broker, pub/sub (while somebody watches)
      └─ trace ──▶ boxes ────────────────────────▶ link ──▶ the same, while somebody wants them drawn
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Set as AbstractSet
from typing import Final
from uuid import UUID

import av
import structlog

from detection.clips import ClipRing
from detection.live_link import LiveLink, process_link
from detection.live_wire import (
    TRACKS,
    Flag,
    Format,
    Header,
    LiveState,
    StateNotice,
    Wish,
    picture_channel,
    state_channel,
    tracks_channel,
)
from detection.observations import Observation
from detection.traces import Traces
from detection.vision.encoders import H264Encoder, encode_jpeg
from detection.vision.frames import PublicFrame

log = structlog.get_logger(__name__)

STALE_AFTER_S: Final = 1.0
"""Without a covered frame for so long the picture says that it is stale; at least two frames' time."""

MOST_WAITING: Final = 4
IDLE_S: Final = 0.25


class LiveOutlet:
    """One a watched camera, with a thread of its own: `offer` never blocks the watch.

    Args:
        camera: its id.
        frames_per_second: how many frames the watch will offer, about.
        keep_s: seconds of frames that the ring keeps.
        link: the link to the broker; the process's own by default.
    """

    def __init__(self, camera: UUID, frames_per_second: float, keep_s: float, link: LiveLink | None = None) -> None:
        self.camera = camera
        self.recorder = ClipRing(camera, keep_s)
        """Where listeners take clips and snapshots from."""
        self.record = True
        """Whether a rule wants clips. Without, frames are encoded only while somebody watches."""
        self.dropped = 0
        """Frames that came while the encoder was busy."""
        self._link = link or process_link()
        self._encoder = H264Encoder(frames_per_second)
        self._encoding = False
        self._recording = False
        self._stale_after = max(STALE_AFTER_S, 2.0 / max(0.05, frames_per_second))
        self._frames: deque[PublicFrame] = deque()
        self._news = threading.Condition()
        self._closed = False
        self._wanted: frozenset[Wish] = frozenset()
        self._traces = Traces(camera)
        self._sequence = dict.fromkeys(Format, 0)
        self._covered_at = time.monotonic()
        self._notice = StateNotice(LiveState.DOWN, time.time())
        self._thread = threading.Thread(target=self._run, name=f"live-{camera.hex[:8]}", daemon=True)
        self._thread.start()
        self._link.register(self)

    def offer(self, public: PublicFrame) -> None:
        """Take a public frame; returns at once. The oldest waiting one is dropped when the encoder is late."""
        with self._news:
            self._frames.append(public)
            if len(self._frames) > MOST_WAITING:
                self._frames.popleft()
                self.dropped += 1
            self._news.notify()

    def trace(self, observation: Observation, fired: AbstractSet[int]) -> None:
        """Tell who watches where things are in this frame; `fired`: tracks because of which a rule matches now."""
        if TRACKS in self._wanted:
            self._link.send(tracks_channel(self.camera), self._traces.encode(observation, fired))
        else:
            self._traces.forget()

    def lost(self) -> None:
        """The source went away. Clips that wait get what there is; the next covered frame is live again."""
        self._say(StateNotice(LiveState.DOWN, time.time()))
        self.recorder.lost()

    def close(self) -> None:
        """The watch ends."""
        self._link.unregister(self)
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join(5)
        self.recorder.close()

    def wanted(self, wishes: frozenset[Wish]) -> None:
        """This is watched now (the link's thread says)."""
        self._wanted = wishes

    def asked(self, kind: Wish) -> None:
        """A new viewer needs a picture to begin with, and wants to know how it stands (the link's thread says)."""
        self._wanted |= {kind}
        if kind is Format.H264:
            self._encoder.force_key()
        self._link.send(state_channel(self.camera), self._notice.encode())

    # -- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closed:
            frame = self._next()
            try:
                if frame is not None:
                    self._give_out(frame)
                self._look_at_the_time(frame)
                self.recorder.tick()
            except (av.FFmpegError, ValueError) as error:
                log.warning("encoding_failed", camera=str(self.camera), error=type(error).__name__)

    def _next(self) -> PublicFrame | None:
        with self._news:
            if not self._frames and not self._closed:
                self._news.wait(IDLE_S)
            return self._frames.popleft() if self._frames else None

    def _give_out(self, frame: PublicFrame) -> None:
        watched = self._wanted
        record = self.record or self.recorder.waits
        if record or Format.H264 in watched:
            if not self._encoding:
                self._encoder.restart()
            self._encoding = True
            if record and not self._recording:
                self._encoder.force_key()  # the ring begins with what can be decoded by itself
            packet = self._encoder.encode(frame)
            if record:
                self.recorder.add(packet)
            if Format.H264 in watched:
                self._send(Format.H264, packet.data, frame, key=packet.key)
        else:
            self._encoding = False
        self._recording = record
        if Format.JPEG in watched:
            self._send(Format.JPEG, encode_jpeg(frame), frame, key=True)

    def _send(self, kind: Format, data: bytes, frame: PublicFrame, *, key: bool) -> None:
        flags = (Flag.KEY if key else Flag(0)) | (Flag.PIXELATED_WHOLE if frame.pixelated_whole else Flag(0))
        header = Header(self.camera, kind, flags, self._sequence[kind], frame.captured_at)
        self._sequence[kind] += 1
        self._link.send(picture_channel(self.camera, kind), header.encode() + data)

    def _look_at_the_time(self, frame: PublicFrame | None) -> None:
        now = time.monotonic()
        if frame is not None and not frame.pixelated_whole:
            self._covered_at = now
            if self._notice.state is not LiveState.LIVE:
                self._say(StateNotice(LiveState.LIVE, time.time()))
        elif self._notice.state is LiveState.LIVE and now - self._covered_at > self._stale_after:
            since = time.time() - (now - self._covered_at)
            self._say(StateNotice(LiveState.STALE, since))

    def _say(self, notice: StateNotice) -> None:
        self._notice = notice
        self._link.send(state_channel(self.camera), notice.encode())

"""Small sound files of every kind, made here with PyAV: tones, speech, and files that are not what they say."""

from __future__ import annotations

import io
import math
import wave
from array import array

import av

HERTZ = 48_000


def tone(seconds: float, *, loud: int = 9000, hertz: int = HERTZ) -> bytes:
    """Raw samples of a tone, 16 bits, one channel."""
    period = array("h", (round(loud * math.sin(2 * math.pi * at / 100)) for at in range(100)))
    whole, rest = divmod(int(seconds * hertz), 100)
    return (period * whole + period[:rest]).tobytes()


def wav(seconds: float, *, loud: int = 9000, hertz: int = HERTZ) -> bytes:
    """A WAV file."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(tone(seconds, loud=loud, hertz=hertz))
    return written.getvalue()


def encoded(container: str, codec: str, seconds: float = 1.0, *, title: str = "") -> bytes:
    """A file of another kind, with a title in its metadata."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as file:
        if title:
            file.metadata["title"] = title
            file.metadata["comment"] = title
        track = file.add_stream(codec, rate=HERTZ, layout="mono")
        assert isinstance(track, av.AudioStream)
        frame = av.AudioFrame(format="s16", layout="mono", samples=int(seconds * HERTZ))
        frame.planes[0].update(tone(seconds).ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate = HERTZ
        fifo = av.AudioFifo()
        frame.pts = None
        resampler = av.AudioResampler(format=track.codec_context.format, layout="mono", rate=HERTZ)
        for one in resampler.resample(frame):
            fifo.write(one)
        while (piece := fifo.read(960, partial=True)) is not None:
            piece.pts = None
            file.mux(track.encode(piece))
        file.mux(track.encode(None))
    return written.getvalue()


KINDS = {
    "wav": lambda: wav(1.0),
    "mp3": lambda: encoded("mp3", "libmp3lame", title="secret title"),
    "ogg": lambda: encoded("ogg", "libopus", title="secret title"),
    "webm": lambda: encoded("webm", "libopus", title="secret title"),
    "m4a": lambda: encoded("mp4", "aac", title="secret title"),
}

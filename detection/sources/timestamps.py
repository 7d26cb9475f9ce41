"""A stream's timestamps mapped to the wall clock."""

from __future__ import annotations

from collections.abc import Callable

from soc import clock

Wall = Callable[[], float]


def wall_clock() -> float:
    """Business time, seconds of the epoch."""
    return clock.now().timestamp()


class StreamClock:
    """Maps stream time to the wall clock by the fastest delivery seen: `captured_at` = stream time + smallest delay.

    A picture cannot have been captured after it arrived, so one that would lie in the future moves the mapping. The
    mapping creeps forward by a thousandth, so that a camera whose clock is slow is followed. Where stream time jumps
    (a restart, a loop, a wrap) or goes astray by more than `tolerance`, the mapping starts anew.

    Args:
        wall: seconds of the epoch.
        tolerance: seconds by which `captured_at` may lag behind the arrival.
    """

    def __init__(self, wall: Wall = wall_clock, tolerance: float = 4.0) -> None:
        self._wall = wall
        self._tolerance = tolerance
        self._offset: float | None = None
        self._last_stream = 0.0
        self._last = float("-inf")

    def stamp(self, stream_time: float | None) -> float:
        """When the picture with this stream time (seconds) was captured, seconds of the epoch; strictly increasing.

        A picture without a timestamp was captured when it arrived.
        """
        now = self._wall()
        captured = now if stream_time is None else stream_time + self._mapping(stream_time, now)
        self._last = max(captured, self._last + 1e-6) if self._last <= now else captured
        return self._last

    def _mapping(self, stream_time: float, now: float) -> float:
        arrival = now - stream_time
        step = stream_time - self._last_stream
        self._last_stream = stream_time
        if self._offset is None or step < 0 or not 0 <= arrival - self._offset <= self._tolerance:
            self._offset = arrival
        else:
            self._offset = min(arrival, self._offset + step / 1000)
        return self._offset

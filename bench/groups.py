"""The groups of figures. A new one is a function here or in a file of its own, and a line in `GROUPS`."""

from __future__ import annotations

import django

from bench.figures import Figure, Measurer, Target, unmeasured


def watch(short: bool) -> list[Figure]:
    """The whole path against the raw engine, a plain script and deface."""
    django.setup()
    from bench import watch as bench

    return bench.figures(short)


def privacy(short: bool) -> list[Figure]:
    """The share of heads covered."""
    django.setup()
    from bench import privacy as bench

    return bench.figures(short)


def alerts(short: bool) -> list[Figure]:
    """What rules cost."""
    django.setup()
    from bench import alerts as bench

    result = bench.measure(short=short)
    return [
        Figure(
            "alerts.observation", result.frame_us, "µs", note="a listener without rules, an observation of 6 tracks"
        ),
        Figure("alerts.rule", result.rule_us, "µs", note="one rule more, an observation"),
        Figure("alerts.remembered", result.remembered_mib, "MiB", note="observations held, a camera"),
        Figure(
            "alerts.safe_p95",
            result.accepted_p95_us,
            "µs",
            note="rule fired → in the spool, where kill -9 does not reach",
        ),
        Figure("alerts.trial", result.trial_s, "s", note="a new rule over all that is remembered"),
    ]


def broadcast(short: bool) -> list[Figure]:
    """One message to many sockets, against a bare loop in the same run."""
    from bench import broadcast as bench

    ours, loop = bench.compare(short=short)
    return [
        Figure("broadcast.p50", ours.p50_ms, "ms", note=f"bare loop {loop.p50_ms:.1f}"),
        Figure("broadcast.p99", ours.p99_ms, "ms", note=f"bare loop {loop.p99_ms:.1f}"),
        Figure("broadcast.cpu_of_bare_loop", ours.cpu_us / loop.cpu_us, note=f"{ours.cpu_us:.1f} µs a delivery"),
    ]


def live(short: bool) -> list[Figure]:
    """Pictures from capture to a browser's socket."""
    from bench import live as bench

    one, eight = bench.compare(short=short)
    return [
        Figure("live.p50", one.p50_ms, "ms", note="captured → socket, one viewer"),
        Figure("live.p95", one.p95_ms, "ms", note="captured → socket, one viewer"),
        Figure(
            "live.encoding_8_viewers_of_1",
            eight.watcher_share / one.watcher_share if one.watcher_share else None,
            note="encoded once, whatever the number of viewers",
        ),
    ]


def wall(short: bool) -> list[Figure]:
    """The page with 16 tiles in a real browser."""
    from bench import wall as bench

    if (why := bench.missing()) is not None:
        return [unmeasured("wall.main_thread", why)]
    many, one = bench.compare(short=short)
    note = f"{many.tiles} tiles with boxes, zones and counts, software rendering; longest task {many.longest_ms:.0f} ms"
    return [
        Figure("wall.main_thread", many.busy, "cores", note=note),
        Figure("wall.pictures_drawn", many.drawn, "/s", note=f"of {bench.TILES * bench.FRAMES_PER_SECOND} sent"),
        Figure(
            "wall.long_tasks",
            many.long_tasks / many.seconds,
            "/s",
            note="over 50 ms, waiting for the processor included",
        ),
        Figure("wall.browser", many.cores, "cores", note="all its processes, decoding included"),
        Figure("wall.main_thread_1_in_sight", one.busy, "cores", note="of the same cameras one tile is in sight"),
    ]


def journal(short: bool) -> list[Figure]:
    """Writers that do not queue on each other."""
    from bench import journal as bench

    result = bench.compare(short=short)
    return [
        Figure("journal.entries", result.many, "/s", 1000, note="8 writers"),
        Figure("journal.many_of_one", result.ratio, note="8 writers against one"),
        Figure("journal.sealed", result.sealed, "/s"),
    ]


def path(short: bool) -> list[Figure]:
    """The whole path in real processes."""
    from bench import path as bench

    result = bench.measure(short=short)
    figures = [
        Figure(
            "alerts.captured_to_socket_p50", result.alerts.p50_ms, "ms", note=f"{result.alerts.count} alerts, 4 cameras"
        ),
        Figure(
            "alerts.captured_to_socket_p95", result.alerts.p95_ms, "ms", 300, Target.AT_MOST, "4 cameras, 5 frames/s"
        ),
        Figure("live.captured_to_socket_p95", result.pictures.p95_ms, "ms", note=f"{result.pictures.count} pictures"),
    ]
    for cost in result.costs:
        figures += [
            Figure(f"watch.memory_{cost.cameras}_cameras", cost.memory_mib / cost.cameras, "MiB a camera"),
            Figure(f"watch.cpu_{cost.cameras}_cameras", cost.share_of_core / cost.cameras, "cores a camera"),
            Figure(f"watch.analysed_{cost.cameras}_cameras", cost.analysed_per_second, "frames/s"),
            Figure(f"watch.dropped_{cost.cameras}_cameras", float(cost.dropped), "frames", note="late, so dropped"),
        ]
    return figures


def crisis(short: bool) -> list[Figure]:
    """A plan's fan-out to a crowd."""
    from bench import crisis as bench

    return bench.figures(short)


def pages(short: bool) -> list[Figure]:
    """The pages in a browser."""
    from bench import pages as bench

    return bench.measure(short)


GROUPS: dict[str, Measurer] = {
    "watch": watch,
    "privacy": privacy,
    "alerts": alerts,
    "path": path,
    "broadcast": broadcast,
    "live": live,
    "wall": wall,
    "journal": journal,
    "crisis": crisis,
    "pages": pages,
}

NAMED: frozenset[str] = frozenset({"wall", "pages"})
"""Measured only when named: they drive a browser for minutes, and `pages` fetches Lighthouse."""

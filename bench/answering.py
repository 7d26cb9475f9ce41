"""Everybody of a plan answers within a minute while an agent has its screen open in a real Chromium.

The answers come through the door behind the link in their message, one request each; the page hears of them by the feed and reads
its counts anew. What is measured: whether the server takes them, the longest task of the page, and when its numbers are right.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import wall
from bench.figures import Figure, Target, unmeasured
from bench.installation import ROOT, web

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from crisis.activations.models import Activation

NAMES = ("crisis.answers_taken", "crisis.answer_p99", "crisis.agent_longest_task", "crisis.agent_counts_right")
MINUTE_S = 60
_OFFERED_IN_S = 55.0
_SHORT_S = 5.0
_HELP_EVERY = 100
"""One in so many calls for help: each is a card on the screen, a line of the log and a message to who goes."""
_RIGHT_WITHIN_S = 60
_CEILING_MS = 60_000

#: Tasks over 50 ms and how long each reading of the activation took, from when the page was opened.
_WATCH = """() => {
    window.bench = { tasks: [], readings: [] }
    const taken = list => list.getEntries().map(one => one.duration)
    const reading = list => list.getEntries().filter(one => /activations\\/[-0-9a-f]{36}\\/$/.test(one.name))
    new PerformanceObserver(list => window.bench.tasks.push(...taken(list))).observe({ type: 'longtask' })
    new PerformanceObserver(list => window.bench.readings.push(...reading(list).map(one => one.duration)))
        .observe({ type: 'resource' })
}"""

#: What the screen says: each counter's number, how many answered by the channels together, and how many cards call for help.
_SAID = """() => {
    const number = text => Number(text.replace(/[^0-9]/g, ''))
    const counters = [...document.querySelectorAll('section[aria-label="Answers"] button')].map(one => [
        one.querySelector('.row').innerText.trim(), number(one.querySelector('b').firstChild.textContent),
    ])
    const channels = [...document.querySelectorAll('[role=group][aria-label="Reach by channel"] tbody td:last-child')]
    return {
        counters: Object.fromEntries(counters),
        answered: channels.reduce((sum, one) => sum + number(one.innerText), 0),
        help: document.querySelectorAll('.cards article').length,
    }
}"""


def measure(activation: Activation, *, short: bool) -> list[Figure]:
    """All of it, on an activation whose messages have left; a responder is running."""
    if (why := wall.missing()) is not None:
        return [unmeasured(name, why) for name in NAMES]
    people = _people(activation)
    seconds = _SHORT_S if short else _OFFERED_IN_S
    with web() as server, wall.page(server) as opened, tempfile.TemporaryDirectory() as folder:
        opened.add_init_script(f"({_WATCH})()")
        opened.goto(f"http://127.0.0.1:{server.port}/crisis/activations/{activation.pk}")
        opened.locator('section[aria-label="Answers"]').wait_for(timeout=_CEILING_MS)
        opened.wait_for_load_state("networkidle")
        opened.evaluate("Object.assign(window.bench, { tasks: [], readings: [] })")
        file = Path(folder) / "people"
        file.write_text("\n".join(f"{token} {kind}" for token, kind in people))
        came = _storm(opened, server.port, seconds, file)
        wanted = _wanted(people)
        right_s = _until_right(opened, wanted, came["last_at"])
        seen, said = opened.evaluate("window.bench"), opened.evaluate(_SAID)
    return _figures(len(people), came, seen, right_s, f"{said} for {wanted}")


def _people(activation: Activation) -> list[tuple[str, str]]:
    """The token of each person's SMS, and what the person answers."""
    from alerts.channels.base import Channel
    from alerts.deliveries import links
    from alerts.deliveries.models import Delivery

    asker = f"activation:{activation.pk}:in"
    sms = Delivery.objects.filter(message__asker=asker, channel=Channel.SMS).order_by("pk").values_list("pk", flat=True)
    return [(links.token(pk), _kind(number)) for number, pk in enumerate(sms)]


def _kind(number: int) -> str:
    if number % _HELP_EVERY == 0:
        return "help"
    return "coming" if number % 10 == 1 else "safe"


def _wanted(people: list[tuple[str, str]]) -> dict[str, Any]:
    """What the screen has to say once everybody has answered."""
    kinds = [kind for _token, kind in people]
    counters = {"Safe": kinds.count("safe"), "Need help": kinds.count("help"), "On my way": kinds.count("coming")}
    return {
        "counters": counters | {"No answer": 0, "Not reached": 0},
        "answered": len(people),
        "help": kinds.count("help"),
    }


def _storm(opened: Page, port: int, seconds: float, file: Path) -> dict[str, float]:
    """Let everybody answer, while the page lives."""
    command = [sys.executable, "-m", "bench.phones", str(port), str(seconds), str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        opened.wait_for_timeout(500)
    output, _none = process.communicate()
    came: dict[str, float] = json.loads(output)
    return came


def _until_right(opened: Page, wanted: dict[str, Any], since: float) -> float | None:
    """Seconds from the last answer until the screen says what is; ``None`` when it never did."""
    while time.time() < since + _RIGHT_WITHIN_S:
        if opened.evaluate(_SAID) == wanted:
            return max(0.0, time.time() - since)
        opened.wait_for_timeout(50)
    return None


def _figures(
    count: int, came: dict[str, float], seen: dict[str, list[float]], right_s: float | None, said: str
) -> list[Figure]:
    taken, answer, longest, right = NAMES
    tasks, readings = seen["tasks"], seen["readings"]
    refused = f", {came['refused']:.0f} refused" if came["refused"] else ""
    read = f"its counts read {len(readings)} times, the slowest in {max(readings, default=0):.0f} ms"
    return [
        Figure(
            taken,
            came["seconds"] if not came["refused"] else None,
            "s",
            MINUTE_S,
            Target.AT_MOST,
            f"{count} answers by their links{refused}",
        ),
        Figure(answer, came["p99_ms"], "ms", note=f"p50 {came['p50_ms']:.0f} ms, from its moment to the server's word"),
        Figure(longest, max(tasks, default=0.0), "ms", 200, Target.AT_MOST, f"{len(tasks)} over 50 ms; {read}"),
        unmeasured(right, f"the screen never was right: {said}")
        if right_s is None
        else Figure(right, right_s, "s", note="after the last answer: counters, channels, calls for help"),
    ]

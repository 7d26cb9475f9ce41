"""The pages in Chromium: a feed of 10,000 alerts scrolled from end to end, and Lighthouse on the sign-in and alert pages.

Lighthouse is a tool of Node's that is fetched when it is first needed (`.venvs/lighthouse`), not a dependency.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.figures import Figure, Target, unmeasured
from bench.installation import ROOT, Installation, installation, web
from tools.bootstrap.debian import whole_browser

_LIGHTHOUSE = "lighthouse@12.8.2"
_PASSWORD = "a horse for benchmarks"
_CATEGORIES = ("performance", "accessibility", "best-practices")
_CEILING_MS = 60_000

#: Scrolls like a turned wheel, one step a frame, until the list has been shown to its end; answers the frames' times.
_SCROLL = """async ([rows, step]) => {
    const scroller = document.querySelector('.rows [role=list]')
    const frames = [], tasks = []
    new PerformanceObserver(list => tasks.push(...list.getEntries().map(one => one.duration))).observe({ type: 'longtask' })
    const frame = () => new Promise(requestAnimationFrame)
    let before = await frame()
    let shown = 0
    for (let still = 0; still < 240;) {
        scroller.scrollTop += step
        const now = await frame()
        frames.push(now - before)
        before = now
        const row = [...scroller.querySelectorAll('[aria-posinset]')].pop()
        const reached = Number(row?.getAttribute('aria-posinset') ?? 0)
        still = reached > shown ? 0 : still + 1
        shown = Math.max(shown, reached)
        if (shown >= rows) break
    }
    return { frames, tasks, shown }
}"""


def measure(short: bool) -> list[Figure]:
    """Scroll and audit."""
    count = 1_000 if short else 10_000
    with installation() as made:
        alert = _populate(made, count)
        with web() as served, _chromium() as (context, port):
            address = f"http://127.0.0.1:{served.port}"
            figures = _lighthouse(f"{address}/sign-in", port, "sign_in")
            page = context.new_page()
            _sign_in(page, address)
            figures += _scrolled(page, address, count)
            page.goto("about:blank")
            return figures + _lighthouse(f"{address}/alerts/{alert}", port, "alert")


def _populate(made: Installation, count: int) -> UUID:
    """Alerts of forty rules, a quarter of an hour apart so that none is folded; the one that Lighthouse looks at."""
    from alerts import search
    from alerts.models import Alert, AlertState, AlertWords, Rule, RuleState
    from detection.models import Camera, PlaceKind, SourceKind
    from soc import clock
    from soc.people.models import Member

    member = Member.objects.get(organisation=made.organisation)
    member.set_password(_PASSWORD)
    member.save()
    now = clock.now()
    rules = []
    for number in range(40):
        camera = Camera.objects.create(
            organisation_id=made.organisation, site_id=made.site, name=f"Camera {number}", source=SourceKind.FILE,
            address="vtest.avi", place=PlaceKind.PRIVATE,
        )  # fmt: skip
        rule = Rule(
            organisation_id=made.organisation, camera=camera, name=f"Rule {number}", kind="seen",
            settings={"labels": ["person"]}, state=RuleState.OFF, expires_at=now,
        )  # fmt: skip
        rules.append(rule)
    Rule.objects.bulk_create(rules)
    alerts = []
    for number in range(count):
        rule, at = rules[number % len(rules)], now - dt.timedelta(minutes=15 * number)
        state = AlertState.OPEN if number % 20 == 0 else AlertState.RESOLVED
        alerts.append(
            Alert(
                id=uuid4(), organisation_id=made.organisation, site_id=made.site, camera=rule.camera, rule=rule,
                rule_name=rule.name, rule_version=1, severity=1 + number % 4, situation=str(number),
                why={"code": "seen", "params": {"things": {"person": 1 + number % 3}}}, state=state, captured_at=at,
                raised_at=at, last_seen_at=at, ended_at=at,
            )
        )  # fmt: skip
    Alert.objects.bulk_create(alerts, batch_size=500)
    AlertWords.objects.bulk_create(
        [
            AlertWords(alert=one, organisation_id=made.organisation, words=search.vector([one.rule_name]))
            for one in alerts
        ],
        batch_size=500,
    )
    return alerts[1].pk


@contextmanager
def _chromium() -> Iterator[tuple[Any, int]]:
    """A browser whose debugging port Lighthouse can use, so that both see the same session."""
    from playwright.sync_api import sync_playwright

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=os.environ.get("VIGIE_CHROMIUM") or whole_browser(),
            args=["--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}"],
            viewport={"width": 1280, "height": 800},
            locale="en-GB",
        )
        yield context, port
        context.close()


def _sign_in(page: Any, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name").fill("bench")
    page.get_by_label("Password", exact=True).fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#main").wait_for(timeout=_CEILING_MS)


def _scrolled(page: Any, address: str, count: int) -> list[Figure]:
    page.goto(f"{address}/alerts")
    page.locator("article[data-alert]").first.wait_for(timeout=_CEILING_MS)
    page.wait_for_load_state("networkidle")
    result: dict[str, Any] = page.evaluate(_SCROLL, [count, 600])
    frames = sorted(result["frames"])
    note = (
        f"{len(frames)} frames of 600 px each, {result['shown']} of {count} alerts and their groups, loading included"
    )
    longest = max(result["tasks"], default=0)
    elements = page.evaluate("document.querySelectorAll('article[data-alert]').length")
    return [
        Figure("pages.feed_rows_shown", result["shown"], target=count, note=note),
        Figure("pages.feed_frame_p50_ms", frames[len(frames) // 2], "ms", note=note),
        Figure("pages.feed_frame_p95_ms", frames[int(len(frames) * 0.95)], "ms", 34, Target.AT_MOST, note),
        Figure("pages.feed_frame_max_ms", frames[-1], "ms", note=note),
        Figure("pages.feed_long_tasks", len(result["tasks"]), note=f"over 50 ms; longest {longest:.0f} ms"),
        Figure("pages.feed_rows_in_document", elements, target=60, direction=Target.AT_MOST, note="at the end of the list"),
    ]  # fmt: skip


def _lighthouse(address: str, port: int, page: str) -> list[Figure]:
    names = [f"pages.lighthouse_{page}_{category.replace('-', '_')}" for category in _CATEGORIES]
    try:
        program = _fetched()
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            command = [
                str(program), address, f"--port={port}", "--preset=desktop", "--output=json", f"--output-path={report}",
                "--quiet", "--disable-storage-reset", f"--only-categories={','.join(_CATEGORIES)}",
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=240)
            scores = json.loads(report.read_text())["categories"]
    except (OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
        why = f"Lighthouse gave no report: {type(error).__name__}"
        return [unmeasured(name, why, 95) for name in names]
    return [
        Figure(name, 100 * float(scores[category]["score"]), target=95, note=f"{_LIGHTHOUSE}, desktop")
        for name, category in zip(names, _CATEGORIES, strict=True)
        if scores[category]["score"] is not None
    ]


def _fetched() -> Path:
    """Lighthouse's program, got from npm's registry when it is not there."""
    folder = ROOT / ".venvs" / "lighthouse"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [npm, "install", "--no-fund", "--no-audit", "--prefix", str(folder), _LIGHTHOUSE],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip
    return program

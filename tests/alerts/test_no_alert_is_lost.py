"""Promise 4, from accepted to committed: killed processes, an absent database, a full disk, two watchers."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from psycopg import sql
from structlog.testing import capture_logs

from alerts import orphanage, raising
from alerts.committer import Committer
from alerts.desk import Desk
from alerts.firing import dump, load
from alerts.models import Alert, AlertState
from alerts.spool import SLOT_BYTES, Spool, SpoolError, orphans
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from tests.alerts.watching import eventually, firing_of
from tests.factories import MemberFactory, RuleFactory

pytestmark = pytest.mark.django_db(transaction=True)

WATCHER_THAT_DIES = """
import os, signal, sys, threading
from pathlib import Path
import django
django.setup()
from alerts.committer import Committer
from alerts.desk import Desk
from alerts.firing import load

committer = Committer(Path(sys.argv[1]), commit=lambda firing: threading.Event().wait())
committer.start()
committer.fire(load(sys.stdin.buffer.read()))
print("accepted", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def once() -> None:
    """One alert, one entry, one event."""
    alert = Alert.objects.get()
    assert Entry.objects.filter(action=Action.ALERT_RAISED, subject_id=str(alert.pk)).count() == 1
    assert FeedEvent.objects.filter(kind="alert.raised").count() == 1


def test_a_watcher_killed_between_accepting_and_committing_loses_no_alert(tmp_path: Path) -> None:
    rule = RuleFactory()
    firing = firing_of(rule)
    watcher = subprocess.run(
        [sys.executable, "-c", WATCHER_THAT_DIES, str(tmp_path)],
        input=dump(firing).decode(),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert watcher.stdout == "accepted\n", watcher.stderr
    assert watcher.returncode == -signal.SIGKILL
    assert not Alert.objects.exists()

    assert orphanage.adopt(tmp_path) == 1
    assert orphanage.adopt(tmp_path) == 0

    assert Alert.objects.get().pk == firing.id
    once()
    assert list(tmp_path.glob("*.spool")) == []


def test_a_spool_whose_owner_lives_is_nobody_elses(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(uuid4(), dump(firing_of(RuleFactory())))

    assert list(orphans(tmp_path)) == []
    assert orphanage.adopt(tmp_path) == 0
    spool.close()
    assert orphanage.adopt(tmp_path) == 1


def test_a_record_that_was_half_written_is_no_record_and_the_others_are(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    whole, torn = firing_of(RuleFactory()), firing_of(RuleFactory())
    spool.put(whole.id, dump(whole))
    spool.put(torn.id, dump(torn))
    spool.close()
    with spool.path.open("r+b") as file:
        file.seek(SLOT_BYTES + 40)
        file.write(b"\0\0\0\0")

    assert orphanage.adopt(tmp_path) == 1
    assert Alert.objects.get().pk == whole.id


def test_a_spool_is_bounded_and_its_room_comes_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path, slots=2)
    first, second = uuid4(), uuid4()
    spool.put(first, b"{}")
    spool.put(second, b"{}")
    with pytest.raises(SpoolError):
        spool.put(uuid4(), b"{}")
    spool.remove(first)
    spool.put(uuid4(), b"{}")
    with pytest.raises(SpoolError):
        spool.put(uuid4(), b"x" * SLOT_BYTES)
    spool.close()


def test_what_nobody_can_commit_is_set_aside_and_holds_up_nothing(tmp_path: Path) -> None:
    good, bad = firing_of(RuleFactory()), firing_of(RuleFactory.build(), alert=uuid4())
    spool = Spool(tmp_path)
    for firing in (bad, good):
        spool.put(firing.id, dump(firing))
    spool.put(uuid4(), b"this is no firing")
    spool.close()

    assert orphanage.adopt(tmp_path) == 1
    assert Alert.objects.get().pk == good.id
    assert len(list((tmp_path / "rejected").iterdir())) == 2


@pytest.fixture
def committer(tmp_path: Path) -> Iterator[Committer]:
    made = Committer(tmp_path)
    made.start()
    yield made
    made.stop(patience_s=20)


@contextmanager
def database_away() -> Iterator[None]:
    """The server ends every connection to the tests' database and lets nobody in."""
    name = connection.settings_dict["NAME"]
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    connections.close_all()
    wanted = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    with psycopg.connect(**wanted, autocommit=True) as admin:
        database = sql.Identifier(name)
        admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(database))
        try:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(database))


def test_an_alert_waits_for_a_database_that_is_away(committer: Committer) -> None:
    rules = RuleFactory.create_batch(3)
    committer.fire(firing_of(RuleFactory()))  # its thread is connected when the database goes
    eventually(lambda: committer.waiting == 0, "the first alert is committed")

    with database_away():
        for rule in rules:
            committer.fire(firing_of(rule))
        eventually(lambda: committer.failures >= 2, "the database is seen to be away")
        assert committer.waiting == 3

    eventually(lambda: Alert.objects.count() == 4, "all alerts are committed when the database is back")
    in_order = Alert.objects.order_by("committed_at").values_list("rule", flat=True)
    assert list(in_order)[1:] == [rule.pk for rule in rules]


def test_a_connection_that_breaks_in_the_middle_is_tried_again(tmp_path: Path) -> None:
    firing = firing_of(RuleFactory())
    tries: list[UUID] = []

    def breaks_once(one: object) -> UUID:
        tries.append(firing.id)
        standing = raising.commit(firing)
        if len(tries) == 1:
            raise OperationalError("the answer to COMMIT was lost")
        return standing

    made = Committer(tmp_path, commit=breaks_once)
    made.start()
    made.fire(firing)
    eventually(lambda: made.waiting == 0, "the firing is settled")
    made.stop(20)

    assert len(tries) == 2
    once()


def test_two_watchers_that_race_make_one_alert() -> None:
    rule = RuleFactory()
    firings = [firing_of(rule) for _ in range(8)]
    gate = threading.Barrier(len(firings))
    standing: list[UUID] = []
    failed: list[BaseException] = []

    def watcher(number: int) -> None:
        try:
            gate.wait()
            standing.append(raising.commit(firings[number]))
        except Exception as error:  # noqa: BLE001  (told by the test's own thread)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=watcher, args=(number,)) for number in range(len(firings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    once()
    assert set(standing) == {Alert.objects.get().pk}


def test_the_same_firing_from_many_threads_is_committed_once() -> None:
    firing = firing_of(RuleFactory())
    gate = threading.Barrier(6)
    failed: list[BaseException] = []

    def commit() -> None:
        try:
            gate.wait()
            raising.commit(firing)
        except Exception as error:  # noqa: BLE001  (told by the test's own thread)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=commit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    once()


def test_a_late_firing_of_a_situation_that_ended_raises_no_second_alert() -> None:
    rule, now = RuleFactory(), time.time()
    first = raising.commit(firing_of(rule, now))
    raising.ended(first, raising.moment(now + 5))

    assert raising.commit(firing_of(rule, now + 1)) == first
    assert raising.commit(firing_of(rule, now + 200)) != first


def test_a_situation_that_nobody_saw_for_long_is_over_and_the_next_raises() -> None:
    rule, now = RuleFactory(), time.time()
    first = raising.commit(firing_of(rule, now - 300))
    Alert.objects.filter(pk=first).update(
        state=AlertState.RESOLVED, closed_by=MemberFactory(organisation=rule.organisation)
    )

    second = raising.commit(firing_of(rule, now))

    assert second != first
    assert Alert.objects.get(pk=first).ended_at is not None


def test_a_vanished_watchers_situation_is_ended_by_the_clock() -> None:
    rule, now = RuleFactory(), time.time()
    lasting = raising.commit(firing_of(rule, now))
    vanished = raising.commit(firing_of(RuleFactory(), now - 120))

    assert raising.end_stale() == 1
    assert raising.end_stale() == 0
    assert Alert.objects.get(pk=lasting).ended_at is None
    assert Alert.objects.get(pk=vanished).ended_at is not None


def test_a_disk_without_room_for_the_spool_costs_no_alert(tmp_path: Path) -> None:
    (tmp_path / "not-a-folder").write_text("")
    made = Committer(tmp_path / "not-a-folder")
    made.start()
    firing = firing_of(RuleFactory())
    made.fire(firing)
    eventually(lambda: Alert.objects.filter(pk=firing.id).exists(), "the alert is committed from memory")
    assert made.unspooled == 1
    made.stop(20)


def test_the_spools_room_is_reserved_before_the_disk_fills_up(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    before = spool.path.stat().st_blocks
    for _ in range(100):
        spool.put(uuid4(), b"x" * 4_000)
    spool.harden()

    assert spool.path.stat().st_blocks == before
    assert before * 512 >= spool.path.stat().st_size
    spool.close()


def test_a_desk_that_stops_right_after_a_firing_says_nothing_of_a_file_that_is_closed(tmp_path: Path) -> None:
    firing = firing_of(RuleFactory())
    desk = Desk(tmp_path)
    desk.start()
    with capture_logs() as said:
        desk.fire(firing)
        desk.stop(20)

    assert Alert.objects.get().pk == firing.id
    assert said == []
    assert list(tmp_path.glob("*.spool")) == []


def test_a_spool_that_is_closed_has_nothing_left_to_harden(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(uuid4(), b"{}")
    spool.close()
    spool.harden()

    assert [orphan.records() for orphan in orphans(tmp_path)] == [[b"{}"]]


def test_a_firing_comes_back_from_the_spool_as_it_was() -> None:
    firing = firing_of(RuleFactory(name="Entrée « nord »"))
    assert load(dump(firing)) == firing


def test_an_end_is_written_before_the_firing_that_came_after_it(tmp_path: Path) -> None:
    rule, now = RuleFactory(), time.time()
    first, second = firing_of(rule, now), firing_of(rule, now + 10)
    made = Committer(tmp_path)
    made.fire(first)
    made.ended(first.id, now + 5)
    made.fire(second)
    made.start()
    eventually(lambda: made.waiting == 0, "both are committed")
    made.stop(20)

    assert {str(pk) for pk in Alert.objects.values_list("pk", flat=True)} == {str(first.id), str(second.id)}
    assert Alert.objects.get(pk=first.id).ended_at == raising.moment(now + 5)

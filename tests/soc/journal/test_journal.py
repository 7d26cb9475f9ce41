"""Writing and sealing: an entry stands with its act, waits for its seal however late, and cannot be taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from soc.journal import heads, sealing, tasks
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal, Seal
from soc.journal.services import Json, erase_personal, record
from soc.journal.verification import verify
from soc.people.models import Organisation
from tests.conftest import JOURNAL_TABLES
from tests.factories import OrganisationFactory
from tests.soc.journal.tampering import intruder, journal, waiting, write

real_transactions = pytest.mark.django_db(transaction=True)


@contextmanager
def other_connection(work: Callable[[], None]) -> Iterator[None]:
    """Run `work` in another thread, with a database connection of its own, and wait for its end on the way out."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (raised again below)
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
        assert not thread.is_alive()
        if failed:
            raise failed[0]


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_a_transaction_is_refused() -> None:
    organisation = OrganisationFactory()
    with pytest.raises(RuntimeError, match="transaction"):
        record(organisation, Action.SIGNED_IN)


@pytest.mark.django_db
@pytest.mark.parametrize("table", JOURNAL_TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_forget(table: str, statement: str) -> None:
    journal([2])
    column = {"soc_journal_entry": "action", "soc_journal_seal": "digest", "soc_journal_personal": "text"}[table]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")
        sql = statement.format(table, column, column)
        if (table, sql.split()[0]) == ("soc_journal_personal", "DELETE"):
            cursor.execute(sql)  # the one thing that may be done
            return
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(sql)


@pytest.mark.django_db
def test_erased_personal_data_leaves_a_journal_that_holds() -> None:
    organisation = journal([4])
    personal = list(Personal.objects.filter(entry__organisation=organisation).values_list("pk", flat=True))
    others = journal([4])
    assert erase_personal(organisation, personal, reason="asked for by the person") == 2
    assert not Personal.objects.filter(entry__organisation=organisation).exists()
    assert Personal.objects.filter(entry__organisation=others).count() == 2
    sealing.seal(organisation)
    found = verify(organisation.pk)
    assert found.holds
    assert found.erased == 2
    assert Entry.objects.get(action=Action.PERSONAL_ERASED).details["entries"] == personal


@pytest.mark.django_db
def test_numbers_that_the_database_writes_otherwise_still_verify() -> None:
    organisation = OrganisationFactory()
    with transaction.atomic():
        odd: dict[str, Json] = {
            "large": 1e16,
            "small": 1e-7,
            "negative zero": -0.0,
            "é": "\u2028",
            "deep": [{"b": 1.0, "a": None}],
        }
        record(organisation, Action.SIGNED_IN, details=odd, personal=odd)
    sealing.seal(organisation)
    assert verify(organisation.pk).holds


@real_transactions
def test_an_entry_whose_transaction_was_open_is_sealed_later() -> None:
    organisation = OrganisationFactory()
    written, commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            write(organisation)
            written.set()
            assert commit.wait(60)

    with other_connection(slow_writer):
        assert written.wait(60)
        (later,) = write(organisation)
        first = sealing.seal(organisation)
        assert first is not None
        assert first.entry_ids == [later.pk]
        assert sealing.seal(organisation) is None
        commit.set()
    (early,) = waiting(organisation)
    assert early < later.pk
    second = sealing.seal(organisation)
    assert second is not None
    assert second.entry_ids == [early]
    assert verify(organisation.pk).holds


@real_transactions
def test_an_entry_rolled_back_leaves_no_hole() -> None:
    organisation = OrganisationFactory()
    with transaction.atomic():
        write(organisation)
        transaction.set_rollback(True)
    (kept,) = write(organisation)
    seal = sealing.seal(organisation)
    assert seal is not None
    assert seal.entry_ids == [kept.pk]
    assert verify(organisation.pk).holds


@real_transactions
def test_one_sealer_at_a_time_and_another_organisation_does_not_wait() -> None:
    ours, theirs = OrganisationFactory(), OrganisationFactory()
    for organisation in (ours, theirs):
        write(organisation)
    sealing_ours, done = threading.Event(), threading.Event()

    def slow_sealer() -> None:
        with transaction.atomic():
            assert sealing.seal(ours) is not None
            sealing_ours.set()
            assert done.wait(60)

    with other_connection(slow_sealer):
        assert sealing_ours.wait(60)
        assert sealing.seal(ours) is None
        assert sealing.seal(theirs) is not None
        done.set()
    assert sealing.seal(ours) is None
    assert Seal.objects.filter(organisation=ours).count() == 1


@real_transactions
def test_many_writers_and_sealers_lose_no_entry_and_seal_none_twice() -> None:
    organisation = OrganisationFactory()
    writers = [threading.Thread(target=_write_many, args=(organisation,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        with other_connection(_seal):
            sealing.seal_all()
    for writer in writers:
        writer.join()
    sealing.seal_all()
    sealed = [pk for seal in Seal.objects.filter(organisation=organisation) for pk in seal.entry_ids]
    assert len(sealed) == len(set(sealed)) == 4 * 25
    assert verify(organisation.pk).holds


def _seal() -> None:
    sealing.seal_all()


def _write_many(organisation: Organisation) -> None:
    for _ in range(25):
        write(organisation)
    connection.close()


@real_transactions
def test_a_large_backlog_is_sealed_in_several_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LARGEST", 3)
    organisation = OrganisationFactory()
    write(organisation, 8)
    tasks.seal()
    assert [len(seal.entry_ids) for seal in Seal.objects.filter(organisation=organisation)] == [3, 3, 2]
    assert [head.number for head in heads.exported(organisation.pk)] == [1, 2, 3]


@real_transactions
def test_a_disk_that_takes_no_head_stops_no_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = OrganisationFactory()
    blocked = heads.path(organisation.pk)
    blocked.mkdir(parents=True)  # a folder where the file should be
    write(organisation)
    tasks.seal()
    assert verify_without_heads(organisation)
    blocked.rmdir()
    write(organisation)
    tasks.seal()
    assert [head.number for head in heads.exported(organisation.pk)] == [1, 2]


def verify_without_heads(organisation: Organisation) -> bool:
    return Seal.objects.filter(organisation=organisation).count() == 1 and not waiting(organisation)


@pytest.mark.django_db
def test_the_command_says_that_all_holds_and_what_is_not_sealed_yet() -> None:
    organisation = journal([2, 3])
    write(organisation, 2)
    out = StringIO()
    call_command("verify_journal", organisation=organisation.name, stdout=out)
    assert "the journal holds; 5 entries under 2 seals" in out.getvalue()
    assert "2 not sealed yet" in out.getvalue()


@pytest.mark.django_db
def test_the_command_names_the_first_entry_that_was_changed_and_fails() -> None:
    organisation, whole = journal([3]), journal([1])
    pk = Seal.objects.get(organisation=organisation).entry_ids[1]
    with intruder():
        Entry.objects.filter(pk=pk).update(action="signed_out")
    out = StringIO()
    with pytest.raises(CommandError, match="1 journal does not hold"):
        call_command("verify_journal", stdout=out, no_color=True)
    assert f"Entry {pk} was changed" in out.getvalue()
    assert f"{whole.name}: the journal holds" in out.getvalue()
    with pytest.raises(CommandError, match="no organisation"):
        call_command("verify_journal", organisation="Nobody", stdout=out)

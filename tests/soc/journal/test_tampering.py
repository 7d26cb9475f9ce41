"""Whatever is changed, removed or inserted is found, and the first of it is named."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc.journal import heads, sealing
from soc.journal.digests import Sealer
from soc.journal.models import Entry, Personal, Seal, Unsealed
from soc.journal.verification import FaultKind, verify
from soc.people.models import Organisation
from tests.factories import OrganisationFactory
from tests.soc.journal.tampering import forge_seal, insert_past_the_journal, intruder, journal, remove, undone, write

pytestmark = pytest.mark.django_db

sizes = st.lists(st.integers(1, 4), min_size=1, max_size=5)
each_example_rolled_back = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def seals(organisation: Organisation) -> list[Seal]:
    return list(Seal.objects.filter(organisation=organisation).order_by("number"))


def first(organisation: Organisation) -> tuple[FaultKind, int | None, int | None]:
    found = verify(organisation.pk)
    assert not found.holds
    fault = found.faults[0]
    assert "%(" not in fault.sentence()
    return fault.kind, fault.seal, fault.entry


@each_example_rolled_back
@given(sizes=sizes, waiting=st.integers(0, 3))
def test_a_journal_that_nobody_touched_holds(sizes: list[int], waiting: int) -> None:
    with undone():
        organisation = journal(sizes)
        if waiting:
            write(organisation, waiting)
        found = verify(organisation.pk)
        assert found.holds, found.faults
        assert (found.seals, found.entries, found.unsealed) == (len(sizes), sum(sizes), waiting)
        assert (found.unsealed_since is not None) == bool(waiting)


CHANGES: dict[str, object] = {
    "at": F("at") + dt.timedelta(microseconds=1),
    "actor_id": uuid.uuid4(),
    "action": "signed_out",
    "subject_kind": "soc_people.member",
    "subject_id": "x",
    "site_id": uuid.uuid4(),
    "details": {"n": 99},
    "personal_digest": "f" * 64,
}


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_changed_entry_is_named(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal(sizes)
        seal = data.draw(st.sampled_from(seals(organisation)))
        pk = data.draw(st.sampled_from(seal.entry_ids))
        field = data.draw(st.sampled_from(sorted(CHANGES)))
        with intruder():
            Entry.objects.filter(pk=pk).update(**{field: CHANGES[field]})
        assert first(organisation) == (FaultKind.ENTRY_CHANGED, seal.number, pk)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_changed_personal_data_is_named(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal([2, *sizes])
        row = data.draw(st.sampled_from(list(Personal.objects.filter(entry__organisation=organisation))))
        with intruder():
            Personal.objects.filter(pk=row.pk).update(text=row.text + " ")
        kind, _seal, entry = first(organisation)
        assert (kind, entry) == (FaultKind.PERSONAL_CHANGED, row.pk)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_removed_entry_is_named(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal(sizes)
        seal = data.draw(st.sampled_from(seals(organisation)))
        pk = data.draw(st.sampled_from(seal.entry_ids))
        with intruder():
            remove([pk])
        assert first(organisation) == (FaultKind.ENTRY_REMOVED, seal.number, pk)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_an_entry_cut_out_of_its_seal_too_is_found(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal(sizes)
        seal = data.draw(st.sampled_from(seals(organisation)))
        at = data.draw(st.integers(0, len(seal.entry_ids) - 1))
        with intruder():
            remove([seal.entry_ids.pop(at)])
            seal.entry_digests.pop(at)
            seal.save()
        assert first(organisation)[:2] == (FaultKind.SEAL_FORGED, seal.number)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_removed_seal_is_named(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal([*sizes, 1])
        seal = data.draw(st.sampled_from(seals(organisation)[:-1]))
        with intruder():
            remove(seal.entry_ids)
            seal.delete()
        assert first(organisation) == (FaultKind.SEAL_REMOVED, seal.number, None)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_gap_closed_by_new_numbers_is_found(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal([*sizes, 1])
        gone = data.draw(st.sampled_from(seals(organisation)[:-1]))
        with intruder():
            remove(gone.entry_ids)
            gone.delete()
            for seal in Seal.objects.filter(organisation=organisation, number__gt=gone.number).order_by("number"):
                Seal.objects.filter(pk=seal.pk).update(number=seal.number - 1)
        assert first(organisation)[:2] == (FaultKind.SEAL_FORGED, gone.number)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_journal_cut_off_is_told_by_the_exported_heads(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal(sizes)
        cut = data.draw(st.sampled_from(seals(organisation)))
        with intruder():
            for seal in seals(organisation)[cut.number - 1 :]:
                remove(seal.entry_ids)
                seal.delete()
        assert first(organisation) == (FaultKind.END_REMOVED, cut.number, None)


@each_example_rolled_back
@given(sizes=sizes, sealed=st.booleans())
def test_an_inserted_entry_is_named_with_and_without_a_forged_seal(sizes: list[int], sealed: bool) -> None:
    with undone():
        organisation = journal(sizes)
        entry = insert_past_the_journal(organisation)
        if sealed:
            seal = forge_seal(organisation, entry)
            assert first(organisation) == (FaultKind.SEAL_FORGED, seal.number, entry.pk)
        else:
            assert first(organisation) == (FaultKind.ENTRY_INSERTED, None, entry.pk)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_seal_is_changed_in_nothing(sizes: list[int], data: st.DataObject) -> None:
    with undone():
        organisation = journal(sizes)
        seal = data.draw(st.sampled_from(seals(organisation)))
        changes: dict[str, Callable[[], object]] = {
            "sealed_at": lambda: seal.sealed_at + dt.timedelta(seconds=1),
            "previous": lambda: "e" * 64,
            "digest": lambda: "d" * 64,
            "entry_digests": lambda: ["c" * 64 for _ in seal.entry_ids],
            "entry_ids": lambda: [*seal.entry_ids, seal.entry_ids[0]],
        }
        field = data.draw(st.sampled_from(sorted(changes)))
        with intruder():
            Seal.objects.filter(pk=seal.pk).update(**{field: changes[field]()})
        assert first(organisation)[:2] == (FaultKind.SEAL_FORGED, seal.number)


@each_example_rolled_back
@given(sizes=sizes, data=st.data())
def test_a_journal_sealed_anew_differs_from_its_exported_heads_even_with_the_key(
    sizes: list[int], data: st.DataObject
) -> None:
    with undone():
        organisation = journal(sizes)
        pk = data.draw(st.sampled_from(seals(organisation)[0].entry_ids))
        with intruder():
            Entry.objects.filter(pk=pk).update(action="signed_out")
            Seal.objects.filter(organisation=organisation).delete()
            ids = Entry.objects.filter(organisation=organisation).values_list("pk", flat=True)
            Unsealed.objects.bulk_create(Unsealed(entry_id=pk, organisation_id=organisation.pk) for pk in ids)
        sealing.seal(organisation)
        assert first(organisation) == (FaultKind.SEALED_ANEW, 1, None)


def test_another_key_confirms_nothing() -> None:
    organisation = journal([2])
    found = verify(organisation.pk, sealer=Sealer(organisation.pk, key=b"another key"))
    assert found.faults[0].kind is FaultKind.SEAL_FORGED


def test_an_entry_of_one_organisation_is_no_entry_of_another() -> None:
    ours, theirs = journal([2]), OrganisationFactory()
    stolen = seals(ours)[0].entry_ids[0]
    with intruder():
        Entry.objects.filter(pk=stolen).update(organisation=theirs)
    assert first(ours) == (FaultKind.ENTRY_REMOVED, 1, stolen)
    assert first(theirs) == (FaultKind.ENTRY_INSERTED, None, stolen)


def test_an_entry_removed_before_its_seal_is_named_by_the_seal() -> None:
    organisation = OrganisationFactory()
    gone, _kept = write(organisation, 2)
    with intruder():
        remove([gone.pk])
    sealing.seal(organisation)
    assert first(organisation) == (FaultKind.ENTRY_REMOVED, 1, gone.pk)


def test_a_torn_line_in_the_file_of_heads_loses_no_head() -> None:
    organisation = journal([1, 1])
    file = heads.path(organisation.pk)
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert heads.export(organisation.pk) == 1
    assert [head.number for head in heads.exported(organisation.pk)] == [1, 2]
    assert heads.export(organisation.pk) == 0
    assert verify(organisation.pk).holds

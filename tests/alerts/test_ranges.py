"""Byte ranges: what is asked for is what is given, and never more than there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.ranges import Unsatisfiable, parse

SIZES = st.integers(0, 10_000)


@given(st.integers(0, 20_000), st.integers(0, 20_000), SIZES)
def test_a_range_gives_the_bytes_that_a_slice_would(first: int, last: int, size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    if first >= size and first <= last:
        with pytest.raises(Unsatisfiable):
            parse(f"bytes={first}-{last}", size)
        return
    found = parse(f"bytes={first}-{last}", size)
    if last < first:
        assert found is None
    else:
        assert found is not None
        assert data[found.first : found.first + found.length] == data[first : last + 1]


@given(st.integers(1, 20_000), st.integers(1, 10_000))
def test_a_suffix_gives_the_end(count: int, size: int) -> None:
    found = parse(f"bytes=-{count}", size)
    assert found is not None
    assert (found.length, found.last) == (min(count, size), size - 1)


@given(st.text(max_size=60), SIZES)
def test_nonsense_gives_everything(text: str, size: int) -> None:
    try:
        found = parse(text, size)
    except Unsatisfiable:
        return
    assert found is None or 0 <= found.first <= found.last < size


@pytest.mark.parametrize("header", ["bytes=0-1,4-5", "bytes=-", "items=0-1", "bytes=" + "9" * 5_000 + "-", "bytes=٣-"])
def test_what_cannot_be_read_gives_everything(header: str) -> None:
    assert parse(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0", "bytes=11-12"])
def test_what_is_not_there_is_not_given(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        parse(header, 10)

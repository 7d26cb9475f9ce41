"""A body that is too large is refused while it arrives, whether it announces its size or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from soc.body_limit import BodyLimit

LIMIT = 1000


make: Any = ApplicationCommunicator  # asgiref's has no types


async def swallow(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An application that reads the whole body, as Django does, and says how long it was."""
    length = 0
    while True:
        event: Mapping[str, Any] = await receive()
        length += len(event["body"])
        if not event["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


async def answer(parts: list[bytes], headers: dict[bytes, bytes], path: str = "/") -> tuple[int, bytes]:
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": list(headers.items())}
    client = make(BodyLimit(swallow, LIMIT, {"/plans/": 2 * LIMIT}), scope)
    for at, part in enumerate(parts):
        await client.send_input({"type": "http.request", "body": part, "more_body": at + 1 < len(parts)})
    start = await client.receive_output(10)
    body = await client.receive_output(10)
    await client.wait(10)
    return start["status"], body["body"]


async def test_a_body_within_the_limit_arrives_whole() -> None:
    assert await answer([b"x" * 400, b"x" * 600], {b"content-length": b"1000"}) == (200, b"1000")


@pytest.mark.parametrize(
    ("parts", "headers"),
    [
        ([], {b"content-length": b"1001"}),
        ([], {b"content-length": b"1073741824"}),
        ([b"x" * 600, b"x" * 600, b"x" * 600], {}),
        ([b"x" * 1001], {b"content-length": b"nonsense"}),
        ([b"x" * 1001], {b"content-length": b"5"}),
    ],
)
async def test_a_larger_one_is_refused_with_a_sentence(parts: list[bytes], headers: dict[bytes, bytes]) -> None:
    status, body = await answer(parts, headers)
    told = json.loads(body)
    assert status == 413
    assert told["code"] == "too_large"
    assert str(LIMIT) in told["message"]


async def test_where_pictures_are_sent_more_is_accepted_and_no_more_than_that() -> None:
    assert await answer([b"x" * 2000], {}, "/plans/1/") == (200, b"2000")
    for headers in ({}, {b"content-length": b"1073741824"}):
        status, body = await answer([b"x" * 2001], headers, "/plans/1/")
        assert status == 413
        assert "2000" in json.loads(body)["message"]


async def test_the_sentence_is_in_the_readers_language() -> None:
    _status, body = await answer([b"x" * 1001], {b"accept-language": b"fr"})
    assert "trop volumineux" in json.loads(body)["message"]

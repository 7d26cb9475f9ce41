"""JSON pointers (RFC 6901): where in a device's answer its state stands. Nothing is evaluated."""

from __future__ import annotations

import json
import re
from typing import Annotated

from pydantic import StringConstraints

LARGEST = 65_536
"""Bytes of an answer that are read at most."""

Pointer = Annotated[str, StringConstraints(pattern=r"^(/[^/\x00-\x1f]*)*$", max_length=200)]
_INDEX = re.compile(r"^(0|[1-9][0-9]{0,5})$")


def value_at(answer: bytes, pointer: str) -> str | None:
    """The value at `pointer` as text; an empty pointer means the answer itself, as it stands. ``None``: there is none.

    >>> value_at(b'{"relay": [{"on": true}]}', "/relay/0/on")
    'true'
    >>> value_at(b" ON\\n", "")
    'ON'
    >>> value_at(b"nonsense", "/state") is None
    True
    """
    text = answer[:LARGEST].decode("utf-8", "replace")
    if not pointer:
        return text.strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _INDEX.match(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return None

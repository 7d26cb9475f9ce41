"""What is used of django-filter, which comes without types."""

from collections.abc import Sequence
from typing import Any

class Filter:
    def __init__(self, *, field_name: str | None = ..., lookup_expr: str | None = ...) -> None: ...

class CharFilter(Filter):
    def __init__(
        self,
        *,
        field_name: str | None = ...,
        lookup_expr: str | None = ...,
        method: str | None = ...,
        max_length: int | None = ...,
    ) -> None: ...

class UUIDFilter(Filter): ...
class IsoDateTimeFilter(Filter): ...

class MultipleChoiceFilter(Filter):
    def __init__(
        self,
        *,
        field_name: str | None = ...,
        lookup_expr: str | None = ...,
        choices: Sequence[tuple[Any, Any]],
    ) -> None: ...

class FilterSet: ...

"""What is used of django-filter, which comes without types."""

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request

class Filter:
    def __init__(
        self,
        *,
        field_name: str | None = ...,
        lookup_expr: str | None = ...,
        method: str | None = ...,
        exclude: bool = ...,
        help_text: str = ...,
        max_length: int | None = ...,
    ) -> None: ...

class BooleanFilter(Filter): ...
class CharFilter(Filter): ...
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

class FilterSet:
    request: Request

    @classmethod
    def get_filters(cls) -> dict[str, Filter]: ...

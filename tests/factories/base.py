"""What every factory is: a class of factory_boy, with the types that factory_boy does not state."""

from __future__ import annotations

from collections.abc import Sequence as Sequenced
from typing import Any, Protocol, TypeVar, cast

from django.db.models import Model
from factory.django import DjangoModelFactory

M = TypeVar("M", bound=Model)
M_co = TypeVar("M_co", bound=Model, covariant=True)


class Factory(Protocol[M_co]):
    """What a factory class does, with the types that factory_boy does not state."""

    def __call__(self, **fields: Any) -> M_co:
        """Make a row; ``camera__site=…`` reaches into what it hangs from."""

    def build(self, **fields: Any) -> M_co:
        """Make the object without a row."""

    def create_batch(self, size: int, **fields: Any) -> Sequenced[M_co]:
        """Make several rows."""


def typed(made: type[DjangoModelFactory[M]]) -> Factory[M]:
    """The factory class itself, with the types of what it makes."""
    return cast("Factory[M]", made)

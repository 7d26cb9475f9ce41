"""The permission every API view has: it names a right, or it is closed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from typing_extensions import override

from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds

if TYPE_CHECKING:  # DRF's views import this module through the settings
    from rest_framework.views import APIView


class Open(Enum):
    """Said by the few views that need no right, so that a forgotten one is closed."""

    TO_ALL = "to all"


Rights = dict[str, Right | Open]


class HasRight(BasePermission):
    """Lets a member in who holds the view's right somewhere; `scoped` then decides which rows.

    A view states `rights = {"GET": Right…, "POST": Right…}`; a method that is not named is closed.
    """

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        rights: Rights = getattr(view, "rights", {})
        method = "GET" if request.method in ("HEAD", "OPTIONS") else (request.method or "")
        right = rights.get(method)
        if right is Open.TO_ALL:
            return True
        return isinstance(right, Right) and isinstance(request.user, Member) and holds(request.user, right)

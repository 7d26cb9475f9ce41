"""The permission every API view has: it names a right, or it is closed."""

from __future__ import annotations

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView
from typing_extensions import override

from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds


class HasRight(BasePermission):
    """Lets a member in who holds the view's right somewhere; `scoped` then decides which rows.

    A view states `rights = {"GET": Right…, "POST": Right…}`; a method that is not named is closed.
    """

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        rights: dict[str, Right] = getattr(view, "rights", {})
        method = "GET" if request.method in ("HEAD", "OPTIONS") else (request.method or "")
        right = rights.get(method)
        return right is not None and isinstance(request.user, Member) and holds(request.user, right)

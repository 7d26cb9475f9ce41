"""Where providers call us: addresses that we hand out, the one door behind them, and who listens to what comes in.

A provider that signs what it sends is believed by its signature. One that signs nothing is given an address with a key in it that
only we can make; the key goes with what the address is for, so that one leaks nothing of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alerts.channels.base import AccountSettings, CallbackRequest, Forged, Receipt, Reply, SendFailed
from soc import keys

log = structlog.get_logger()

_USE: Final = "provider callback"
PATH: Final = "/api/callbacks"

Listener = Callable[[UUID, UUID, tuple[Receipt | Reply, ...]], None]
"""Told (organisation, account, what came); what it raises is answered 500, and the provider calls again."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell `listener` of every receipt and reply; called once, by an upper app's `ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def address(account: AccountSettings, what: str, about: str = "", **query: str) -> str:
    """Our address for calls of this kind, with the key that opens it; `about` narrows the key to one message.

    It needs `account.public_url`; without one there is no address to give.
    """
    known = {"key": _key(account, what, about), **({"about": about} if about else {}), **query}
    return f"{plain_address(account, what)}?{urlencode(known)}"


def plain_address(account: AccountSettings, what: str, **query: str) -> str:
    """Our address for calls of this kind by a provider that signs them."""
    asked = f"?{urlencode(query)}" if query else ""
    return f"{account.public_url}{PATH}/{account.id}/{what}/{asked}"


def is_ours(account: AccountSettings, what: str, request: CallbackRequest) -> bool:
    """Whether the call came to an address that `address` made for this."""
    text = f"{account.id}:{what}:{request.query.get('about', '')}"
    return purpose(request) == what and keys.is_signature(_USE, text, request.query.get("key", ""))


def purpose(request: CallbackRequest) -> str:
    """What the address that was called is for: the last part of its path."""
    return urlsplit(request.url).path.rstrip("/").rpartition("/")[2]


def _key(account: AccountSettings, what: str, about: str) -> str:
    return keys.signature(_USE, f"{account.id}:{what}:{about}")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Let a provider in who proves that it is one; no member calls here, so it is no view of the API."""
    from alerts.channels import registry, services
    from alerts.channels.models import ProviderAccount

    account = ProviderAccount.objects.filter(pk=pk).first()
    if account is None:
        return _refused(404, "not_found", _("There is no such address."))
    try:
        provider = registry.open_account(account)
        read = provider.read(_written(request))
    except Forged as forged:
        services.note_forged(account, what)
        log.warning("channels.forged", account=str(pk), what=what, why=str(forged))
        return _refused(403, "forged", _("This call does not carry the provider’s signature."))
    except SendFailed as failure:
        log.warning("channels.unopened", account=str(pk), why=failure.detail)
        return _refused(503, "unavailable", _("The account cannot be opened now."))
    if read.events:
        # Each takes what it can in transactions of its own: one event that fails undoes no other.
        for listener in _listeners:
            listener(account.organisation_id, account.pk, read.events)
    return HttpResponse(read.body, content_type=read.content_type)


def _written(request: HttpRequest) -> CallbackRequest:
    from soc.config import config

    base = config().public_url.rstrip("/") or f"{request.scheme}://{request.get_host()}"
    body = request.body  # before the form is read, which would use it up
    return CallbackRequest(
        method=request.method or "",
        url=base + request.get_full_path(),
        headers=dict(request.headers.items()),
        form={name: str(value) for name, value in request.POST.items()},
        query={name: str(value) for name, value in request.GET.items()},
        body=body,
    )


def _refused(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": message, "fields": {}}, status=status)

"""Detection's sockets."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from detection.consumers import LiveConsumer

_live: Any = LiveConsumer.as_asgi()  # Django's types know views only; Channels routes ASGI applications the same way

websocket_urlpatterns: list[URLPattern] = [path("ws/live/", _live)]

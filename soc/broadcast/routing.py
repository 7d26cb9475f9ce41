"""The broadcast's sockets."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from soc.broadcast.consumers import FeedConsumer

_feed: Any = FeedConsumer.as_asgi()  # Django's types know views only; Channels routes ASGI applications the same way

websocket_urlpatterns: list[URLPattern] = [path("ws/feed/", _feed)]

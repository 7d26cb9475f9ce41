"""The sockets of plans under way."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from crisis.activations.talk_consumer import TalkConsumer

_talk: Any = TalkConsumer.as_asgi()  # Django's types know views only; Channels routes ASGI applications the same way

websocket_urlpatterns: list[URLPattern] = [path("ws/talk/", _talk)]

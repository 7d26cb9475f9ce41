"""The logbook's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.logbook import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("duty/", api.DutyDoor.as_view(), name="duty"),
]

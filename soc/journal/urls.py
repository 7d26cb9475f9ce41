"""The journal's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from soc.journal import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("journal/", api.EntryList.as_view(), name="journal"),
    path("journal/verification/", api.VerificationDoor.as_view(), name="journal-verification"),
]

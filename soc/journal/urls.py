"""The journal's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from soc.journal import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("journal/", api.EntryList.as_view(), name="journal"),
    path("journal/<int:pk>/", api.EntryDoor.as_view(), name="journal-entry"),
    path("journal/actions/", api.ActionList.as_view(), name="journal-actions"),
    path("journal/export/", api.ExportDoor.as_view(), name="journal-export"),
    path("journal/verifications/", api.VerificationList.as_view(), name="journal-verifications"),
    path("journal/verifications/<uuid:pk>/", api.VerificationDoor.as_view(), name="journal-verification"),
]

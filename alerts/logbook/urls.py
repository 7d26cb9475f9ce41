"""The logbook's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.logbook import api, duty_api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("duty/", duty_api.DutyDoor.as_view(), name="duty"),
    path("logbook/", api.EntryList.as_view(), name="logbook"),
    path("logbook/categories/", api.CategoryList.as_view(), name="logbook-categories"),
    path("logbook/export/", api.ExportDoor.as_view(), name="logbook-export"),
    path("logbook/policy/", api.PolicyDoor.as_view(), name="logbook-policy"),
    path("logbook/<uuid:pk>/", api.EntryDoor.as_view(), name="logbook-entry"),
]

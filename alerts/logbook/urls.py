"""The logbook's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.logbook import api, duty_api
from alerts.logbook.handover import api as handover_api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("duty/", duty_api.DutyDoor.as_view(), name="duty"),
    path("handovers/", handover_api.HandoverList.as_view(), name="handovers"),
    path("handovers/draft/", handover_api.HandoverDraftDoor.as_view(), name="handover-draft"),
    path("handovers/<uuid:pk>/", handover_api.HandoverDoor.as_view(), name="handover"),
    path("handovers/<uuid:pk>/withdraw/", handover_api.WithdrawDoor.as_view(), name="handover-withdraw"),
    path("handovers/<uuid:pk>/take/", handover_api.TakeDoor.as_view(), name="handover-take"),
    path("handovers/<uuid:pk>/take-here/", handover_api.TakeHereDoor.as_view(), name="handover-take-here"),
    path("logbook/", api.EntryList.as_view(), name="logbook"),
    path("logbook/categories/", api.CategoryList.as_view(), name="logbook-categories"),
    path("logbook/categories/<uuid:pk>/", api.CategoryDoor.as_view(), name="logbook-category"),
    path("logbook/export/", api.ExportDoor.as_view(), name="logbook-export"),
    path("logbook/policy/", api.PolicyDoor.as_view(), name="logbook-policy"),
    path("logbook/<uuid:pk>/", api.EntryDoor.as_view(), name="logbook-entry"),
]

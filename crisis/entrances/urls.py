"""The ways in's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from crisis.entrances import api

_ONE = "entrances/<uuid:pk>/"

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("entrances/", api.EntranceList.as_view(), name="entrances"),
    path(_ONE, api.EntranceDoor.as_view(), name="entrance"),
    path(f"{_ONE}approve/", api.ApproveDoor.as_view(), name="entrance-approve"),
    path(f"{_ONE}secret/", api.SecretDoor.as_view(), name="entrance-secret"),
    path(f"{_ONE}calls/", api.CallList.as_view(), name="entrance-calls"),
    path("webhook/", api.WebhookDoor.as_view(), name="webhook"),
    path("me/alert-buttons/", api.OwnButtonsDoor.as_view(), name="me-alert-buttons"),
    path("me/alert-buttons/confirm/", api.ConfirmDoor.as_view(), name="me-alert-button-confirm"),
    path("me/alert-buttons/<uuid:pk>/press/", api.PressDoor.as_view(), name="me-alert-button-press"),
]

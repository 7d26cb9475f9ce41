"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.channels import api, callbacks
from alerts.channels.push import api as push_api
from alerts.channels.recordings.urls import api_urlpatterns as recordings

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/push/", push_api.PushDoor.as_view(), name="push"),
    path("me/push/<uuid:pk>/", push_api.PushDeviceDoor.as_view(), name="push-device"),
    path("provider-kinds/", api.ProviderKindList.as_view(), name="provider-kinds"),
    path("providers/", api.ProviderList.as_view(), name="providers"),
    path("providers/test/", api.ProviderTestDoor.as_view(), name="provider-test"),
    path("providers/<uuid:pk>/", api.ProviderDoor.as_view(), name="provider"),
    path("sms-segments/", api.SegmentsDoor.as_view(), name="sms-segments"),
    *recordings,
    path("callbacks/<uuid:pk>/<slug:what>/", callbacks.door, name="provider-callback"),
]

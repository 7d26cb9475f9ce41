"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from crisis.emergency import api
from crisis.emergency.cap import api as cap

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("text-places/", api.PlaceList.as_view(), name="text-places"),
    path("emergency-contacts/", api.ContactList.as_view(), name="emergency-contacts"),
    path("emergency-contacts/<uuid:pk>/", api.ContactDoor.as_view(), name="emergency-contact"),
    path("emergency-contacts/<uuid:contact>/preview/", api.PreviewDoor.as_view(), name="emergency-preview"),
    path("emergency-contacts/<uuid:contact>/sheets/", api.SheetList.as_view(), name="emergency-sheets"),
    path("emergency-contacts/<uuid:contact>/sheets/<uuid:pk>/", api.SheetDoor.as_view(), name="emergency-sheet"),
    path("cap/", cap.CapList.as_view(), name="cap"),
    path("cap/feed/", cap.FeedDoor.as_view(), name="cap-feed"),
    path("cap/feed/<uuid:pk>/", cap.FeedMessageDoor.as_view(), name="cap-feed-message"),
    path("cap/<uuid:pk>/", cap.CapDoor.as_view(), name="cap-message"),
    path("cap/<uuid:pk>/document/", cap.CapDocumentDoor.as_view(), name="cap-document"),
    path("cap-senders/", cap.SenderList.as_view(), name="cap-senders"),
    path("cap-senders/<uuid:pk>/", cap.SenderDoor.as_view(), name="cap-sender"),
    path("cap-readers/", cap.ReaderList.as_view(), name="cap-readers"),
    path("cap-readers/<uuid:pk>/", cap.ReaderDoor.as_view(), name="cap-reader"),
]

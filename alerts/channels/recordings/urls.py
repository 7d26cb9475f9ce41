"""The recordings' part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.channels.recordings import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("sound-recordings/", api.SoundRecordingList.as_view(), name="sound-recordings"),
    path("sound-recordings/policy/", api.RecordingPolicyDoor.as_view(), name="sound-recording-policy"),
    path("sound-recordings/<uuid:pk>/", api.SoundRecordingDoor.as_view(), name="sound-recording"),
    path("sound-recordings/<uuid:pk>/sound/", api.SoundRecordingSound.as_view(), name="sound-recording-sound"),
]

"""The walls app's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from detection.walls import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("walls/", api.WallList.as_view(), name="walls"),
    path("walls/<uuid:pk>/", api.WallDetail.as_view(), name="wall"),
]

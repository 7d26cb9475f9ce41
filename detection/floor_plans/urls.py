"""The floor plans app's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from detection.floor_plans import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("floor-plans/", api.PlanList.as_view(), name="floor-plans"),
    path("floor-plans/<uuid:pk>/", api.PlanDetail.as_view(), name="floor-plan"),
    path("floor-plans/<uuid:pk>/picture/", api.PlanPictureDoor.as_view(), name="floor-plan-picture"),
]

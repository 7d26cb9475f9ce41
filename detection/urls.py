"""The detection app's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from detection import api, drawing_api
from detection.floor_plans.urls import api_urlpatterns as floor_plans
from detection.walls.urls import api_urlpatterns as walls

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("cameras/", api.CameraList.as_view(), name="cameras"),
    path("cameras/test/", api.CameraTestDoor.as_view(), name="camera-test"),
    path("cameras/<uuid:pk>/", api.CameraDetail.as_view(), name="camera"),
    path("cameras/<uuid:pk>/picture/", api.CameraPictureDoor.as_view(), name="camera-picture"),
    path("cameras/<uuid:camera>/zones/", drawing_api.ZoneList.as_view(), name="zones"),
    path("cameras/<uuid:camera>/zones/<uuid:pk>/", drawing_api.ZoneDetail.as_view(), name="zone"),
    path("cameras/<uuid:camera>/lines/", drawing_api.LineList.as_view(), name="lines"),
    path("cameras/<uuid:camera>/lines/<uuid:pk>/", drawing_api.LineDetail.as_view(), name="line"),
    path("watchers/cost/", api.CostDoor.as_view(), name="camera-cost"),
    *floor_plans,
    path("watchers/", api.WatchersDoor.as_view(), name="watchers"),
    *walls,
]

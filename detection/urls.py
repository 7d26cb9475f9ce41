"""The detection app's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from detection import api, copying_api, drawing_api, importing_api
from detection.floor_plans.urls import api_urlpatterns as floor_plans
from detection.walls.urls import api_urlpatterns as walls

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("cameras/", api.CameraList.as_view(), name="cameras"),
    path("cameras/test/", api.CameraTestDoor.as_view(), name="camera-test"),
    path("cameras/import/", importing_api.ImportDoor.as_view(), name="camera-import"),
    path("cameras/import/preview/", importing_api.PreviewDoor.as_view(), name="camera-import-preview"),
    path("cameras/import/template/", importing_api.TemplateDoor.as_view(), name="camera-import-template"),
    path("cameras/<uuid:pk>/", api.CameraDetail.as_view(), name="camera"),
    path("cameras/<uuid:pk>/copy/", copying_api.CopyDoor.as_view(), name="camera-copy"),
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

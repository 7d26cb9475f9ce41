"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from crisis.devices import api, script_api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("device-drivers/", api.DriverList.as_view(), name="device-drivers"),
    path("device-connections/", api.ConnectionList.as_view(), name="device-connections"),
    path("device-connections/<uuid:pk>/", api.ConnectionDoor.as_view(), name="device-connection"),
    path("devices/", api.DeviceList.as_view(), name="devices"),
    path("devices/test/", api.DeviceTestDoor.as_view(), name="device-test"),
    path("devices/<uuid:pk>/", api.DeviceDoor.as_view(), name="device"),
    path("devices/<uuid:pk>/set/", api.DeviceSetDoor.as_view(), name="device-set"),
    path("scripts/", script_api.ScriptList.as_view(), name="scripts"),
    path("scripts/check/", script_api.ScriptCheckDoor.as_view(), name="scripts-check"),
    path("scripts/dry-run/", script_api.DryRunDoor.as_view(), name="scripts-dry-run"),
    path("scripts/<uuid:pk>/", script_api.ScriptDoor.as_view(), name="script"),
    path("scripts/<uuid:pk>/dry-run/", script_api.ScriptDryRunDoor.as_view(), name="script-dry-run"),
    path("scripts/<uuid:pk>/start/", script_api.ScriptStartDoor.as_view(), name="script-start"),
    path("script-runs/", script_api.RunList.as_view(), name="script-runs"),
    path("script-runs/<uuid:pk>/", script_api.RunDoor.as_view(), name="script-run"),
    path("script-runs/<uuid:pk>/decide/", script_api.DecideDoor.as_view(), name="script-run-decide"),
    path("script-runs/<uuid:pk>/stop/", script_api.StopDoor.as_view(), name="script-run-stop"),
]

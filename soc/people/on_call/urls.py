"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from soc.people.on_call import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("on-call/", api.OnCallDoor.as_view(), name="on-call"),
    path("schedules/", api.ScheduleList.as_view(), name="schedules"),
    path("schedules/<uuid:pk>/", api.ScheduleDetail.as_view(), name="schedule"),
    path("schedules/<uuid:pk>/shifts/", api.ShiftsDoor.as_view(), name="schedule-shifts"),
    path("schedules/<uuid:schedule>/rotations/", api.RotationList.as_view(), name="rotations"),
    path("schedules/<uuid:schedule>/rotations/<uuid:pk>/", api.RotationDetail.as_view(), name="rotation"),
    path("schedules/<uuid:schedule>/overrides/", api.OverrideList.as_view(), name="overrides"),
    path("schedules/<uuid:schedule>/overrides/<uuid:pk>/", api.OverrideDetail.as_view(), name="override"),
]

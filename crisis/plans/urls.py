"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from crisis.plans import api, binder_api, starts_api

_VERSION = "plans/<uuid:plan>/versions/<uuid:pk>/"

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("plans/", api.PlanList.as_view(), name="response-plans"),
    path("plans/<uuid:pk>/", api.PlanDoor.as_view(), name="response-plan"),
    path("plans/<uuid:pk>/draft/", api.DraftDoor.as_view(), name="plan-draft"),
    path("plans/<uuid:pk>/submit/", api.SubmitDoor.as_view(), name="plan-submit"),
    path("plans/<uuid:pk>/send-back/", api.SendBackDoor.as_view(), name="plan-send-back"),
    path("plans/<uuid:pk>/approve/", api.ApproveDoor.as_view(), name="plan-approve"),
    path("plans/<uuid:plan>/versions/", api.VersionList.as_view(), name="plan-versions"),
    path(_VERSION, api.VersionDoor.as_view(), name="plan-version"),
    path(f"{_VERSION}holes/", api.HolesDoor.as_view(), name="plan-holes"),
    path(f"{_VERSION}reach/", api.ReachDoor.as_view(), name="plan-reach"),
    path(f"{_VERSION}changes/", api.ChangesDoor.as_view(), name="plan-changes"),
    path(f"{_VERSION}binder/", binder_api.BinderDoor.as_view(), name="plan-binder"),
    path(f"{_VERSION}binder/page/", binder_api.BinderPageDoor.as_view(), name="plan-binder-page"),
    path(f"{_VERSION}preview/", api.PreviewDoor.as_view(), name="plan-preview"),
    path(f"{_VERSION}preview/sound/", api.PreviewSoundDoor.as_view(), name="plan-preview-sound"),
    path("plan-templates/", api.PlanTemplateList.as_view(), name="plan-templates"),
    path("plan-starts/", starts_api.StartList.as_view(), name="plan-starts"),
    path("plan-starts/<uuid:pk>/", starts_api.StartDoor.as_view(), name="plan-start"),
]

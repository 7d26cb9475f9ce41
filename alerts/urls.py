"""The alerts app's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts import answers_api, api, lawful_api, places_api, rule_api, rule_history_api
from alerts.overview.api import OverviewDoor
from alerts.timeline.api import TimelineDoor

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("cameras/lawful/", lawful_api.LawfulDoor.as_view(), name="camera-lawful"),
    path("rule-kinds/", rule_api.RuleKindList.as_view(), name="rule-kinds"),
    path("labels/", rule_api.LabelList.as_view(), name="labels"),
    path("rules/", rule_api.RuleList.as_view(), name="rules"),
    path("rules/<uuid:pk>/", rule_api.RuleDoor.as_view(), name="rule"),
    path("rules/<uuid:pk>/trial/", rule_api.RuleTrialDoor.as_view(), name="rule-trial"),
    path("rules/<uuid:pk>/versions/", rule_history_api.RuleVersions.as_view(), name="rule-versions"),
    path("rules/<uuid:pk>/figures/", rule_history_api.RuleFigures.as_view(), name="rule-figures"),
    path("trials/", rule_api.TrialList.as_view(), name="trials"),
    path("trials/<uuid:pk>/", rule_api.TrialDoor.as_view(), name="trial"),
    path("alerts/", api.AlertList.as_view(), name="alerts"),
    path("alerts/places/", places_api.AlertPlaces.as_view(), name="alert-places"),
    path("alerts/counts/", api.AlertCount.as_view(), name="alert-counts"),
    path("alerts/bulk/", answers_api.Bulk.as_view(), name="alert-bulk"),
    path("alerts/take-times/", api.TakeTimesDoor.as_view(), name="take-times"),
    path("alerts/<uuid:pk>/", api.AlertDoor.as_view(), name="alert"),
    path("alerts/<uuid:pk>/seen/", answers_api.Seen.as_view(), name="alert-seen"),
    path("alerts/<uuid:pk>/similar/", api.Similar.as_view(), name="alert-similar"),
    path("alerts/<uuid:pk>/acknowledge/", answers_api.Acknowledge.as_view(), name="alert-acknowledge"),
    path("alerts/<uuid:pk>/assign/", answers_api.Assign.as_view(), name="alert-assign"),
    path("alerts/<uuid:pk>/comment/", answers_api.Comment.as_view(), name="alert-comment"),
    path("alerts/<uuid:pk>/resolve/", answers_api.Resolve.as_view(), name="alert-resolve"),
    path("alerts/<uuid:pk>/false-alarm/", answers_api.FalseAlarm.as_view(), name="alert-false-alarm"),
    path("overview/", OverviewDoor.as_view(), name="overview"),
    path("timeline/", TimelineDoor.as_view(), name="timeline"),
    path("recordings/<uuid:pk>/", api.RecordingDoor.as_view(), name="recording"),
]

"""All URLs, composed from the apps'."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from alerts.channels.urls import api_urlpatterns as channels
from alerts.deliveries.urls import api_urlpatterns as deliveries
from alerts.logbook.urls import api_urlpatterns as logbook
from alerts.urls import api_urlpatterns as alerts
from crisis.activations.urls import api_urlpatterns as activations
from crisis.activations.urls import urlpatterns as heard
from crisis.audits.urls import api_urlpatterns as audits
from crisis.devices.urls import api_urlpatterns as devices
from crisis.emergency.urls import api_urlpatterns as emergency
from crisis.entrances.urls import api_urlpatterns as entrances
from crisis.plans.urls import api_urlpatterns as plans
from detection.urls import api_urlpatterns as detection
from soc import about, health, pages
from soc.journal.urls import api_urlpatterns as journal
from soc.people.directory.urls import api_urlpatterns as directory
from soc.people.on_call.urls import api_urlpatterns as on_call
from soc.people.urls import api_urlpatterns as people

api_urlpatterns: list[URLPattern | URLResolver] = [
    *people,
    *directory,
    *on_call,
    *journal,
    *detection,
    *alerts,
    *logbook,
    *channels,
    *deliveries,
    *audits,
    *plans,
    *activations,
    *entrances,
    *devices,
    *emergency,
    path("about/", about.AboutDoor.as_view(), name="about"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^(?P<path>.*)$", pages.unknown_api),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include(api_urlpatterns)),
    *heard,
    re_path(r"^(?P<path>.*)$", pages.front_end, name="front-end"),
]

handler400 = pages.bad_request
handler403 = pages.permission_denied
handler404 = pages.not_found
handler500 = pages.server_error

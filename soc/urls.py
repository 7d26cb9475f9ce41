"""All URLs, composed from the apps'."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from alerts.logbook.urls import api_urlpatterns as logbook
from alerts.urls import api_urlpatterns as alerts
from detection.urls import api_urlpatterns as detection
from soc import about, health, pages
from soc.journal.urls import api_urlpatterns as journal
from soc.people.urls import api_urlpatterns as people

api_urlpatterns: list[URLPattern | URLResolver] = [
    *people,
    *journal,
    *detection,
    *alerts,
    *logbook,
    path("about/", about.AboutDoor.as_view(), name="about"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^(?P<path>.*)$", pages.unknown_api),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include(api_urlpatterns)),
    re_path(r"^(?P<path>.*)$", pages.front_end, name="front-end"),
]

handler400 = pages.bad_request
handler403 = pages.permission_denied
handler404 = pages.not_found
handler500 = pages.server_error

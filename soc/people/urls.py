"""The people app's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from soc.people import api, schema

SCHEMES = (schema.TokenScheme, schema.SessionScheme)
"""Named here so that they are known wherever the URLs are."""

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("session/", api.SessionDoor.as_view(), name="session"),
    path("me/", api.MeDoor.as_view(), name="me"),
    path("me/password/", api.PasswordDoor.as_view(), name="me-password"),
    path("tokens/", api.TokenList.as_view(), name="tokens"),
    path("tokens/<uuid:pk>/", api.TokenDetail.as_view(), name="token"),
    path("sites/", api.SiteList.as_view(), name="sites"),
    path("sites/<uuid:pk>/", api.SiteDetail.as_view(), name="site"),
    path("members/", api.MemberList.as_view(), name="members"),
    path("members/<uuid:pk>/", api.MemberDetail.as_view(), name="member"),
]

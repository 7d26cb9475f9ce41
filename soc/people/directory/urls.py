"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from soc.people.directory import api, groups_api, importing_api, own_api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/ways-to-reach/", own_api.OwnReachDoor.as_view(), name="me-ways-to-reach"),
    path("me/ways-to-reach/<uuid:pk>/code/", own_api.OwnCodeDoor.as_view(), name="me-ways-to-reach-code"),
    path(
        "me/ways-to-reach/<uuid:pk>/confirmation/",
        own_api.OwnConfirmationDoor.as_view(),
        name="me-ways-to-reach-confirmation",
    ),
    path("people/", api.PersonList.as_view(), name="people"),
    path("people/languages/", api.LanguageList.as_view(), name="people-languages"),
    path("people/export/", importing_api.PeopleExportDoor.as_view(), name="people-export"),
    path("people/import/", importing_api.PeopleImportDoor.as_view(), name="people-import"),
    path("people/import/preview/", importing_api.PeoplePreviewDoor.as_view(), name="people-import-preview"),
    path("people/import/template/", importing_api.PeopleTemplateDoor.as_view(), name="people-import-template"),
    path("people/<uuid:pk>/", api.PersonDoor.as_view(), name="person"),
    path("people/<uuid:pk>/restore/", api.RestoreDoor.as_view(), name="person-restore"),
    path("people/<uuid:pk>/erase/", api.EraseDoor.as_view(), name="person-erase"),
    path("people/<uuid:pk>/ways/<uuid:way>/code/", api.WayCodeDoor.as_view(), name="person-way-code"),
    path(
        "people/<uuid:pk>/ways/<uuid:way>/confirmation/",
        api.WayConfirmationDoor.as_view(),
        name="person-way-confirmation",
    ),
    path("profiles/", groups_api.ProfileList.as_view(), name="profiles"),
    path("profiles/<uuid:pk>/", groups_api.ProfileDoor.as_view(), name="profile"),
    path("profiles/<uuid:pk>/people/", groups_api.ProfilePeople.as_view(), name="profile-people"),
    path("person-lists/", groups_api.PersonListList.as_view(), name="person-lists"),
    path("person-lists/<uuid:pk>/", groups_api.PersonListDoor.as_view(), name="person-list"),
    path("person-lists/<uuid:pk>/people/", groups_api.PersonListPeople.as_view(), name="person-list-people"),
]

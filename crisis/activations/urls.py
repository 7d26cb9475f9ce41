"""The activations' part of the API, and the one address outside it: what a crowd hears."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from crisis.activations import api, directing_api, report_api, sound_api, sound_link, sound_page

_ONE = "activations/<uuid:pk>/"
_STEP = f"{_ONE}steps/<slug:key>/"
_HELP = f"{_ONE}help/<uuid:call>/"

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("activations/", api.ActivationList.as_view(), name="activations"),
    path("activations/prepare/", api.PrepareDoor.as_view(), name="activation-prepare"),
    path("activations/start/", api.StartDoor.as_view(), name="activation-start"),
    path(_ONE, api.ActivationDoor.as_view(), name="activation"),
    path(f"{_ONE}drop/", api.DropDoor.as_view(), name="activation-drop"),
    path(f"{_ONE}people/", api.PeopleDoor.as_view(), name="activation-people"),
    path(f"{_ONE}log/", api.LogDoor.as_view(), name="activation-log"),
    path(f"{_ONE}verify/", directing_api.VerifyDoor.as_view(), name="activation-verify"),
    path(f"{_ONE}command/", directing_api.CommandDoor.as_view(), name="activation-command"),
    path(f"{_ONE}message/", directing_api.SayDoor.as_view(), name="activation-message"),
    path(f"{_ONE}instruction/", directing_api.InstructDoor.as_view(), name="activation-instruction"),
    path(f"{_ONE}instruction/again/", directing_api.InstructAgainDoor.as_view(), name="activation-instruction-again"),
    path(f"{_ONE}notes/", directing_api.NoteDoor.as_view(), name="activation-notes"),
    path(f"{_ONE}stand-down/", directing_api.StandDownDoor.as_view(), name="activation-stand-down"),
    path(f"{_ONE}report/", report_api.ReportDoor.as_view(), name="activation-report"),
    path(f"{_ONE}report/pdf/", report_api.ReportPdf.as_view(), name="activation-pdf"),
    path(f"{_ONE}report/csv/", report_api.ReportCsv.as_view(), name="activation-csv"),
    path(f"{_STEP}sheet/", api.StepSheetDoor.as_view(), name="activation-step-sheet"),
    path(f"{_STEP}hold/", directing_api.HoldDoor.as_view(), name="activation-step-hold"),
    path(f"{_STEP}release/", directing_api.ReleaseDoor.as_view(), name="activation-step-release"),
    path(f"{_STEP}finish/", directing_api.FinishDoor.as_view(), name="activation-step-finish"),
    path(f"{_STEP}repeat/", directing_api.RepeatDoor.as_view(), name="activation-step-repeat"),
    path(f"{_HELP}take/", directing_api.HelpTakeDoor.as_view(), name="activation-help-take"),
    path(f"{_HELP}close/", directing_api.HelpCloseDoor.as_view(), name="activation-help-close"),
    path("me/instructions/", api.MyInstructions.as_view(), name="me-instructions"),
    path("me/talks/", api.MyTalks.as_view(), name="me-talks"),
    path("me/instructions/<uuid:pk>/sound/", sound_api.InstructionSound.as_view(), name="me-instruction-sound"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("instructions/<uuid:pk>/sound/", sound_page.instruction_sound, name=sound_link.NAME),
]
"""Outside the API: `soc.request_threads.CROWDS` names it."""

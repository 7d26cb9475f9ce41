"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from crisis.audits import api, risks_api
from crisis.audits.pcs import api as pcs_api

_AUDIT = "risk-audits/<uuid:pk>/"
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("risk-catalogue/", api.CatalogueDoor.as_view(), name="risk-catalogue"),
    path("risk-audits/", api.AuditList.as_view(), name="risk-audits"),
    path("risk-audits/attention/", api.AttentionDoor.as_view(), name="risk-audits-attention"),
    path(_AUDIT, api.AuditDoor.as_view(), name="risk-audit"),
    path(f"{_AUDIT}choices/", api.ChoicesDoor.as_view(), name="risk-audit-choices"),
    path(f"{_AUDIT}changes/", api.ChangesDoor.as_view(), name="risk-audit-changes"),
    path(f"{_AUDIT}history/", api.HistoryDoor.as_view(), name="risk-audit-history"),
    path(f"{_AUDIT}submit/", api.SubmitDoor.as_view(), name="risk-audit-submit"),
    path(f"{_AUDIT}send-back/", api.SendBackDoor.as_view(), name="risk-audit-send-back"),
    path(f"{_AUDIT}review/", api.ReviewDoor.as_view(), name="risk-audit-review"),
    path(f"{_AUDIT}approve/", api.ApproveDoor.as_view(), name="risk-audit-approve"),
    path(f"{_AUDIT}withdraw/", api.WithdrawDoor.as_view(), name="risk-audit-withdraw"),
    path(f"{_AUDIT}pdf/", api.PdfDoor.as_view(), name="risk-audit-pdf"),
    path(f"{_AUDIT}risks/", risks_api.RiskList.as_view(), name="audited-risks"),
    path(f"{_AUDIT}risks/<uuid:risk>/", risks_api.RiskDoor.as_view(), name="audited-risk"),
    path(f"{_AUDIT}risks/<uuid:risk>/rules/", risks_api.RulesDoor.as_view(), name="audited-risk-rules"),
    path(f"{_AUDIT}risks/<uuid:risk>/keep/", risks_api.KeepDoor.as_view(), name="audited-risk-keep"),
    path(f"{_AUDIT}measures/<uuid:measure>/progress/", risks_api.ProgressDoor.as_view(), name="audit-progress"),
    path(f"{_AUDIT}protections/<uuid:protection>/tests/", risks_api.TestDoor.as_view(), name="audit-tests"),
    path("pcs/", pcs_api.PcsList.as_view(), name="pcs-list"),
    path("pcs/<uuid:pk>/", pcs_api.PcsDoor.as_view(), name="pcs"),
    path("pcs/<uuid:pk>/pdf/", pcs_api.PdfDoor.as_view(), name="pcs-pdf"),
    path("pcs/<uuid:pk>/directory/", pcs_api.DirectoryDoor.as_view(), name="pcs-directory"),
    path("pcs/<uuid:pk>/exercises/", pcs_api.ExerciseList.as_view(), name="pcs-exercises"),
    path("pcs/<uuid:pk>/vulnerable/", pcs_api.VulnerableDoor.as_view(), name="pcs-vulnerable"),
    path(
        "pcs/<uuid:pk>/vulnerable/<uuid:person>/", pcs_api.VulnerablePersonDoor.as_view(), name="pcs-vulnerable-person"
    ),
]

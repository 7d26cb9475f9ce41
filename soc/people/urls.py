"""The people app's URLs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from soc.people import api, links_api, schema, session_api, ways_api

SCHEMES = (schema.TokenScheme, schema.SessionScheme)
"""Named here so that they are known wherever the URLs are."""

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("session/", session_api.SessionDoor.as_view(), name="session"),
    path("session/code/", session_api.CodeDoor.as_view(), name="session-code"),
    path("session/passkey/", session_api.PasskeyDoor.as_view(), name="session-passkey"),
    path("session/passkey/question/", session_api.PasskeyQuestion.as_view(), name="session-passkey-question"),
    path("link/", links_api.LinkDoor.as_view(), name="link"),
    path("link/question/", links_api.LinkPasskeyQuestion.as_view(), name="link-question"),
    path("link/use/", links_api.LinkUseDoor.as_view(), name="link-use"),
    path("me/", ways_api.MeDoor.as_view(), name="me"),
    path("me/password/", ways_api.PasswordDoor.as_view(), name="me-password"),
    path("me/proof/", ways_api.ProofDoor.as_view(), name="me-proof"),
    path("me/proof/question/", ways_api.ProofQuestion.as_view(), name="me-proof-question"),
    path("me/ways/", ways_api.WaysDoor.as_view(), name="me-ways"),
    path("me/passkeys/", ways_api.PasskeyList.as_view(), name="me-passkeys"),
    path("me/passkeys/question/", ways_api.PasskeyNewQuestion.as_view(), name="me-passkeys-question"),
    path("me/passkeys/<uuid:pk>/", ways_api.PasskeyDetail.as_view(), name="me-passkey"),
    path("me/codes/", ways_api.CodesDoor.as_view(), name="me-codes"),
    path("me/codes/confirmation/", ways_api.CodesConfirmation.as_view(), name="me-codes-confirmation"),
    path("me/recovery-codes/", ways_api.RecoveryDoor.as_view(), name="me-recovery-codes"),
    path("me/sessions/", ways_api.OwnSessions.as_view(), name="me-sessions"),
    path("me/sessions/<uuid:number>/", ways_api.OwnSession.as_view(), name="me-session"),
    path("tokens/", api.TokenList.as_view(), name="tokens"),
    path("tokens/<uuid:pk>/", api.TokenDetail.as_view(), name="token"),
    path("sites/", api.SiteList.as_view(), name="sites"),
    path("sites/<uuid:pk>/", api.SiteDetail.as_view(), name="site"),
    path("members/", api.MemberList.as_view(), name="members"),
    path("members/<uuid:pk>/", api.MemberDetail.as_view(), name="member"),
    path("members/<uuid:pk>/sessions/", api.MemberSessions.as_view(), name="member-sessions"),
    path("members/<uuid:pk>/reset/", api.ResetDoor.as_view(), name="member-reset"),
    path("invitations/", links_api.InvitationList.as_view(), name="invitations"),
    path("invitations/<uuid:pk>/", links_api.InvitationDetail.as_view(), name="invitation"),
    path("roles/", api.RoleList.as_view(), name="roles"),
    path("second-factor/", api.SecondFactorDoor.as_view(), name="second-factor"),
]

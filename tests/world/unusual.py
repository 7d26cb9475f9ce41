"""Where a member who may do everything meets no success, and why."""

from __future__ import annotations

UNUSUAL = {
    "POST /api/activations/{id}/drop/": 409,  # it is under way
    "GET /api/activations/{id}/steps/{key}/sheet/": 404,  # its steps tell no service
    "POST /api/activations/{id}/steps/{key}/finish/": 409,  # it is a step that is ahead
    "POST /api/activations/{id}/steps/{key}/repeat/": 409,
    "GET /api/me/instructions/{id}/sound/": 404,  # in which language? See tests/crisis/activations/test_sound.py
    "POST /api/cap/": 403,  # nobody signed it: see tests/crisis/emergency
    "GET /api/cap/feed/": 404,  # without a reader's key
    "GET /api/cap/feed/{id}/": 404,
    "POST /api/webhook/": 403,  # nobody signed it: see tests/crisis/entrances
    "POST /api/devices/test/": 503,  # nothing answers there
    "DELETE /api/devices/{id}/": 409,  # a script names it
    "POST /api/script-runs/{id}/decide/": 409,  # it asks nothing
    "GET /api/watchers/cost/": 400,  # of which settings?
    "DELETE /api/duty/": 409,  # not on duty
    "GET /api/handovers/draft/": 409,
    "POST /api/handovers/{id}/take-here/": 400,  # the name is nobody's
    "POST /api/plans/{id}/draft/": 409,  # one is being written
    "POST /api/plans/{id}/submit/": 409,  # it has holes
    "POST /api/plans/{id}/send-back/": 409,  # nobody asked for its approval
    "POST /api/plans/{id}/approve/": 428,
    "POST /api/entrances/{id}/approve/": 428,
    "POST /api/tokens/": 428,  # a way in, which asks for a recent proof
    "POST /api/session/": 400,  # the name is nobody's
    "POST /api/session/code/": 409,  # no password was entered before
    "POST /api/session/passkey/": 409,  # nothing was asked
    "POST /api/session/passkey/question/": 409,  # the test's host is not secure
    "POST /api/link/": 404,  # the secret is nobody's
    "POST /api/link/question/": 404,
    "POST /api/link/use/": 404,
    "POST /api/answer-link/": 404,  # the link is nobody's
    "POST /api/answer-link/answer/": 404,
    "POST /api/answer-link/sound/": 404,
    "GET /api/me/messages/{id}/sound/": 400,  # in which language? See tests/alerts/deliveries/test_heard.py
    "POST /api/me/proof/question/": 409,
    # A way in is changed with a recent proof only, and there is none in this test: see tests/soc/people.
    "POST /api/handovers/": 428,
    "POST /api/handovers/{id}/take/": 428,
    "POST /api/me/passkeys/": 428,
    "POST /api/me/passkeys/question/": 428,
    "DELETE /api/me/passkeys/{id}/": 428,
    "POST /api/me/codes/": 428,
    "DELETE /api/me/codes/": 428,
    "POST /api/me/codes/confirmation/": 428,
    "POST /api/me/recovery-codes/": 428,
    # The audit of this test is a draft: what is done with one in review or in force is in tests/crisis/audits.
    "POST /api/risk-audits/{id}/send-back/": 409,
    "POST /api/risk-audits/{id}/review/": 428,
    "POST /api/risk-audits/{id}/approve/": 428,
    "POST /api/risk-audits/{id}/risks/{risk}/keep/": 409,
    "POST /api/risk-audits/{id}/measures/{measure}/progress/": 409,
    "POST /api/risk-audits/{id}/protections/{protection}/tests/": 409,
    "GET /api/cameras/{id}/picture/": 503,  # nobody watches in this test
    "POST /api/cameras/test/": 503,
    "DELETE /api/profiles/{id}/": 409,  # somebody has it
    "DELETE /api/person-lists/{id}/": 409,
    "POST /api/me/ways-to-reach/{id}/confirmation/": 409,  # none was sent
    "POST /api/people/{id}/ways/{way}/confirmation/": 409,
}
"""What a member who may do everything is answered where that is no success."""

"""Makes the proof of everybody who is signed in an hour old (`tests.e2e.backstage` calls it).

Moving the clock instead would date the demo's alerts ahead, and every later test would find them in the future.
"""

from __future__ import annotations

import datetime as dt


def age_proofs() -> None:
    """Date back what `soc.people.proof` keeps in each session."""
    from soc import clock
    from soc.people import proof
    from soc.people.models import MemberSession
    from soc.people.sessions import SessionStore

    for key in MemberSession.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        session[proof.PROVED] = (clock.now() - dt.timedelta(hours=1)).isoformat()
        session.save()

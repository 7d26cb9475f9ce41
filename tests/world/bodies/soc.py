"""What is sent to the addresses of soc: members, the directory, who is on call, signing in."""

from __future__ import annotations

import datetime as dt

from soc import clock
from tests import factories
from tests.world.shapes import Bodies, Body, Ids


def _member(ids: Ids) -> Body:
    grants = [{"role": "agent", "site": ids["site"]}]
    return {"name": "new", "display_name": "New", "password": factories.PASSWORD, "grants": grants}


def _invitation(ids: Ids) -> Body:
    return {"display_name": "New", "grants": [{"role": "agent", "site": ids["site"]}]}


def _person(ids: Ids) -> Body:
    ways = [{"kind": "phone", "address": "06 39 98 00 03"}, {"kind": "email", "address": "new@example.org"}]
    return {
        "display_name": "New person",
        "language": "fr",
        "site": ids["site"],
        "ways": ways,
        "profiles": [ids["profile"]],
        "lists": [ids["person_list"]],
    }


def _rotation(ids: Ids) -> Body:
    turns = {"kind": "weekly", "starts_on": "2026-01-05", "handover": "08:00", "participants": [ids["person"]]}
    return {"name": "New rotation", **turns, "hours": [{"days": [0], "start": "08:00", "end": "18:00"}]}


def _override(ids: Ids) -> Body:
    day = (clock.now() + dt.timedelta(days=1)).date()
    times = {"starts_at": f"{day}T08:00", "ends_at": f"{day}T18:00"}
    return {"person": ids["person"], **times, "rotation": ids["rotation"], "reason": "Holidays"}


BODIES: Bodies = {
    "POST /api/invitations/": _invitation,
    "POST /api/link/": lambda _: {"secret": "nobody's"},
    "POST /api/link/question/": lambda _: {"secret": "nobody's"},
    "POST /api/link/use/": lambda _: {"secret": "nobody's"},
    "PATCH /api/me/": lambda _: {"display_name": "Changed"},
    "POST /api/me/password/": lambda _: {"password": factories.PASSWORD, "new_password": "a new horse battery"},
    "POST /api/me/proof/": lambda _: {"password": factories.PASSWORD},
    "POST /api/me/passkeys/": lambda _: {"name": "New", "credential": {}},
    "POST /api/me/codes/confirmation/": lambda _: {"code": "123456"},
    "POST /api/members/": _member,
    "POST /api/members/{id}/reset/": lambda _: {"second_factor": True},
    "PATCH /api/members/{id}/": lambda ids: {"grants": [{"role": "agent", "site": ids["site"]}]},
    "PATCH /api/me/ways-to-reach/": lambda _: {
        "version": 1,
        "language": "fr",
        "ways": [{"kind": "phone", "address": "06 39 98 00 04"}],
    },
    "POST /api/me/ways-to-reach/{id}/confirmation/": lambda _: {"code": "123456"},
    "POST /api/people/": _person,
    "POST /api/people/import/": lambda _: {"text": "name,phone\nNew,+33639980005", "lines": [2]},
    "POST /api/people/import/preview/": lambda _: {"text": "name,phone\nNew,+33639980005"},
    "PATCH /api/people/{id}/": lambda ids: {**_person(ids), "version": 1},
    "POST /api/people/{id}/restore/": lambda _: {"version": 1},
    "POST /api/people/{id}/erase/": lambda _: {"version": 1},
    "POST /api/people/{id}/ways/{way}/confirmation/": lambda _: {"code": "123456"},
    "POST /api/profiles/": lambda _: {"name": "New profile"},
    "PATCH /api/profiles/{id}/": lambda _: {"version": 1, "name": "Changed"},
    "POST /api/profiles/{id}/people/": lambda ids: {"people": [ids["person"]], "on": False},
    "POST /api/person-lists/": lambda _: {"name": "New list"},
    "PATCH /api/person-lists/{id}/": lambda _: {"version": 1, "name": "Changed"},
    "POST /api/person-lists/{id}/people/": lambda ids: {"people": [ids["person"]], "on": False},
    "POST /api/schedules/": lambda ids: {"name": "New schedule", "site": ids["site"], "timezone": "Europe/Paris"},
    "PATCH /api/schedules/{id}/": lambda ids: {"version": 1, "timezone": "Asia/Kathmandu", "site": ids["site"]},
    "POST /api/schedules/{schedule}/rotations/": _rotation,
    "PATCH /api/schedules/{schedule}/rotations/{id}/": lambda ids: {"version": 1, **_rotation(ids)},
    "POST /api/schedules/{schedule}/overrides/": _override,
    "PATCH /api/schedules/{schedule}/overrides/{id}/": lambda ids: {"version": 1, **_override(ids)},
    "POST /api/session/": lambda _: {"name": "nobody", "password": "nothing"},
    "POST /api/session/code/": lambda _: {"code": "123456"},
    "POST /api/session/passkey/": lambda _: {"credential": {}},
    "PATCH /api/second-factor/": lambda _: {"roles": ["auditor"]},
    "POST /api/sites/": lambda _: {"name": "New site"},
    "PATCH /api/sites/{id}/": lambda _: {"name": "Changed", "latitude": 45.1, "longitude": 5.7},
    "POST /api/tokens/": lambda _: {"name": "New token"},
}

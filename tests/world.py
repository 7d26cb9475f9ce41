"""Two organisations with one of everything, and how every address of the API is filled with what is theirs.

Who adds an address adds a line here: `tests/test_strangers.py` fails for one that it does not know how to fill.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from alerts.logbook import categories
from alerts.logbook import services as logbook
from alerts.logbook.handover import services as handovers
from alerts.logbook.handover import summary
from alerts.models import RuleTrial
from detection.models import PlaceKind
from soc import clock
from soc.journal import verifying
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member, MemberSession, Organisation, Site
from soc.people.rights import Role
from tests import factories

Ids = dict[str, str]
Body = dict[str, Any]


@dataclass(frozen=True)
class World:
    """One organisation: what it has, by the name of its kind, and its members by role."""

    organisation: Organisation
    site: Site
    ids: Ids
    members: dict[Role, Member]
    everything: Member
    marker: str

    def elsewhere(self) -> Member:
        """A member with all roles, but at another site of the organisation."""
        site = factories.SiteFactory(organisation=self.organisation)
        return factories.MemberFactory(site=site, roles=list(Role))


def world(marker: str) -> World:
    """An organisation all of whose names carry `marker`."""
    organisation = factories.OrganisationFactory(name=f"{marker} organisation")
    site = factories.SiteFactory(organisation=organisation, name=f"{marker} site")
    camera = factories.CameraFactory(site=site, name=f"{marker} camera", address=f"{marker}.avi")
    other_camera = factories.CameraFactory(site=site, name=f"{marker} other camera", address=f"{marker}-2.avi")
    zone = factories.ZoneFactory(camera=camera, name=f"{marker} zone")
    line = factories.LineFactory(camera=camera, name=f"{marker} line")
    rule = factories.RuleFactory(camera=camera, name=f"{marker} rule")
    factories.RuleVersionFactory(rule=rule)
    alert = factories.AlertFactory(rule=rule)
    picture = ContentFile(b"\xff\xd8" + marker.encode(), name="snapshot.jpg")
    recording = factories.RecordingFactory(alert=alert, file=picture, size=picture.size, sha256="0" * 64)
    plan = factories.FloorPlanFactory(
        site=site, name=f"{marker} plan", picture=ContentFile(b"RIFF" + marker.encode(), name="plan.webp")
    )
    factories.PlacedCameraFactory(plan=plan, camera=camera)
    factories.PlanAreaFactory(plan=plan, name=f"{marker} area", zone=zone)
    here = factories.MemberFactory(site=site, roles=[Role.AGENT], display_name=f"{marker} agent")
    everything = factories.MemberFactory(
        organisation=organisation, roles=list(Role), display_name=f"{marker} everything", name=f"{marker}-everything"
    )
    trial = RuleTrial.objects.create(
        organisation=organisation, camera=camera, kind="seen", settings={}, answered_at=clock.now()
    )
    wall = factories.WallFactory(owner=everything, name=f"{marker} wall", shared=True, cameras=[camera])
    token = factories.ApiTokenFactory(member=everything, name=f"{marker} token")
    shift = factories.ShiftFactory(member=here, site=site)
    category = categories.of(organisation.pk)[0]
    category.names = {"en": f"{marker} category"}
    category.save()
    entry = logbook.write(
        everything,
        logbook.Draft(
            category.pk, f"{marker} was written", site.pk, f"{marker} place", alerts=[alert.pk], cameras=[camera.pk]
        ),
    )
    handed = factories.ShiftFactory(
        member=factories.MemberFactory(site=site, roles=[Role.AGENT], display_name=f"{marker} leaves"), site=site
    )
    handover = handovers.give(
        handed.member, text=f"{marker} handed over", seal=summary.sealed(handed, summary.of_shift(handed))
    )
    passkey = factories.PasskeyFactory(member=everything, name=f"{marker} passkey")
    invitation = factories.InvitationFactory(site=site, display_name=f"{marker} invited")
    session = MemberSession.objects.create(
        session_key=f"{marker}-session",
        session_data="",
        expire_date=clock.now() + dt.timedelta(days=1),
        member=everything,
    )
    rows = {
        "site": site,
        "camera": camera,
        "other_camera": other_camera,
        "zone": zone,
        "line": line,
        "rule": rule,
        "alert": alert,
        "recording": recording,
        "member": here,
        "plan": plan,
        "trial": trial,
        "token": token,
        "shift": shift,
        "wall": wall,
        "category": category,
        "other_category": categories.of(organisation.pk)[2],
        "noted": Entry.objects.filter(organisation=organisation, action=Action.LOGBOOK_WRITTEN).latest("id"),
        "verification": verifying.ask(everything),
        "entry": entry,
        "handover": handover,
        "passkey": passkey,
        "invitation": invitation,
    }
    ids = {kind: str(row.pk) for kind, row in rows.items()} | {"session": str(session.number)}
    return World(
        organisation=organisation,
        site=site,
        ids=ids,
        members={
            role: factories.MemberFactory(
                organisation=organisation, roles=[role], display_name=f"{marker} {role.value}"
            )
            for role in Role
        },
        everything=everything,
        marker=marker,
    )


OWNED_BY = {
    "alerts": "alert",
    "cameras": "camera",
    "categories": "category",
    "floor-plans": "plan",
    "handovers": "handover",
    "invitations": "invitation",
    "lines": "line",
    "journal": "noted",
    "logbook": "entry",
    "verifications": "verification",
    "members": "member",
    "passkeys": "passkey",
    "recordings": "recording",
    "rules": "rule",
    "sessions": "session",
    "sites": "site",
    "tokens": "token",
    "trials": "trial",
    "walls": "wall",
    "zones": "zone",
}
"""The kind of thing whose id follows this part of an address."""

FILTERS = {
    "actor": "member",
    "alert": "alert",
    "author": "member",
    "category": "category",
    "assigned_to": "member",
    "camera": "camera",
    "rule": "rule",
    "site": "site",
    "subject": "camera",
}
"""The kind of thing whose id a query parameter takes."""


def _camera(ids: Ids) -> Body:
    return {
        "site": ids["site"],
        "name": "New camera",
        "source": "file",
        "address": "new.avi",
        "place": PlaceKind.PRIVATE,
        "frames_per_second": 5,
    }


def _logbook(ids: Ids) -> Body:
    return {
        "category": ids["category"],
        "text": "New entry",
        "site": ids["site"],
        "alerts": [ids["alert"]],
        "cameras": [ids["camera"]],
        "corrects": ids["entry"],
    }


def _rule(ids: Ids) -> Body:
    return {**_lookout(ids), "name": "New rule", "purpose": "Safety"}


def _lookout(ids: Ids) -> Body:
    return {"camera": ids["camera"], "kind": "seen", "settings": {"labels": ["person"]}, "zone": ids["zone"]}


def _member(ids: Ids) -> Body:
    grants = [{"role": "agent", "site": ids["site"]}]
    return {"name": "new", "display_name": "New", "password": factories.PASSWORD, "grants": grants}


def _plan(ids: Ids) -> Body:
    placed = {"camera": ids["camera"], "x": 0.5, "y": 0.5, "direction": 90, "field_of_view": 70, "reach": 0.2}
    area = {"name": "Yard", "polygon": [[0, 0], [1, 0], [1, 1]], "zone": ids["zone"]}
    return {"version": 1, "name": "Changed", "cameras": [placed], "areas": [area]}


def _picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(drawn, "PNG")
    return drawn.getvalue()


def _invitation(ids: Ids) -> Body:
    return {"display_name": "New", "grants": [{"role": "agent", "site": ids["site"]}]}


_SQUARE = {"name": "New", "private": False, "polygon": [[0, 0], [1, 0], [1, 1]]}
_LINE = {"name": "New", "start": [0, 0.5], "end": [1, 0.5]}

BODIES: dict[str, Callable[[Ids], Body]] = {
    "POST /api/alerts/{id}/acknowledge/": lambda _: {"version": 1},
    "POST /api/alerts/{id}/assign/": lambda ids: {"version": 1, "member": ids["member"]},
    "POST /api/alerts/{id}/comment/": lambda _: {"text": "Seen."},
    "POST /api/alerts/{id}/false-alarm/": lambda _: {"version": 1, "reason": "animal"},
    "POST /api/alerts/bulk/": lambda ids: {"answer": "acknowledge", "alerts": [{"id": ids["alert"], "version": 1}]},
    "PATCH /api/alerts/take-times/": lambda _: {"version": 1, "critical_s": 30},
    "POST /api/alerts/{id}/resolve/": lambda _: {"version": 1, "text": "Done."},
    "POST /api/cameras/": _camera,
    "PATCH /api/cameras/{id}/": lambda ids: {"site": ids["site"], "name": "Changed"},
    "POST /api/cameras/{id}/copy/": lambda ids: {
        "parts": ["frames"],
        "targets": [{"camera": ids["other_camera"]}],
        "preview": False,
    },
    "POST /api/cameras/import/": lambda _: {"text": "name,address\nNew,new.avi", "lines": [2]},
    "POST /api/cameras/import/preview/": lambda _: {"text": "name,address\nNew,new.avi"},
    "POST /api/cameras/lawful/": lambda ids: {"place": "private", "camera": ids["camera"]},
    "POST /api/cameras/test/": lambda ids: {"source": "file", "address": "new.avi", "camera": ids["camera"]},
    "POST /api/cameras/{camera}/zones/": lambda _: _SQUARE,
    "PATCH /api/cameras/{camera}/zones/{id}/": lambda _: {"name": "Changed"},
    "POST /api/cameras/{camera}/lines/": lambda _: _LINE,
    "PATCH /api/cameras/{camera}/lines/{id}/": lambda _: {"name": "Changed"},
    "POST /api/floor-plans/": lambda ids: {"site": ids["site"], "name": "New plan"},
    "PATCH /api/floor-plans/{id}/": _plan,
    "POST /api/floor-plans/{id}/picture/": lambda _: {"version": 1},
    "POST /api/handovers/": lambda _: {"text": "New handover", "seal": "nobody's"},
    "POST /api/handovers/{id}/take/": lambda _: {"digest": "0" * 64},
    "POST /api/handovers/{id}/take-here/": lambda _: {"digest": "0" * 64, "name": "nobody", "password": "nothing"},
    "POST /api/logbook/": _logbook,
    "POST /api/logbook/categories/": lambda _: {"names": {"en": "New category"}},
    "PATCH /api/logbook/categories/{id}/": lambda ids: {
        "version": 1,
        "names": {"en": "Changed"},
        "before": ids["other_category"],
    },
    "PATCH /api/logbook/policy/": lambda _: {"months": 6},
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
    "POST /api/duty/": lambda ids: {"site": ids["site"]},
    "POST /api/rules/": _rule,
    "PATCH /api/rules/{id}/": lambda ids: {"version": 1, "name": "Changed", "zone": ids["zone"]},
    "POST /api/rules/{id}/versions/": lambda _: {"to": 1, "version": 1},
    "POST /api/session/": lambda _: {"name": "nobody", "password": "nothing"},
    "POST /api/session/code/": lambda _: {"code": "123456"},
    "POST /api/session/passkey/": lambda _: {"credential": {}},
    "PATCH /api/second-factor/": lambda _: {"roles": ["auditor"]},
    "POST /api/sites/": lambda _: {"name": "New site"},
    "PATCH /api/sites/{id}/": lambda _: {"name": "Changed", "latitude": 45.1, "longitude": 5.7},
    "POST /api/tokens/": lambda _: {"name": "New token"},
    "POST /api/trials/": _lookout,
    "POST /api/walls/": lambda ids: {"name": "New wall", "layout": "4", "cameras": [ids["camera"]]},
    "PATCH /api/walls/{id}/": lambda ids: {"version": 1, "name": "Changed", "cameras": [ids["camera"]]},
}
"""A body that is accepted when the ids in it are the member's own."""

FORMS: dict[str, Callable[[], dict[str, bytes]]] = {
    "POST /api/floor-plans/": lambda: {"picture": _picture()},
    "POST /api/floor-plans/{id}/picture/": lambda: {"picture": _picture()},
}
"""What is sent as a form: the files that go with the body."""

UNUSUAL = {
    "GET /api/watchers/cost/": 400,  # of which settings?
    "DELETE /api/duty/": 409,  # not on duty
    "GET /api/handovers/draft/": 409,
    "POST /api/handovers/{id}/take-here/": 400,  # the name is nobody's
    "POST /api/tokens/": 428,  # a way in, which asks for a recent proof
    "POST /api/session/": 400,  # the name is nobody's
    "POST /api/session/code/": 409,  # no password was entered before
    "POST /api/session/passkey/": 409,  # nothing was asked
    "POST /api/session/passkey/question/": 409,  # the test's host is not secure
    "POST /api/link/": 404,  # the secret is nobody's
    "POST /api/link/question/": 404,
    "POST /api/link/use/": 404,
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
    "GET /api/cameras/{id}/picture/": 503,  # nobody watches in this test
    "POST /api/cameras/test/": 503,
}
"""What a member who may do everything is answered where that is no success."""

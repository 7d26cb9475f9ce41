"""The demo's crisis: people with telephones that ring on a page only, guards on call, a risk audit and a plan that two signed.

Everything is made by the services that people's forms use, by the member who would.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from alerts.models import Rule
from crisis.devices.models import Script
from crisis.emergency import services as emergency
from crisis.emergency.cap import access as cap
from crisis.emergency.models import Service
from crisis.entrances import services as entrances
from crisis.entrances.models import Callers, EntranceKind
from crisis.plans import approval, starts
from crisis.plans import services as plans
from crisis.plans.models import Plan
from crisis.plans.starts import HowItStarts
from soc import clock
from soc.embedded.demo_audit import make_audit
from soc.embedded.demo_devices import SCRIPT
from soc.embedded.demo_response import PLAN, document
from soc.people.directory import groups
from soc.people.directory import services as directory
from soc.people.directory.members import ensure_people_of_members
from soc.people.directory.models import Person, Profile, WayKind
from soc.people.directory.ways import WayEntry
from soc.people.models import Member, Site
from soc.people.on_call import rotations
from soc.people.on_call import services as on_call
from soc.people.on_call.models import Kind, Schedule

_GUARDS, _STAFF = "Guards", "Staff"
# Numbers that are nobody's: France keeps 06 39 98 for stories (ARCEP).
_PEOPLE = (
    ("Guard A", "en", "06 39 98 00 01", (_GUARDS,)),
    ("Guard B", "fr", "06 39 98 00 02", (_GUARDS,)),
    ("Staff 1", "fr", "06 39 98 00 11", (_STAFF,)),
    ("Staff 2", "en", "06 39 98 00 12", (_STAFF,)),
    ("Staff 3", "fr", "06 39 98 00 13", (_STAFF,)),
    ("Staff 4", "en", "", (_STAFF,)),
)


def make_crisis(administrator: Member, supervisor: Member, site: Site, rule: Rule | None) -> None:
    """Make it at a site unless its plan is there.

    Args:
        administrator: who writes.
        supervisor: who approves: somebody else.
        site: where.
        rule: whose alerts ask about the plan; null: somebody took it away.
    """
    if Plan.objects.filter(organisation=site.organisation_id, name=PLAN).exists():
        return
    script = Script.objects.filter(organisation=site.organisation_id, name=SCRIPT, removed_at=None).first()
    profiles = _people(administrator, site)
    schedule = _guards_on_call(administrator, site)
    police = emergency.add_contact(
        administrator, {"name": "Police", "service": Service.POLICE, "number": "17", "site": None}
    )
    risk = make_audit(administrator, supervisor, site, schedule, rule)
    version = plans.add_plan(administrator, site.pk, PLAN)
    written = document(
        staff=profiles[_STAFF].pk, guards=schedule.pk, police=police.pk, script=script.pk if script else None
    )
    draft = plans.save_draft(administrator, version.plan_id, written, risk.pk, edits=version.edits)
    submitted = approval.submit(administrator, version.plan_id, edits=draft.edits)
    approval.approve(supervisor, version.plan_id, edits=submitted.edits)
    if rule is not None:
        # A demo that is left alone starts nothing by itself.
        how = HowItStarts(countdown_s=120, starts_when_silent=False)
        starts.link(administrator, version.plan_id, rule.pk, how)
    _ways_in(administrator, site, version.plan_id, profiles[_GUARDS])


def _ways_in(administrator: Member, site: Site, plan: UUID, guards: Profile) -> None:
    """One of each kind. All ask an agent: a demo that is left alone starts nothing by itself.

    Secret and code are made anew by who wants to use them, since each is shown once.
    """
    cap.add_sender(administrator, "Prefecture (example)", site.pk)
    kinds: tuple[tuple[EntranceKind, str, dict[str, object]], ...] = (
        (EntranceKind.BUTTON, "Alert button", {"profiles": []}),
        (EntranceKind.WEBHOOK, "Fire panel of the workshop", {}),
        (EntranceKind.CALL, "Guards by telephone", {"callers": Callers.PROFILES, "profiles": [str(guards.pk)]}),
        (EntranceKind.CAP, "Warnings of the prefecture", {"events": ["intrusion", "attack"], "exercises": True}),
    )
    for kind, name, settings in kinds:
        entrances.add(
            administrator,
            kind,
            {
                "name": name,
                "plan": plan,
                "countdown_s": 120,
                "starts_when_silent": False,
                "settings": settings,
                "enabled": True,
            },
        )


def _people(administrator: Member, site: Site) -> dict[str, Profile]:
    ensure_people_of_members(site.organisation_id)
    profiles = {name: groups.add_profile(administrator, name) for name in (_GUARDS, _STAFF)}
    for name, language, number, of in _PEOPLE:
        directory.add_person(
            administrator,
            {
                "display_name": name,
                "language": language,
                "site": site.pk,
                "ways": [WayEntry(WayKind.PHONE, number)] if number else [],
                "profiles": [profiles[profile].pk for profile in of],
            },
        )
    return profiles


def _guards_on_call(administrator: Member, site: Site) -> Schedule:
    schedule = on_call.add_schedule(administrator, "Guards on call", site=site.pk)
    guards = Person.objects.filter(organisation=site.organisation_id, profiles__name=_GUARDS).order_by("display_name")
    draft = rotations.RotationDraft(
        name="Days",
        kind=Kind.DAILY,
        starts_on=clock.now().date() - dt.timedelta(days=1),
        handover=dt.time(8),
        participants=tuple(guards.values_list("pk", flat=True)),
    )
    rotations.add_rotation(administrator, schedule.pk, draft)
    return schedule

"""A world as it is made: a row of every kind, all of whose names carry its marker."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile
from django.db.models import Model

from alerts.channels.base import AnswerKind, Channel
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries.models import Attempt, Incoming
from alerts.logbook import categories
from alerts.logbook import services as logbook
from alerts.logbook.handover import services as handovers
from alerts.logbook.handover import summary
from alerts.models import Rule, RuleTrial
from soc import clock
from soc.journal import verifying
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.directory.models import Person
from soc.people.models import Member, MemberSession, Site
from soc.people.rights import Role
from tests import factories
from tests.world import crisis
from tests.world.shapes import World


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
    rows: dict[str, Model] = {
        "other_site": factories.SiteFactory(organisation=organisation, name=f"{marker} other site"),
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
        **_people(marker, site, everything),
        **crisis.emergency(marker, site),
        "provider": factories.ProviderAccountFactory(organisation=organisation, name=f"{marker} provider"),
        "browser": factories.PushSubscriptionFactory(member=everything, user_agent=f"{marker} browser"),
        **crisis.devices(marker, site),
        **crisis.under_way(marker, site, everything),
    }
    rows |= crisis.audited(marker, everything, site, camera)
    rows |= crisis.planned(marker, rule.camera, everything, here)
    rows |= _told(marker, site, rule, everything)
    rows |= crisis.entered(marker, rows["running_plan"], everything)
    ids = {kind: str(row.pk) for kind, row in rows.items()}
    ids |= {
        "session": str(session.number),
        "step": f"later-{marker}",
        "phone": SimulatedMessage.objects.get(organisation=organisation).to,
    }
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


def _people(marker: str, site: Site, everything: Member) -> dict[str, Model]:
    """Who can be reached, and who is on call."""
    organisation = site.organisation
    person = factories.PersonFactory(
        site=site, display_name=f"{marker} person", phone="+33639980001", email=f"{marker}@example.org"
    )
    own = factories.PersonFactory(
        organisation=organisation, member=everything, display_name=everything.display_name, phone="+33639980002"
    )
    schedule = factories.ScheduleFactory(organisation=organisation, name=f"{marker} schedule", site=site)
    return {
        "person": person,
        "way": person.ways.all()[0],
        "profile": factories.ProfileFactory(organisation=organisation, name=f"{marker} profile", people=[person]),
        "person_list": factories.PersonListFactory(organisation=organisation, name=f"{marker} list", people=[person]),
        "own_way": own.ways.all()[0],
        "schedule": schedule,
        "rotation": factories.RotationFactory(schedule=schedule, name=f"{marker} rotation", people=[person]),
        "override": factories.OverrideFactory(schedule=schedule, person=person, reason=f"{marker} reason"),
    }


def _told(marker: str, site: Site, rule: Rule, everything: Member) -> dict[str, Model]:
    """What the outbox holds: a message to a phone, which wrote something back that nobody could place."""
    organisation = site.organisation
    me = Person.objects.get(member=everything)
    message = factories.MessageFactory(organisation=organisation, site=site, reference=f"{marker} message")
    delivery = factories.DeliveryFactory(message=message, person=me)
    attempt = Attempt.objects.create(organisation=organisation, delivery=delivery, number=1, provider="simulated")
    SimulatedMessage.objects.create(
        organisation=organisation, attempt=attempt.pk, channel=Channel.SMS, to=delivery.address, text=f"{marker} text"
    )
    text = Incoming.objects.create(
        organisation=organisation,
        channel=Channel.SMS,
        sender=delivery.address,
        text=f"{marker} wrote",
        kind=AnswerKind.OTHER,
        key=f"{marker}-text",
    )
    return {
        "own_person": me,
        "message": message,
        "text": text,
        "notice": factories.AlertNoticeFactory(rule=rule, name=f"{marker} notice", people=[me]),
    }

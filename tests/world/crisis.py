"""What a world has of the crisis module: plans, what is under way, objects, services, audits."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Model

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import answers
from alerts.deliveries.models import Message
from crisis.activations import engine, starting, steps, talks
from crisis.activations.kinds import Cause
from crisis.activations.models import HelpCall, StartIntent
from crisis.activations.starting import Reason
from crisis.audits.models import Measure, Protection, ProtectionKind, Shelter, VulnerablePerson
from crisis.audits.pcs import vulnerable
from crisis.devices import running
from crisis.entrances import entering, services
from crisis.entrances.entering import Came
from crisis.entrances.models import EntranceHow, Press
from detection.models import Camera
from soc import clock
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests import factories
from tests.world.shapes import said_by, script_of


def planned(marker: str, camera: Camera, author: Member, approver: Member) -> dict[str, Model]:
    """A plan with an approved version and a draft, which a rule starts."""
    plan = factories.ResponsePlanFactory(site=camera.site, name=f"{marker} response plan")
    factories.PlanVersionFactory(plan=plan, document=said_by(marker), author=author, approved_by=approver)
    rule = factories.RuleFactory(camera=camera, name=f"{marker} starts")
    return {
        "response_plan": plan,
        "plan_version": factories.PlanVersionFactory(plan=plan, number=2, document=said_by(marker), author=author),
        "plan_start": factories.RulePlanFactory(rule=rule, plan=plan),
    }


def under_way(marker: str, site: Site, everything: Member) -> dict[str, Model]:
    """A plan that is under way, with somebody in it who calls for help."""
    person = factories.PersonFactory(site=site, display_name=f"{marker} participant", phone="+33639980003")
    guards = factories.ProfileFactory(organisation=site.organisation, name=f"{marker} guards", people=[person])
    plan = factories.ApprovedPlanFactory(site=site, name=f"{marker} response", profile=guards, later=f"later-{marker}")
    activation = starting.start(plan, Reason(Cause.AGENT, member=everything))
    while engine.advance():
        pass
    message = Message.objects.get(asker=f"activation:{activation.pk}:go")
    answers.give(message, person, answers.Given(AnswerKind.HELP, Channel.SMS, text=f"{marker} roof"))
    intent = StartIntent.objects.create(
        organisation=site.organisation,
        plan=plan,
        member=everything,
        digest="0" * 64,
        made_at=clock.now() + dt.timedelta(hours=1),  # the walk takes longer than an intent lasts
    )
    with transaction.atomic():
        spoken = steps.give_instruction(activation, {"en": f"{marker} stays inside."})
    talks.begin(activation.pk, everything)
    return {
        "running_plan": plan,
        "activation": activation,
        "help": HelpCall.objects.get(activation=activation),
        "intent": intent,
        "instruction": spoken,
        "sound_recording": factories.SoundRecordingFactory(site=site, text=f"{marker} says this"),
        "participant": person,
    }


def entered(marker: str, plan: Model, everything: Member) -> dict[str, Model]:
    """Ways in to a plan, one of each kind that has doors of its own; a button was pressed once."""
    button = factories.EntranceFactory(plan=plan, name=f"{marker} button")
    press = Press.objects.create(
        organisation=button.organisation,
        entrance=button,
        member=everything,
        digest="0" * 64,
        made_at=clock.now() + dt.timedelta(hours=1),  # the walk takes longer than a press lasts
    )
    entering.enter(button, Came(f"press:{marker}", member=everything, said=f"{marker} place"))
    unwritten = factories.MemberFactory(organisation=button.organisation, roles=[Role.ADMINISTRATOR])
    at_once = factories.EntranceFactory(
        plan=plan, name=f"{marker} at once", kind="webhook", enabled=False, written_by=unwritten
    )
    services.change(unwritten, at_once.pk, {"how": EntranceHow.START}, version=at_once.version)
    return {"alert_button": button, "press": press, "entrance": at_once}


def devices(marker: str, site: Site) -> dict[str, Model]:
    """Connected objects, and a script of them that runs."""
    device = factories.DeviceFactory(site=site, name=f"{marker} device")
    script = factories.ScriptFactory(site=site, name=f"{marker} script", mode="queued", document=script_of(device.pk))
    with transaction.atomic():
        run = running.start_script(
            script.pk, organisation_id=site.organisation_id, asker=f"{marker} run", verified=True
        )
    return {
        "broker": factories.ConnectionFactory(site=site, name=f"{marker} broker", host=f"{marker}.test"),
        "device": device,
        "script": script,
        "run": run,
    }


def emergency(marker: str, site: Site) -> dict[str, Model]:
    """Emergency services, and who speaks CAP."""
    organisation = site.organisation
    contact = factories.EmergencyContactFactory(organisation=organisation, site=site, name=f"{marker} ambulance")
    return {
        "emergency_contact": contact,
        "emergency_sheet": factories.EmergencySheetFactory(contact=contact, text=f"{marker} line"),
        "cap_sender": factories.CapSenderFactory(organisation=organisation, site=site, name=f"{marker} CAP sender"),
        "cap_reader": factories.CapReaderFactory(organisation=organisation, site=site, name=f"{marker} CAP reader"),
        "cap_message": factories.CapMessageFactory(organisation=organisation, site=site, event=f"{marker} fire"),
    }


def audited(marker: str, author: Member, site: Site, camera: Camera) -> dict[str, Model]:
    """A risk audit that is being written, and a town's safeguard plan."""
    resident = factories.PersonFactory(organisation=site.organisation, site=site, display_name=f"{marker} resident")
    audit = factories.RiskAuditFactory(site=site, author=author, scope=f"{marker} scope")
    risk = factories.AuditedRiskFactory(
        audit=audit, code="", own_name=f"{marker} risk", exposed=f"{marker} exposed", responsible_member=author
    )
    shared = {"organisation": site.organisation, "risk": risk}
    pcs = factories.SafeguardPlanFactory(site=site, name=f"{marker} safeguard plan")
    Shelter.objects.create(
        organisation=site.organisation, plan=pcs, name=f"{marker} shelter", capacity=80, contact=resident
    )
    listed = vulnerable.add(author, pcs.pk, vulnerable.Details(name=f"{marker} vulnerable"))
    return {
        "resident": resident,
        "audit": audit,
        "risk": risk,
        "measure": Measure.objects.create(**shared, what=f"{marker} measure", responsible_person=resident),
        "protection": Protection.objects.create(
            **shared, kind=ProtectionKind.CAMERA, camera=camera, name=f"{marker} protection"
        ),
        "pcs": pcs,
        "vulnerable": VulnerablePerson.objects.get(pk=listed.row.pk),
    }

"""What the rooms below know of the parts that plans name; `apps.py` plugs each function into `crisis.plans.parts`.

Rooms that are beside each other below are introduced here too: audits ask devices whether they protect (`protecting.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from alerts.channels.base import Channel
from alerts.channels.models import PushSubscription
from alerts.channels.recordings.models import SoundRecording
from alerts.channels.recordings.uses import register_use
from alerts.channels.sms.segments import segmented
from crisis.audits.answers import Answer, register_answers
from crisis.audits.models import AuditedRisk, ProtectionKind
from crisis.audits.selectors import risks_in_force
from crisis.audits.sources import register_protection_source
from crisis.devices import checks
from crisis.devices.models import Script
from crisis.emergency.automatic import Denied, may_call_automatically, may_write_automatically
from crisis.emergency.models import EmergencyContact
from crisis.plans.content import Contacting, InstructionStep
from crisis.plans.models import PlanVersion, VersionState
from crisis.plans.parts import (
    Part,
    PartKind,
    Uncovered,
    register_address,
    register_gaps,
    register_part,
    register_segments,
)
from crisis.plans.protecting import Devices
from crisis.plans.selectors import UNFINISHED
from soc.people.on_call import selectors as on_call
from soc.people.on_call.models import Schedule


def risks(organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
    """Risks of the audit in force at the plan's site; what follows an audit that expired is told.

    A plan that names a risk as an earlier version has it goes on: the risk keeps its number in every version.
    """
    expired = (_("The review date of the audit is over."),)
    known = AuditedRisk.objects.filter(organisation=organisation, audit__site=site, pk__in=ids)
    named = dict(known.values_list("pk", "number"))
    in_force = {one.risk.number: one for one in risks_in_force(organisation, site)}
    return {
        pk: Part(f"{found.risk.reference} {found.risk.name}", warnings=expired if found.expired else ())
        for pk, number in named.items()
        if (found := in_force.get(number)) is not None
    }


def answering(organisation: UUID, site: UUID) -> Mapping[int, Sequence[Answer]]:
    """The site's plans that answer a risk in their version in force, or in the one that is written where none is in force."""
    rows = PlanVersion.objects.filter(
        organisation=organisation,
        plan__site=site,
        plan__removed_at=None,
        risk__isnull=False,
        state__in=[*UNFINISHED, VersionState.APPROVED],
    )
    versions = list(rows.select_related("plan").defer("document").order_by("plan__name", "number"))
    numbers = dict(
        AuditedRisk.objects.filter(
            organisation=organisation, audit__site=site, pk__in=[one.risk for one in versions]
        ).values_list("pk", "number")
    )
    approved = {one.plan_id for one in versions if one.state == VersionState.APPROVED}
    found: dict[int, list[Answer]] = {}
    for one in versions:
        in_force = one.state == VersionState.APPROVED
        if (one.plan_id in approved and not in_force) or one.risk is None or one.risk not in numbers:
            continue
        answer = Answer(one.plan_id, one.plan.name, one.number if in_force else None)
        found.setdefault(numbers[one.risk], []).append(answer)
    return found


def scripts(organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
    """Scripts of the plan's site or of all; whether each can run as it stands, and whether it locks."""
    near = Script.objects.filter(Q(site=None) | Q(site=site), organisation=organisation, pk__in=ids, removed_at=None)
    return {
        one.pk: Part(
            one.name,
            problems=tuple(
                problem.sentence() for problem in checks.check(one.document, organisation, site=one.site_id)
            ),
            locks=checks.refuses_before_verification(one.document),
        )
        for one in near
    }


def contacts(organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
    """Emergency contacts of the plan's site or of all, and how none of them may be told by the system."""
    near = EmergencyContact.objects.select_related("organisation").filter(
        Q(site=None) | Q(site=site), organisation=organisation, pk__in=ids, removed_at=None
    )
    found = {}
    for one in near:
        asked = {Contacting.CALL: may_call_automatically(one), Contacting.WRITE: may_write_automatically(one)}
        refused = {how: str(answer.sentence) for how, answer in asked.items() if isinstance(answer, Denied)}
        lines = tuple(line for line in (one.number, one.email, one.notes) if line)
        found[one.pk] = Part(one.name, refused=refused, lines=lines)
    return found


def recordings(organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
    """Recordings of the plan's site, whether the storage has them, and what they say."""
    lost = (_("The sound of this recording is not in the storage any more. Record it again."),)
    rows = SoundRecording.objects.filter(organisation=organisation, site=site, pk__in=ids, destroyed_at=None)
    return {
        one.pk: Part(
            one.text[:60],
            problems=() if default_storage.exists(str(one.file.name)) else lost,
            language=one.language,
            said=one.text,
        )
        for one in rows
    }


def recordings_named(organisation: UUID) -> frozenset[UUID]:
    """Recordings that plans name which are in force, being written or waiting for approval."""
    needed = PlanVersion.objects.filter(organisation=organisation, plan__removed_at=None).exclude(
        state=VersionState.SUPERSEDED
    )
    return frozenset(
        recording
        for version in needed
        for step in version.content.steps
        if isinstance(step, InstructionStep)
        for recording in step.recordings.values()
    )


def gaps(organisation: UUID, schedule: UUID, since: dt.datetime, until: dt.datetime) -> Sequence[Uncovered]:
    """When nobody is on call; always, of a schedule that there is not."""
    row = Schedule.objects.filter(organisation=organisation, pk=schedule, removed_at=None).first()
    if row is None:
        return [Uncovered(since, until)]
    return [Uncovered(gap.start, gap.end) for gap in on_call.gaps(row, since, until)]


def subscribed() -> Exists:
    """Whether a person's account has a browser that shows push messages."""
    return Exists(PushSubscription.objects.filter(member=OuterRef("member"), member__is_active=True))


def plug_in() -> None:
    """Have plans ask the rooms below, and audits the devices."""
    register_part(PartKind.RISK, risks)
    register_answers(answering)
    register_part(PartKind.SCRIPT, scripts)
    register_part(PartKind.CONTACT, contacts)
    register_part(PartKind.RECORDING, recordings)
    register_use(recordings_named)
    register_gaps(gaps)
    register_address(Channel.PUSH, subscribed)
    register_segments(lambda text: segmented(text).segments)
    register_protection_source(ProtectionKind.DEVICE, Devices())

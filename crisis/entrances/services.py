"""What can be done with the ways in: made, changed, switched, approved, given another secret, removed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.activations import starting
from crisis.emergency.models import CapSender
from crisis.entrances import feed, secrets
from crisis.entrances import settings as documents
from crisis.entrances.models import Callers, Entrance, EntranceEditor, EntranceHow, EntranceKind
from crisis.entrances.settings import AnySettings, ButtonSettings, CallSettings, CapSettings
from crisis.plans import selectors as plans
from crisis.plans.models import Plan
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory.models import Profile
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

_SAID: Final = {"profiles": "of_profiles", "senders": "cap_senders"}
SHORTEST_COUNTDOWN_S: Final = 5
LONGEST_COUNTDOWN_S: Final = 900


class EntranceEntry(TypedDict, total=False):
    """What is entered about an entrance; a field that is missing stays as it is."""

    name: str
    plan: UUID
    how: EntranceHow
    countdown_s: int
    starts_when_silent: bool
    settings: Any
    enabled: bool


@dataclass(frozen=True, slots=True)
class Made:
    """An entrance and, this once, its secret or code; empty: its kind has none."""

    entrance: Entrance
    secret: str = field(repr=False)


class OwnWork(Refusal):
    """Somebody would approve what they wrote in."""

    def __init__(self, entrance: Entrance) -> None:
        sentence = _("You wrote in this trigger. Somebody who did not must approve it.")
        super().__init__("own_work", sentence, status=Status.CONFLICT)
        self.entrance = entrance


@transaction.atomic
def add(actor: Member, kind: EntranceKind, entered: EntranceEntry) -> Made:
    """Make an entrance.

    Raises:
        Refusal: the plan is out of reach, what is entered is not valid, or it cannot be switched on: see `change`.
    """
    plan = _plan(actor, entered["plan"])
    settings = _settings(actor, plan, kind, entered.get("settings") or {}, before=())
    entrance = Entrance(
        organisation_id=actor.organisation_id,
        site_id=plan.site_id,
        plan=plan,
        kind=kind,
        name=entered["name"].strip(),
        how=entered.get("how", EntranceHow.ASK),
        countdown_s=entered.get("countdown_s", 60),
        starts_when_silent=entered.get("starts_when_silent", True),
        settings=settings.model_dump(mode="json"),
        enabled=entered.get("enabled", False),
        written_by=actor,
    )
    secret = secrets.renew(entrance)
    entrance.secret_at = clock.now() if secret else None
    _must_be_right(entrance)
    entrance.save(force_insert=True)
    _record(entrance, Action.ENTRANCE_ADDED, actor, {"after": {"kind": kind.value, **_facts(entrance)}})
    feed.changed(entrance)
    return Made(entrance, secret)


@transaction.atomic
def change(actor: Member, pk: UUID, entered: EntranceEntry, *, version: int) -> Entrance:
    """Change an entrance, or switch it on or off. One that starts its plan at once and was approved goes off when what it does is
    changed, until somebody approves it again.

    Raises:
        Refusal: it is out of reach, a colleague was first, what is entered is not valid, or it cannot be switched on: its plan is
            not approved, or it starts the plan at once and nobody else has approved it.
    """
    entrance = _locked(actor, pk, Right.PREPARE, version)
    before, did = _facts(entrance), _does(entrance)
    if "plan" in entered:
        entrance.plan = _plan(actor, entered["plan"])
        entrance.site_id = entrance.plan.site_id
    if "settings" in entered:
        kind = EntranceKind(entrance.kind)
        named = _named(documents.read(kind, entrance.settings))
        settings = _settings(actor, entrance.plan, kind, entered["settings"], before=named)
        entrance.settings = settings.model_dump(mode="json")
    entrance.name = entered.get("name", entrance.name).strip()
    entrance.how = entered.get("how", EntranceHow(entrance.how))
    entrance.countdown_s = entered.get("countdown_s", entrance.countdown_s)
    entrance.starts_when_silent = entered.get("starts_when_silent", entrance.starts_when_silent)
    entrance.enabled = entered.get("enabled", entrance.enabled)
    if _does(entrance) != did:
        entrance.written_by = actor
        if entrance.approved_by_id is not None:
            entrance.approved_by, entrance.approved_at = None, None
            entrance.edition += 1
        if entrance.how == EntranceHow.START and not entered.get("enabled", False):
            entrance.enabled = False
    _must_be_right(entrance)
    after = _facts(entrance)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return entrance
    entrance.version += 1
    entrance.save()
    details: dict[str, Json] = {
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
    }
    _record(entrance, Action.ENTRANCE_CHANGED, actor, details)
    feed.changed(entrance)
    return entrance


def approve(actor: Member, pk: UUID, *, version: int) -> Entrance:
    """Approve that an entrance starts its plan at once, and switch it on. Who wrote in it is refused, which is journalled.

    Raises:
        OwnWork: the actor wrote in it.
        Refusal: it is out of reach, a colleague was first, it only asks agents, or its plan is not approved.
    """
    try:
        return _approve(actor, pk, version)
    except OwnWork as refused:
        with transaction.atomic():
            _record(refused.entrance, Action.ENTRANCE_APPROVAL_REFUSED, actor, {})
        raise


@transaction.atomic
def _approve(actor: Member, pk: UUID, version: int) -> Entrance:
    entrance = _locked(actor, pk, Right.APPROVE, version)
    if EntranceEditor.objects.filter(entrance=entrance, edition=entrance.edition, member=actor).exists():
        raise OwnWork(entrance)
    if entrance.how != EntranceHow.START or entrance.approved_by_id is not None:
        raise _conflict("nothing_to_approve", _("There is nothing to approve here now."))
    starting.in_force(entrance.plan)
    entrance.approved_by, entrance.approved_at, entrance.enabled = actor, clock.now(), True
    entrance.version += 1
    entrance.save()
    _record(entrance, Action.ENTRANCE_APPROVED, actor, {"after": _facts(entrance)})
    feed.changed(entrance)
    return entrance


@transaction.atomic
def renew_secret(actor: Member, pk: UUID, *, version: int) -> Made:
    """Make another secret or code; the one before opens nothing from now on.

    Raises:
        Refusal: it is out of reach, a colleague was first, or its kind has none.
    """
    entrance = _locked(actor, pk, Right.PREPARE, version)
    if not secrets.has_secret(entrance.kind):
        raise _conflict("no_secret", _("This trigger has neither secret nor code."))
    secret = secrets.renew(entrance)
    entrance.secret_at = clock.now()
    entrance.version += 1
    entrance.save()
    _record(entrance, Action.ENTRANCE_SECRET, actor, {})
    feed.changed(entrance)
    return Made(entrance, secret)


@transaction.atomic
def remove(actor: Member, pk: UUID) -> None:
    """Remove an entrance: nothing comes in by it any more; its row stays for what came.

    Raises:
        Refusal: it is out of reach.
    """
    entrance = _locked(actor, pk, Right.PREPARE, None)
    entrance.removed_at, entrance.enabled, entrance.sealed, entrance.code = clock.now(), False, None, ""
    entrance.version += 1
    entrance.save()
    _record(entrance, Action.ENTRANCE_REMOVED, actor, {})
    feed.changed(entrance)


def _locked(actor: Member, pk: UUID, right: Right, version: int | None) -> Entrance:
    rows = Entrance.objects.filter(removed_at=None).select_related("plan__site", "plan__organisation", "site")
    found = scoped(rows.select_for_update(of=("self",), no_key=True), actor, right).filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found", _("There is no such trigger."), status=Status.NOT_FOUND)
    if version is not None and found.version != version:
        sentence = _("A colleague has changed this trigger meanwhile. Open it again and enter your change once more.")
        raise _conflict("changed_meanwhile", sentence)
    return found


def _plan(actor: Member, pk: UUID) -> Plan:
    found = plans.plans(actor, Right.PREPARE).prefetch_related(None).filter(pk=pk).first()
    if found is None:
        unknown = _("Choose a plan of the list.")
        raise Refusal("no_such_plan", unknown, fields={"plan": unknown})
    return found


def _settings(
    actor: Member, plan: Plan, kind: EntranceKind, entered: object, *, before: Collection[UUID]
) -> AnySettings:
    """What is entered, in its types; what it names is there, or was named before."""
    read = documents.read(kind, entered)
    faults: dict[str, Promise | str] = {}
    if isinstance(read, ButtonSettings | CallSettings):
        here = scoped(Profile.objects.filter(pk__in=read.profiles), actor, Right.PREPARE)
        if set(read.profiles) - set(here.values_list("pk", flat=True)) - set(before):
            faults["settings.profiles"] = _("There is no such profile. Choose one of the list.")
    if isinstance(read, CallSettings) and read.callers is Callers.PROFILES and not read.profiles:
        faults["settings.profiles"] = _("Choose whose numbers may call: one profile at least.")
    if isinstance(read, CapSettings):
        here_too = scoped(CapSender.objects.filter(revoked_at=None, pk__in=read.senders), actor, Right.PREPARE)
        of_site = {row.pk for row in here_too if row.site_id in (None, plan.site_id)}
        if set(read.senders) - of_site - set(before):
            faults["settings.senders"] = _("There is no such sender of CAP messages about this site.")
    if faults:
        raise Refusal("names_nothing", next(iter(faults.values())), fields=faults)
    return read


def _named(settings: AnySettings) -> tuple[UUID, ...]:
    if isinstance(settings, ButtonSettings | CallSettings):
        return settings.profiles
    return settings.senders if isinstance(settings, CapSettings) else ()


def _must_be_right(entrance: Entrance) -> None:
    """What the form cannot know; two who give a name at one site at the same moment follow each other at the site's row.

    Raises:
        Refusal: the name is taken at the site, the countdown too short or too long, or it cannot be switched on.
    """
    Site.objects.select_for_update(no_key=True).get(pk=entrance.site_id)
    same = Entrance.objects.filter(site=entrance.site_id, name=entrance.name, removed_at=None).exclude(pk=entrance.pk)
    if not entrance.name or same.exists():
        taken = _("Another trigger at this site has this name.") if entrance.name else _("This is needed.")
        raise Refusal("name_taken", taken, fields={"name": taken})
    if not SHORTEST_COUNTDOWN_S <= entrance.countdown_s <= LONGEST_COUNTDOWN_S:
        wrong = _("A countdown lasts between 5 seconds and 15 minutes.")
        raise Refusal("countdown", wrong, fields={"countdown_s": wrong})
    if not entrance.enabled:
        return
    starting.in_force(entrance.plan)
    if entrance.how == EntranceHow.START and entrance.approved_by_id is None:
        raise _conflict(
            "approval_needed",
            _("This trigger starts its plan at once: somebody who did not write in it approves it first."),
        )


def _does(entrance: Entrance) -> tuple[object, ...]:
    """What is approved."""
    return (
        entrance.plan_id,
        entrance.how,
        entrance.countdown_s,
        entrance.starts_when_silent,
        entrance.settings,
    )


def _facts(entrance: Entrance) -> dict[str, Json]:
    return {
        "name": entrance.name,
        "plan": str(entrance.plan_id),
        "how": str(entrance.how),
        "countdown_s": entrance.countdown_s,
        "starts_when_silent": entrance.starts_when_silent,
        "enabled": entrance.enabled,
        # By names of their own: what they mean is not what others call so.
        **{_SAID.get(name, name): value for name, value in entrance.settings.items()},
    }


def _record(entrance: Entrance, action: Action, actor: Member, details: dict[str, Json]) -> None:
    record(
        entrance.organisation_id,
        action,
        actor=actor,
        subject=entrance,
        site_id=entrance.site_id,
        details={"name": entrance.name, **details},
    )


def _conflict(code: str, sentence: Promise) -> Refusal:
    return Refusal(code, sentence, status=Status.CONFLICT)

"""Writing plans: begun, renamed, drafted, saved, thrown away, removed. Each is one transaction, journalled, told last.

That somebody wrote in a version is written down (`PlanEditor`) by the database, in the statement that writes (migration 0003).
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crisis.plans import entered, feed, ready_made, selectors
from crisis.plans.content import AnyStep, Audience, InstructionStep, MessageStep, OfSite, PlanContent
from crisis.plans.models import Plan, PlanEditor, PlanVersion, RulePlan, VersionState
from crisis.plans.parts import under_way
from crisis.plans.references import must_be_known, references
from crisis.plans.shared import (
    CHANGED_MEANWHILE,
    as_seen,
    conflict,
    is_open,
    journal,
    locked,
    steps_changed,
    unfinished,
)
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal


@transaction.atomic
def add_plan(
    author: Member, site_id: UUID, name: str, *, template: str = "", copy_of: UUID | None = None
) -> PlanVersion:
    """Begin a plan, with its first draft: an empty one, one of a template, or a copy of another plan's version in force or draft.

    Args:
        author: who writes it.
        site_id: where it is for.
        name: as people call it.
        template: key of `ready_made.templates`; empty: none.
        copy_of: a plan in the author's reach; what it says of its own site is said of this one.

    Raises:
        Refusal: the site is out of reach, the name is taken there, or there is no such template or plan.
    """
    site = scoped(Site.objects.select_related("organisation"), author, Right.PREPARE).filter(pk=site_id).first()
    if site is None:
        unknown = _("Choose a site that you prepare plans for.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    source = _source(author, copy_of) if copy_of is not None else None
    content = _first(site, template, source)
    plan = Plan(organisation_id=site.organisation_id, site=site)
    _name(plan, name)
    plan.save(force_insert=True)
    risk = source.risk if source is not None and source.plan.site_id == site.pk else None
    version = _version(plan, 1, content, risk, author)
    details: dict[str, Json] = {"version": 1}
    if template:
        details["template"] = template
    if source is not None:
        details |= {"copied_from": str(source.plan_id), "copied_version": source.number}
    journal(plan, Action.PLAN_BEGUN, author, details)
    feed.changed(plan, version)
    return version


@transaction.atomic
def rename_plan(actor: Member, plan_id: UUID, name: str, *, version: int) -> Plan:
    """Give a plan another name.

    Raises:
        Refusal: it is out of reach, a colleague was first, or the name is taken at its site.
    """
    plan = locked(actor, plan_id, Right.PREPARE)
    if plan.version != version:
        raise conflict("changed_meanwhile", CHANGED_MEANWHILE)
    before = plan.name
    if name.strip() == before:
        return plan
    _name(plan, name)
    plan.version += 1
    plan.save(update_fields=["name", "version"])
    journal(plan, Action.PLAN_RENAMED, actor, {"before": {"name": before}, "after": {"name": plan.name}})
    feed.changed(plan)
    return plan


@transaction.atomic
def remove_plan(actor: Member, plan_id: UUID) -> None:
    """Remove a plan: nothing starts it any more. Its versions stay, for what was done by them.

    Raises:
        Refusal: it is out of reach, or under way.
    """
    plan = locked(actor, plan_id, Right.PREPARE)
    if under_way(plan.pk):
        raise conflict("under_way", _("This plan is under way. End it before you remove it."))
    rules = RulePlan.objects.filter(plan=plan)
    details: dict[str, Json] = {"rules": [str(rule) for rule in rules.values_list("rule_id", flat=True)]}
    rules.delete()
    plan.removed_at = clock.now()
    plan.version += 1
    plan.save(update_fields=["removed_at", "version"])
    journal(plan, Action.PLAN_REMOVED, actor, details)
    feed.changed(plan)


@transaction.atomic
def new_draft(author: Member, plan_id: UUID) -> PlanVersion:
    """Begin the next version of a plan, as the one in force.

    Raises:
        Refusal: it is out of reach, or one is being written already.
    """
    plan = locked(author, plan_id, Right.PREPARE)
    if is_open(plan):
        raise conflict("one_is_written", _("A version of this plan is being written already. Go on with that one."))
    last = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    current = selectors.in_force(plan.pk) or last
    content = current.content if current is not None else _empty(plan.site)
    version = _version(plan, (last.number if last else 0) + 1, content, current.risk if current else None, author)
    journal(plan, Action.PLAN_DRAFTED, author, {"version": version.number})
    feed.changed(plan, version)
    return version


@transaction.atomic
def save_draft(actor: Member, plan_id: UUID, document: object, risk: UUID | None, *, edits: int) -> PlanVersion:
    """Save a draft as a whole.

    Raises:
        Refusal: it is out of reach or no draft, a colleague was first (CONFLICT), the document has faults (the fields say
            where: unknown names in texts, unknown ids, what is missing), or it is too large.
    """
    plan = locked(actor, plan_id, Right.PREPARE)
    version = draft(plan)
    as_seen(version, edits)
    content, before = entered.read(document), version.content
    must_be_known(actor, plan.site_id, references(content, risk), references(before, version.risk))
    if content == before and risk == version.risk:
        return version
    details: dict[str, Json] = {"version": version.number, **steps_changed(before, content)}
    if risk != version.risk:
        details |= {"before": {"risk": _text(version.risk)}, "after": {"risk": _text(risk)}}
    version.document, version.risk = entered.written(content), risk
    version.edited_by, version.edited_at = actor, clock.now()
    version.edits += 1
    version.save(update_fields=["document", "risk", "edited_by", "edited_at", "edits"])
    journal(plan, Action.PLAN_EDITED, actor, details)
    feed.changed(plan, version)
    return version


@transaction.atomic
def discard_draft(actor: Member, plan_id: UUID) -> None:
    """Throw a draft away; what is in force stays so.

    Raises:
        Refusal: it is out of reach or no draft, or the plan would have no version left: remove the plan then.
    """
    plan = locked(actor, plan_id, Right.PREPARE)
    version = draft(plan)
    if not PlanVersion.objects.filter(plan=plan).exclude(pk=version.pk).exists():
        raise conflict("only_version", _("This is the plan’s only version. Remove the plan instead."))
    with connection.cursor() as cursor:  # the version first: as long as it is there, who wrote in it stays written down
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM crisis_plans_planversion WHERE id = %s", [version.pk])
    PlanEditor.objects.filter(version_id=version.pk).delete()
    journal(plan, Action.PLAN_DISCARDED, actor, {"version": version.number})
    feed.changed(plan)


def draft(plan: Plan) -> PlanVersion:
    """The version of a plan that can be written in.

    Raises:
        Refusal: CONFLICT when there is none, or it waits for approval.
    """
    version = unfinished(plan)
    if version.state != VersionState.DRAFT:
        sentence = _("This version waits for approval, so nobody writes in it. Send it back first.")
        raise conflict("in_review", sentence)
    return version


def _version(plan: Plan, number: int, content: PlanContent, risk: UUID | None, author: Member) -> PlanVersion:
    return PlanVersion.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        number=number,
        document=entered.written(content),
        risk=risk,
        author=author,
        edited_by=author,
        edited_at=clock.now(),
    )


def _name(plan: Plan, name: str) -> None:
    """Name a plan as no other at its site is named; two of one name follow each other at the site's row."""
    Site.objects.select_for_update(no_key=True).get(pk=plan.site_id)
    plan.name = name.strip()
    if not plan.name:
        needed = _("This is needed.")
        raise Refusal("needed", needed, fields={"name": needed})
    if Plan.objects.filter(site=plan.site_id, name=plan.name, removed_at=None).exclude(pk=plan.pk).exists():
        taken = _("There is a plan of this name at this site already.")
        raise Refusal("name_taken", taken, fields={"name": taken})


def _first(site: Site, template: str, source: PlanVersion | None) -> PlanContent:
    if template:
        made = ready_made.content(template, site)
        if made is None:
            unknown = _("Choose a template of the list.")
            raise Refusal("no_such_template", unknown, fields={"template": unknown})
        return made
    return _moved(source.content, source.plan.site_id, site.pk) if source is not None else _empty(site)


def _empty(site: Site) -> PlanContent:
    return PlanContent(languages=(site.organisation.language,))


def _source(author: Member, plan_id: UUID) -> PlanVersion:
    version = selectors.versions(author, plan_id).exclude(state=VersionState.SUPERSEDED).order_by("number").first()
    if version is None:
        unknown = _("There is no such plan to copy.")
        raise Refusal("no_such_plan", unknown, fields={"copy_of": unknown})
    return version


def _moved(content: PlanContent, site: UUID, to: UUID) -> PlanContent:
    """What a plan says of its own site, said of another."""

    def moved(audience: Audience) -> Audience:
        groups = tuple(
            OfSite(site=to) if isinstance(group, OfSite) and group.site == site else group for group in audience.groups
        )
        return audience.model_copy(update={"groups": groups})

    def step_moved(step: AnyStep) -> AnyStep:
        if isinstance(step, MessageStep):
            return step.model_copy(update={"to": moved(step.to)})
        if isinstance(step, InstructionStep) and site != to:
            return step.model_copy(update={"recordings": {}})  # they are the other site's, and may speak of it
        return step

    steps = tuple(step_moved(step) for step in content.steps)
    help_to = moved(content.help_to) if content.help_to is not None else None
    return content.model_copy(update={"steps": steps, "help_to": help_to})


def _text(pk: UUID | None) -> str | None:
    return str(pk) if pk is not None else None

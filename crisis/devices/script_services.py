"""What can be done with scripts: one transaction each, journalled, told to who looks. One with faults is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.devices import events, selectors
from crisis.devices.checks import check
from crisis.devices.connection_services import site_of
from crisis.devices.document import parse, walk, written
from crisis.devices.models import Mode, Script
from crisis.devices.running import refuse_problems
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services as people
from soc.people.models import Member
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class ScriptEntry(TypedDict, total=False):
    """What is entered about a script; a field that is missing stays as it is."""

    site: UUID | None
    name: str
    mode: str
    document: dict[str, Any]


def add_script(actor: Member, entered: ScriptEntry) -> Script:
    """Add a script.

    Raises:
        Refusal: something entered cannot be used; `fields` says what.
    """
    with transaction.atomic():
        people.lock(actor.organisation_id)
        script = Script(organisation_id=actor.organisation_id, mode=Mode.SINGLE)
        _apply(actor, script, {"site": None, **entered})
        script.save(force_insert=True)
        _record(actor, script, Action.SCRIPT_ADDED, {"after": _facts(script)})
        events.script_changed(script)
    return script


def change_script(actor: Member, script_id: UUID, entered: ScriptEntry, *, version: int) -> Script:
    """Change a script. Runs that are under way go on as they began.

    Raises:
        Refusal: as `add_script`; CONFLICT when a colleague changed it since `version`.
    """
    with transaction.atomic():
        people.lock(actor.organisation_id)
        script = _locked(actor, script_id, version)
        before, kept = _facts(script), script.document
        _apply(actor, script, entered)
        after = _facts(script)
        changed = sorted(name for name in after if after[name] != before[name])
        if not changed and kept == script.document:
            return script
        script.version += 1
        script.save()
        details: dict[str, Json] = {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
            "version": script.version,
        }
        _record(actor, script, Action.SCRIPT_CHANGED, details)
        events.script_changed(script)
    return script


def remove_script(actor: Member, script_id: UUID) -> None:
    """Take a script away; its runs stay."""
    with transaction.atomic():
        script = _locked(actor, script_id)
        script.removed_at = clock.now()
        script.version += 1
        script.save()
        _record(actor, script, Action.SCRIPT_REMOVED, {"before": _facts(script)})
        events.script_changed(script)


def _locked(actor: Member, script_id: UUID, version: int | None = None) -> Script:
    rows = selectors.scripts(actor, Right.PREPARE).select_for_update(of=("self",), no_key=True)
    script = rows.filter(pk=script_id).first()
    if script is None:
        raise Refusal("no_such_script", _("There is no such script."), status=Status.NOT_FOUND)
    if version is not None and version != script.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this script meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )
    return script


def _apply(actor: Member, script: Script, entered: ScriptEntry) -> None:
    if "site" in entered:
        script.site = site_of(actor, entered["site"])
    script.name = entered.get("name", script.name)
    script.mode = entered.get("mode", script.mode)
    document: object = entered.get("document", script.document)
    refuse_problems(check(document, actor.organisation_id, site=script.site_id))
    script.document = written(parse(document))
    others = Script.objects.filter(organisation=actor.organisation_id, name=script.name, removed_at=None)
    if others.exclude(pk=script.pk).exists():
        sentence = _("There is a script of this name already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})


def _facts(script: Script) -> dict[str, Json]:
    """What the journal keeps of a script: its steps one by one, as short words."""
    steps: list[Json] = []
    for path, step in walk(parse(script.document).steps):
        parts = [
            path,
            step.do,
            *(str(getattr(step, name)) for name in ("device", "state", "seconds") if hasattr(step, name)),
        ]
        steps.append(" ".join(parts))
    return {
        "site": str(script.site_id) if script.site_id else None,
        "name": script.name,
        "mode": str(script.mode),
        "steps": steps,
    }


def _record(actor: Member, script: Script, action: Action, details: Mapping[str, Json]) -> None:
    record(script.organisation_id, action, actor=actor, subject=script, site_id=script.site_id, details=details)

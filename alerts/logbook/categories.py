"""An organisation's list of categories. It begins with the usual ones, as rows: from then on it is the organisation's own."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from alerts.logbook import feed
from alerts.logbook.administration import must_administer
from alerts.logbook.models import Category
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services as people
from soc.people.models import Member
from soc.refusals import Refusal, Status

HANDOVER = "handover"
USUAL: dict[str, dict[str, str]] = {
    "patrol": {"en": "Patrol", "fr": "Ronde"},
    "incident": {"en": "Incident", "fr": "Incident"},
    "visitor": {"en": "Visitor or delivery", "fr": "Visiteur ou livraison"},
    "damage": {"en": "Damage", "fr": "Dégradation"},
    "technical": {"en": "Technical fault", "fr": "Panne technique"},
    "keys": {"en": "Keys and badges", "fr": "Clés et badges"},
    "weather": {"en": "Weather", "fr": "Météo"},
    "help": {"en": "Emergency services", "fr": "Secours et forces de l’ordre"},
    "instruction": {"en": "Instruction", "fr": "Consigne"},
    HANDOVER: {"en": "Shift handover", "fr": "Relève de poste"},
    "other": {"en": "Other", "fr": "Divers"},
}

CAN_BE_CHOSEN = Q(offered=True) | Q(key=HANDOVER)
"""What new entries may be about. Shifts are handed over whatever else is offered."""


def of(organisation: UUID) -> QuerySet[Category]:
    """The organisation's categories in their order; the usual ones are written down the first time."""
    rows = Category.objects.filter(organisation=organisation)
    if not rows.exists():
        usual = [
            Category(organisation_id=organisation, key=key, names=names, position=position)
            for position, (key, names) in enumerate(USUAL.items())
        ]
        Category.objects.bulk_create(usual, ignore_conflicts=True)  # two first readers at once
    return rows.all()


def of_handovers(organisation: UUID) -> Category:
    """The category of what a shift is handed over with."""
    of(organisation)
    usual = {"names": USUAL[HANDOVER], "position": len(USUAL)}
    return Category.objects.get_or_create(organisation_id=organisation, key=HANDOVER, defaults=usual)[0]


class CategoryEntry(TypedDict, total=False):
    """What is entered about a category; what is missing stays as it is.

    Attributes:
        names: language code to name; a language that is missing keeps its name, an empty one takes it away.
        offered: whether new entries may have it.
        before: the category that comes after it from now on; ``None``: it goes last.
    """

    names: dict[str, str]
    offered: bool
    before: UUID | None


@transaction.atomic
def add(actor: Member, names: dict[str, str]) -> Category:
    """Add a category, the last of the list.

    Raises:
        Refusal: it has no name, another has the same one, or the actor manages some sites only.
    """
    must_administer(actor)
    rows = _locked(actor)
    category = Category(organisation_id=actor.organisation_id, names=_whole(names))
    _free_names(category, rows)
    category.key = _key(category)
    last: int | None = Category.objects.filter(organisation=actor.organisation_id).aggregate(last=Max("position"))[
        "last"
    ]
    category.position = 0 if last is None else last + 1
    category.save(force_insert=True)
    _record(actor, category, {"after": {**_facts(category), "position": len(rows) + 1}})
    feed.categories_changed(actor.organisation_id)
    return category


@transaction.atomic
def change(actor: Member, wanted: UUID, entered: CategoryEntry, *, version: int) -> Category:
    """Rename a category, move it, or offer it or not any more. It is never deleted: entries have it.

    Args:
        actor: who does it.
        wanted: which category.
        entered: what changes.
        version: the version that `actor` saw.

    Raises:
        Refusal: as `add`; there is no such category; a colleague changed it since `version`; or too little would be offered.
    """
    must_administer(actor)
    rows = _locked(actor)
    category = next((row for row in rows if row.pk == wanted), None)
    if category is None:
        raise Refusal("no_such_category", _("There is no such category."), status=Status.NOT_FOUND)
    if version != category.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this category meanwhile. Look at it and enter your change again."),
            status=Status.CONFLICT,
        )
    before = {**_facts(category), "position": rows.index(category) + 1}
    if "names" in entered:
        category.names = _whole({**category.names, **entered["names"]})
        _free_names(category, rows)
    if "offered" in entered:
        category.offered = entered["offered"]
        _enough_offered(category, rows)
    if "before" in entered:
        rows = _moved(category, rows, entered["before"])
    after = {**_facts(category), "position": rows.index(category) + 1}
    changed = sorted(field for field in after if after[field] != before[field])
    if not changed:
        return category
    category.version += 1
    category.save()
    if "position" in changed:
        for position, row in enumerate(rows):
            row.position = position
        Category.objects.bulk_update(rows, ["position"])
    details: dict[str, Json] = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }
    _record(actor, category, details)
    feed.categories_changed(actor.organisation_id)
    return category


def _locked(actor: Member) -> list[Category]:
    """The organisation's categories in their order; nobody else changes them until the transaction ends."""
    people.lock(actor.organisation_id)
    return list(of(actor.organisation_id))


def _key(category: Category) -> str:
    """Stable, though the category is renamed; readable where programs show it."""
    return f"{slugify(str(category))[:20].strip('-') or 'own'}-{uuid4().hex[:8]}"


def _whole(names: dict[str, str]) -> dict[str, str]:
    """The names that say something; there is one."""
    kept = {language: text.strip() for language, text in names.items() if text.strip()}
    if not kept:
        needed = _("Give the category a name in one language at least.")
        raise Refusal("name_needed", needed, fields={"names": needed})
    return kept


def _free_names(category: Category, rows: list[Category]) -> None:
    """No other category has one of its names in the same language, in whatever letters."""
    taken = _("Another category has this name already.")
    fields = {
        f"names.{language}": taken
        for language, text in category.names.items()
        if any(row.pk != category.pk and row.names.get(language, "").casefold() == text.casefold() for row in rows)
    }
    if fields:
        raise Refusal("name_taken", taken, fields=dict(fields))


def _enough_offered(category: Category, rows: list[Category]) -> None:
    """Shifts can be handed over, and there is something else to write about."""
    if category.offered:
        return
    if category.key == HANDOVER:
        always = _("Shifts are handed over with this category: it stays offered.")
        raise Refusal("always_offered", always, fields={"offered": always})
    if not any(row.offered for row in rows if row.key != HANDOVER):
        last = _("Entries need a category: offer another before you take this one away.")
        raise Refusal("last_offered", last, fields={"offered": last})


def _moved(category: Category, rows: list[Category], before: UUID | None) -> list[Category]:
    """The list with the category in front of another, or last."""
    if before == category.pk:
        return rows
    others = [row for row in rows if row.pk != category.pk]
    at = len(others) if before is None else next((at for at, row in enumerate(others) if row.pk == before), None)
    if at is None:
        unknown = _("Choose a category of the list.")
        raise Refusal("no_such_category", unknown, fields={"before": unknown})
    return [*others[:at], category, *others[at:]]


def _facts(category: Category) -> dict[str, Json]:
    return {"names": dict(category.names), "offered": category.offered}


def _record(actor: Member, category: Category, details: dict[str, Json]) -> None:
    record(actor.organisation_id, Action.LOGBOOK_CATEGORY, actor=actor, subject=category, details=details)

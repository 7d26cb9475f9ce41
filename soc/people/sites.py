"""What can be done about sites: each in one transaction, journalled."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc.broadcast.events import Event, SiteChanged
from soc.broadcast.services import publish
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class SiteEntry(TypedDict, total=False):
    """What is entered about a site; a field that is missing stays as it is."""

    name: str
    address: str
    latitude: float | None
    longitude: float | None


@transaction.atomic
def create_site(
    organisation: Organisation,
    name: str,
    *,
    address: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    actor: Member | None = None,
) -> Site:
    """Add a site.

    Raises:
        Refusal: when the organisation has one of this name, the actor manages some sites only, or half a position is entered.
    """
    services.must_hold(actor, Right.MANAGE_SITES, None)
    services.lock(organisation.pk)
    _free_site_name(organisation.pk, name)
    site = Site(organisation=organisation, name=name, address=address, latitude=latitude, longitude=longitude)
    _whole_position(site)
    site.save(force_insert=True)
    after = _site_facts(site)
    record(organisation, Action.SITE_ADDED, actor=actor, subject=site, site_id=site.pk, details={"after": after})
    _tell_site(site)
    return site


@transaction.atomic
def change_site(site: Site, entered: SiteEntry, *, version: int | None = None, actor: Member | None = None) -> Site:
    """Change what a site is called or where it is.

    Args:
        site: which.
        entered: what changes.
        version: the version that `actor` saw, if known.
        actor: who does it.

    Raises:
        Refusal: when another site has this name, the actor does not manage this one, a colleague changed it since `version`, or
            half a position is entered.
    """
    services.must_hold(actor, Right.MANAGE_SITES, site.pk)
    services.lock(site.organisation_id)
    site = Site.objects.get(pk=site.pk)
    if version is not None and version != site.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this site meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )
    before = _site_facts(site)
    for field, value in entered.items():
        setattr(site, field, value)
    after = _site_facts(site)
    changed = sorted(field for field in after if after[field] != before[field])
    if not changed:
        return site
    if "name" in changed:
        _free_site_name(site.organisation_id, site.name)
    _whole_position(site)
    site.version += 1
    site.save()
    details: dict[str, Json] = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }
    record(site.organisation_id, Action.SITE_CHANGED, actor=actor, subject=site, site_id=site.pk, details=details)
    _tell_site(site)
    return site


def _whole_position(site: Site) -> None:
    """A site is on the map or it is not: half a position is no place."""
    if (site.latitude is None) == (site.longitude is None):
        return
    sentence = _("Enter both latitude and longitude, or neither.")
    raise Refusal("half_a_position", sentence, fields={"latitude" if site.latitude is None else "longitude": sentence})


def _site_facts(site: Site) -> dict[str, Json]:
    return {"name": site.name, "address": site.address, "latitude": site.latitude, "longitude": site.longitude}


def _tell_site(site: Site) -> None:
    """Tell who looks that a site was added or changed; last in the transaction."""
    publish(Event(site.organisation_id, SiteChanged(site=site.pk, version=site.version), Right.SEE_SITES, site.pk))


def _free_site_name(organisation_id: UUID, name: str) -> None:
    if Site.objects.filter(organisation=organisation_id, name=name).exists():
        raise services.taken("name", _("There is already a site of this name."))

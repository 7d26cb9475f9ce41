"""What is the whole organisation's about the logbook is changed by who administers all of its sites."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach
from soc.refusals import Refusal, Status


def must_administer(actor: Member) -> None:
    """The actor manages all sites.

    Raises:
        Refusal: some of them only.
    """
    if reach(actor, Right.MANAGE_SITES) is not EVERYWHERE:
        whole = _("The logbook is the whole organisation's. Ask an administrator of all sites.")
        raise Refusal("whole_organisation", whole, status=Status.FORBIDDEN)

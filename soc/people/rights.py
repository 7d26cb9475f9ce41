"""Which role may do what: the whole matrix, in one table."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member is in the organisation, everywhere or at some sites."""

    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    RESPONDER = "responder", _("Responder")


class Right(StrEnum):
    """One thing that a role may do. Every URL and socket names the right it needs."""

    SIGNED_IN = "signed_in"
    SEE_SITES = "see_sites"
    MANAGE_SITES = "manage_sites"
    SEE_LIVE = "see_live"
    SHARE_WALLS = "share_walls"
    SEE_ALERTS = "see_alerts"
    HANDLE_ALERTS = "handle_alerts"
    SUPERVISE = "supervise"
    SEE_OVERVIEW = "see_overview"
    SEE_CAMERAS = "see_cameras"
    MANAGE_CAMERAS = "manage_cameras"
    SEE_RULES = "see_rules"
    MANAGE_RULES = "manage_rules"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    SEE_JOURNAL = "see_journal"
    SEE_LOGBOOK = "see_logbook"
    WRITE_LOGBOOK = "write_logbook"

    @property
    def words(self) -> Promise:
        """What it lets somebody do, after "may …"."""
        return _WORDS[self]


_WORDS: dict[Right, Promise] = {
    Right.SIGNED_IN: _("sign in"),
    Right.SEE_SITES: _("see the sites"),
    Right.MANAGE_SITES: _("add and change sites"),
    Right.SEE_LIVE: _("watch cameras live, blurred"),
    Right.SHARE_WALLS: _("share walls with colleagues"),
    Right.SEE_ALERTS: _("see alerts and what was recorded with them"),
    Right.HANDLE_ALERTS: _("take, comment and close alerts"),
    Right.SEE_OVERVIEW: _("see what needs attention, and how fast sites answer"),
    Right.SUPERVISE: _("be told of alerts that nobody takes"),
    Right.SEE_CAMERAS: _("see how cameras are set up"),
    Right.MANAGE_CAMERAS: _("add and change cameras and zones"),
    Right.SEE_RULES: _("see the rules"),
    Right.MANAGE_RULES: _("make and change rules"),
    Right.SEE_PEOPLE: _("see who the members are"),
    Right.MANAGE_PEOPLE: _("invite people and change what they may do"),
    Right.SEE_JOURNAL: _("read and verify the journal"),
    Right.SEE_LOGBOOK: _("read the logbook"),
    Right.WRITE_LOGBOOK: _("write in the logbook and hand over shifts"),
}

_EVERYONE = frozenset({Right.SIGNED_IN})
_AGENT = _EVERYONE | {
    Right.SEE_SITES,
    Right.SEE_LIVE,
    Right.SEE_ALERTS,
    Right.HANDLE_ALERTS,
    Right.SEE_CAMERAS,
    Right.SEE_RULES,
    Right.SEE_PEOPLE,
    Right.SEE_LOGBOOK,
    Right.WRITE_LOGBOOK,
}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _AGENT
    | {Right.SUPERVISE, Right.SEE_OVERVIEW, Right.SHARE_WALLS},  # alerts that nobody takes in time come to them
    Role.ADMINISTRATOR: _AGENT
    | {
        Right.SEE_OVERVIEW,
        Right.SHARE_WALLS,
        Right.MANAGE_SITES,
        Right.MANAGE_CAMERAS,
        Right.MANAGE_RULES,
        Right.MANAGE_PEOPLE,
    },
    Role.AUDITOR: _EVERYONE
    | {
        Right.SEE_SITES,
        Right.SEE_ALERTS,
        Right.SEE_CAMERAS,
        Right.SEE_RULES,
        Right.SEE_PEOPLE,
        Right.SEE_JOURNAL,
        Right.SEE_LOGBOOK,
    },
    Role.RESPONDER: _EVERYONE,
}

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
    RESPOND = "respond"
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
    SEE_DIRECTORY = "see_directory"
    MANAGE_DIRECTORY = "manage_directory"
    SEE_ON_CALL = "see_on_call"
    MANAGE_ON_CALL = "manage_on_call"
    MANAGE_CHANNELS = "manage_channels"
    SEE_CRISIS = "see_crisis"
    PREPARE = "prepare"
    APPROVE = "approve"
    DIRECT = "direct"

    @property
    def words(self) -> Promise:
        """What it lets somebody do, after "may …"."""
        return _WORDS[self]


_WORDS: dict[Right, Promise] = {
    Right.SIGNED_IN: _("sign in"),
    Right.RESPOND: _("receive messages and answer them"),
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
    Right.SEE_DIRECTORY: _("see who can be reached, and how"),
    Right.MANAGE_DIRECTORY: _("add and change who can be reached"),
    Right.SEE_ON_CALL: _("see who is on call"),
    Right.MANAGE_ON_CALL: _("change who is on call"),
    Right.MANAGE_CHANNELS: _("set up by which providers messages leave"),
    Right.SEE_CRISIS: _("see risk audits, plans and what is under way"),
    Right.PREPARE: _("write risk audits and plans, add devices and emergency contacts"),
    Right.APPROVE: _("approve risk audits and plans that somebody else wrote"),
    Right.DIRECT: _("start plans and direct them"),
}

_EVERYONE = frozenset({Right.SIGNED_IN, Right.RESPOND})
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
    Right.SEE_DIRECTORY,
    Right.SEE_ON_CALL,
    Right.SEE_CRISIS,
    Right.DIRECT,
}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _AGENT
    | {
        Right.SUPERVISE,  # alerts that nobody takes in time come to them
        Right.SEE_OVERVIEW,
        Right.SHARE_WALLS,
        Right.MANAGE_ON_CALL,
        Right.APPROVE,
    },
    Role.ADMINISTRATOR: _AGENT
    | {
        Right.SEE_OVERVIEW,
        Right.SHARE_WALLS,
        Right.MANAGE_SITES,
        Right.MANAGE_CAMERAS,
        Right.MANAGE_RULES,
        Right.MANAGE_PEOPLE,
        Right.MANAGE_DIRECTORY,
        Right.MANAGE_ON_CALL,
        Right.MANAGE_CHANNELS,
        Right.PREPARE,
        Right.APPROVE,
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
        Right.SEE_ON_CALL,
        Right.SEE_CRISIS,
    },
    Role.RESPONDER: _EVERYONE,
}

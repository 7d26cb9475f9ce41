"""What the journal's entries are made of, as people call it: kinds of things, and values by the names that `record` is given."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.journal.digests import Json
from soc.people.rights import Role

KINDS: dict[str, Promise | str] = {
    "soc_people.organisation": _("organisation"),
    "soc_people.member": _("member"),
    "soc_people.site": _("site"),
    "soc_people.apitoken": _("token"),
    "soc_people.invitation": _("invitation"),
    "soc_journal.verificationrun": _("verification"),
    "detection.camera": _("camera"),
    "detection.zone": _("zone"),
    "detection.line": _("line"),
    "detection_floor_plans.floorplan": _("floor plan"),
    "detection_walls.wall": _("wall"),
    "alerts.rule": _("rule"),
    "alerts.alert": _("alert"),
    "alerts.recording": _("recording"),
    "alerts_logbook.shift": _("shift"),
    "alerts_logbook.category": _("category"),
    "alerts_logbook.handover": _("handover"),
    "alerts_logbook.logbookentry": _("logbook entry"),
}

FIELDS: dict[str, Promise | str] = {
    # People and sites
    "name": _("Name"),
    "display_name": _("Displayed name"),
    "email": _("E-mail"),
    "language": _("Language"),
    "is_active": _("Active"),
    "member": _("Member"),
    "role": _("Role"),
    "roles": _("Roles"),
    "site": _("Site"),
    "address": _("Address"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "way": _("Way to sign in"),
    "second_factor": _("Second factor"),
    "sessions": _("Sessions ended"),
    "left": _("Codes left"),
    # Cameras, zones, floor plans, walls
    "camera": _("Camera"),
    "cameras": _("Cameras"),
    "zone": _("Zone"),
    "line": _("Line"),
    "source": _("Source"),
    "credentials": _("Name and password changed"),
    "enabled": _("Switched on"),
    "place": _("Kind of place"),
    "purpose": _("Purpose"),
    "legal_basis": _("Legal basis"),
    "authorisation": _("Authorisation"),
    "authorised_until": _("Authorisation ends"),
    "notice_displayed": _("Notice displayed"),
    "frames_per_second": _("Frames a second"),
    "analysis_size": _("Size analysed"),
    "retention_days": _("Days kept"),
    "clip_before_s": _("Seconds before"),
    "clip_after_s": _("Seconds after"),
    "polygon": _("Outline"),
    "start": _("Beginning"),
    "end": _("End"),
    "private": _("Private"),
    "level": _("Level"),
    "picture": _("Picture"),
    "areas": _("Areas"),
    "x": _("Across"),
    "y": _("Down the picture"),
    "direction": _("Direction"),
    "field_of_view": _("Field of view"),
    "reach": _("Reach"),
    "layout": _("Layout"),
    "shared": _("Shared"),
    # Rules and alerts
    "kind": _("Kind"),
    "sentence": _("Rule as a sentence"),
    "settings": _("Settings"),
    "labels": _("Classes"),
    "confidence": _("Confidence"),
    "seconds": _("Seconds"),
    "limit": _("At most"),
    "seen_before": _("Only if seen before"),
    "schedule": _("Hours"),
    "days": _("Days"),
    "severity": _("Severity"),
    "quiet_s": _("Seconds quiet"),
    "authorising_text": _("Authorising text"),
    "authorised_from": _("Authorised from"),
    "state": _("State"),
    "renewed": _("Renewed for six months"),
    "restored": _("Version gone back to"),
    "rule": _("Rule"),
    "rule_version": _("Version of the rule"),
    "comment": _("Comment"),
    "alert": _("Alert"),
    "alerts": _("Alerts"),
    "to": _("To"),
    "take_by": _("To be taken by"),
    "critical_s": _("Critical: seconds to take it"),
    "high_s": _("High: seconds to take it"),
    "medium_s": _("Medium: seconds to take it"),
    "low_s": _("Low: seconds to take it"),
    "expires_at": _("Destroyed at"),
    "size": _("Bytes"),
    "sha256": _("SHA-256"),
    # Logbook
    "reference": _("Number"),
    "refers_to": _("Refers to"),
    "category": _("Category"),
    "happened_at": _("Happened at"),
    "words": _("Digest of the words"),
    "months": _("Months kept"),
    "written_before": _("Written before"),
    "names": _("Names"),
    "position": _("Position"),
    "offered": _("Offered"),
    "digest": _("Digest"),
    "here": _("On the screen of who left"),
    # Journal, exports
    "entry": _("Entry"),
    "entries": _("Entries"),
    "holds": _("The chain holds"),
    "head": _("Head of the chain"),
    "seal": _("Seal"),
    "faults": _("Faults"),
    "count": _("Entries in the file"),
    "as": _("File format"),
    "cursor": _("Page"),
    "page_size": _("Entries a page"),
    "action": _("Action"),
    "actor": _("Who"),
    "author": _("Author"),
    "subject": _("Done to"),
    "subject_kind": _("Kind of thing"),
    "since": _("Since"),
    "until": _("Until"),
    "q": _("Words looked for"),
    "text": _("Text"),
    "reason": _("Reason"),
    "version": _("Version"),
}

REFERENCES = {
    "alert": "alerts.alert",
    "alerts": "alerts.alert",
    "camera": "detection.camera",
    "cameras": "detection.camera",
    "category": "alerts_logbook.category",
    "member": "soc_people.member",
    "to": "soc_people.member",
}
"""Values that are the id of a row, or a list of such, and the kind of row."""

_ROLES = dict(Role.choices)
CODES: dict[str, Mapping[str, Promise | str]] = {
    "role": _ROLES,
    "value": _ROLES,  # what a second factor is demanded for
    "way": {
        "password": _("password"),
        "code": _("code from a phone"),
        "recovery_code": _("recovery code"),
        "passkey": _("passkey"),
        "invitation": _("invitation"),
        "reset_link": _("link to sign in anew"),
    },
}
"""Values that are codes of the program's, where no field of the subject says what they are called."""

LANGUAGES = dict(settings.LANGUAGES)


def without_words(kind: str, *parts: dict[str, Json]) -> set[str]:
    """What of an entry an auditor would read by a name of the program: everything that is here must have words above.

    Args:
        kind: of its subject; empty where there is none.
        parts: its details, and what is personal of it.
    """
    found = {kind} - KINDS.keys() - {""}
    for part in parts:
        found |= _names(part) - FIELDS.keys() - LANGUAGES.keys() - {"before", "after"}
    return found


def _names(value: Json) -> set[str]:
    if isinstance(value, dict):
        return {str(name) for name in value}.union(*map(_names, value.values()))
    if isinstance(value, list):
        return set().union(*map(_names, value))
    return set()

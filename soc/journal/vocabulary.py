"""What the journal's entries are made of, as people call it: kinds of things, and values by the names that `record` is given."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.journal.digests import Json
from soc.journal.fields import FIELDS
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
    # The directory
    "soc_directory.person": _("person"),
    "soc_directory.profile": _("profile"),
    "soc_directory.personlist": _("list of people"),
    # On call
    "soc_on_call.schedule": _("on-call schedule"),
    "soc_on_call.rotation": _("on-call rotation"),
    "soc_on_call.override": _("on-call override"),
    # Channels and deliveries
    "alerts_deliveries.message": _("message"),
    "alerts_channels.provideraccount": _("provider"),
    "alerts_channels.pushsubscription": _("device with push"),
    "alerts_deliveries.incoming": _("text that came in"),
    "alerts_deliveries.alertnotice": _("notice of alerts"),
    # Risk audits
    "crisis_audits.riskaudit": _("risk audit"),
    "crisis_audits.safeguardplan": _("safeguard plan"),
    # Plans
    "crisis_plans.plan": _("plan"),
    # Activations
    "crisis_activations.activation": _("plan under way"),
    # Ways in
    "crisis_entrances.entrance": _("trigger"),
    # Devices
    "crisis_devices.connection": _("device connection"),
    "crisis_devices.device": _("device"),
    "crisis_devices.script": _("script"),
    "crisis_devices.scriptrun": _("script under way"),
    # Emergency services
    "crisis_emergency.emergencycontact": _("emergency contact"),
    "crisis_emergency.sheet": _("sheet of what to say"),
    "crisis_emergency.capmessage": _("CAP message"),
    "crisis_emergency.capsender": _("sender of CAP messages"),
    "crisis_emergency.capreader": _("reader of CAP messages"),
    # Recordings
    "alerts_recordings.soundrecording": _("recording of what is spoken"),
}

REFERENCES = {
    "alert": "alerts.alert",
    "alerts": "alerts.alert",
    "camera": "detection.camera",
    "cameras": "detection.camera",
    "cap_sender": "crisis_emergency.capsender",
    "category": "alerts_logbook.category",
    "directors": "soc_directory.person",
    "responsible_member": "soc_people.member",
    "responsible_person": "soc_directory.person",
    "rules": "alerts.rule",
    "copied_from": "crisis_plans.plan",
    "plan": "crisis_plans.plan",
    "of_profiles": "soc_directory.profile",
    "cap_senders": "crisis_emergency.capsender",
    "member": "soc_people.member",
    "to": "soc_people.member",
    "profile": "soc_directory.profile",
    "list": "soc_directory.personlist",
    # On call
    "participants": "soc_directory.person",
    "person": "soc_directory.person",
    "replaces": "soc_directory.person",
    "rotation": "soc_on_call.rotation",
    "connection": "crisis_devices.connection",
    "script_run": "crisis_devices.scriptrun",
    "on_call": "soc_on_call.schedule",
    "people": "soc_directory.person",
}
"""Values that are the id of a row, or a list of such, and the kind of row."""

_ROLES = dict(Role.choices)
CODES: dict[str, Mapping[str, Promise | str]] = {
    "refused": {
        "cap_not_signed": _("its signature is wrong"),
        "cap_stale": _("it was signed too long ago"),
        "cap_too_large": _("it is too large"),
        "cap_not_utf8": _("it is not in UTF-8"),
        "cap_with_entities": _("it declares entities"),
        "cap_not_xml": _("it is no XML"),
        "cap_version": _("it is of an earlier version of CAP"),
        "cap_unknown": _("its schema is unknown"),
        "cap_invalid": _("it is not valid"),
        "cap_other_content": _("another message has its identifier"),
        "cap_secret_sealed": _("the sender’s secret cannot be opened"),
        "entrance_off": _("it was switched off"),
        "entrance_sealed": _("the webhook’s secret cannot be opened"),
        "plan_not_approved": _("its plan is not approved"),
        "webhook_not_signed": _("its signature is wrong"),
        "webhook_stale": _("it was signed too long ago"),
        "webhook_nonce": _("its nonce is none"),
        "webhook_body": _("its body is none"),
        "webhook_too_large": _("it is too large"),
        "too_many": _("it came too often"),
        "number_may_not": _("the number may not"),
        "wrong_code": _("the code was wrong"),
        "code_closed": _("too many wrong codes were tried"),
        "not_your_gesture": _("somebody else had pressed"),
        "not_your_button": _("the button was not for them"),
        "press_too_old": _("the first gesture was too long ago"),
        "read_again": _("it was not what was shown"),
    },
    "nothing": {
        "real_under_way": _("the plan was under way for real"),
        "cap_exercise": _("it was an exercise"),
        "cap_test": _("it was a test"),
        "cap_system": _("it was between systems"),
        "cap_draft": _("it was a draft"),
    },
    "outcome": {
        "started": _("started the plan"),
        "asked": _("asked an agent"),
        "linked": _("joined what was under way"),
        "drill": _("began a drill"),
        "nothing": _("did nothing"),
    },
    "callers": {
        "profiles": _("people with one of these profiles"),
        "directory": _("everybody of the directory"),
        "anybody": _("any number"),
        "recording_too_large": _("its file is too large"),
        "recording_too_long": _("it is too long"),
        "recording_silent": _("there is nothing to hear in it"),
        "recording_broken": _("its file is damaged"),
        "recording_without_words": _("its words were not written"),
        "recordings_unavailable": _("it could not be read now"),
        "not_a_recording": _("it is no recording"),
    },
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
    "unit": {"hourly": _("hours"), "daily": _("days"), "weekly": _("weeks"), "monthly": _("months")},
}
"""Values that are codes of the program's, where no field of the subject says what they are called."""


def register_codes(name: str, words: Mapping[str, Promise | str]) -> None:
    """Have values of this name called so: for rooms above, whose words are theirs."""
    CODES[name] = {**CODES.get(name, {}), **words}


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

"""Every action that the journal knows: a code, and the words people read for it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What was done."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_REFUSED = "sign_in_refused", _("was refused at sign-in")
    SIGNED_OUT = "signed_out", _("signed out")
    PASSWORD_CHANGED = "password_changed", _("changed a password")
    TOKEN_MADE = "token_made", _("made a token")
    TOKEN_REVOKED = "token_revoked", _("revoked a token")
    ORGANISATION_ADDED = "organisation_added", _("added the organisation")
    MEMBER_ADDED = "member_added", _("added a member")
    MEMBER_CHANGED = "member_changed", _("changed a member")
    ROLE_GRANTED = "role_granted", _("granted a role")
    ROLE_REVOKED = "role_revoked", _("revoked a role")
    SITE_ADDED = "site_added", _("added a site")
    SITE_CHANGED = "site_changed", _("changed a site")
    CAMERA_ADDED = "camera_added", _("added a camera")
    CAMERA_CHANGED = "camera_changed", _("changed a camera")
    CAMERA_REMOVED = "camera_removed", _("removed a camera")
    CAMERA_TESTED = "camera_tested", _("tested a camera")
    PLAN_ADDED = "plan_added", _("added a floor plan")
    PLAN_CHANGED = "plan_changed", _("changed a floor plan")
    PLAN_REMOVED = "plan_removed", _("removed a floor plan")
    ZONE_CHANGED = "zone_changed", _("changed a zone or line")
    WALL_KEPT = "wall_kept", _("kept a wall")
    WALL_CHANGED = "wall_changed", _("changed a wall")
    WALL_DELETED = "wall_deleted", _("deleted a wall")
    RULE_ADDED = "rule_added", _("added a rule")
    RULE_CHANGED = "rule_changed", _("changed a rule")
    RULE_REMOVED = "rule_removed", _("removed a rule")
    LIVE_VIEWED = "live_viewed", _("watched live video")
    CLIP_VIEWED = "clip_viewed", _("viewed a snapshot or clip")
    ALERT_RAISED = "alert_raised", _("raised an alert")
    ALERT_ACKNOWLEDGED = "alert_acknowledged", _("acknowledged an alert")
    ALERT_ASSIGNED = "alert_assigned", _("assigned an alert")
    ALERT_COMMENTED = "alert_commented", _("commented on an alert")
    ALERT_RESOLVED = "alert_resolved", _("resolved an alert")
    ALERT_FALSE = "alert_false", _("marked a false alarm")
    DUTY_TAKEN = "duty_taken", _("took up duty")
    DUTY_ENDED = "duty_ended", _("ended duty")
    LOGBOOK_WRITTEN = "logbook_written", _("wrote in the logbook")
    LOGBOOK_CORRECTED = "logbook_corrected", _("corrected an entry of the logbook")
    LOGBOOK_EXPORTED = "logbook_exported", _("exported the logbook")
    LOGBOOK_ERASED = "logbook_erased", _("erased old texts of the logbook")
    LOGBOOK_POLICY = "logbook_policy", _("changed how long the logbook is kept")
    RECORDING_KEPT = "recording_kept", _("kept a recording")
    RECORDING_DESTROYED = "recording_destroyed", _("destroyed a recording")
    JOURNAL_READ = "journal_read", _("read the journal")
    JOURNAL_VERIFIED = "journal_verified", _("verified the journal")
    JOURNAL_EXPORTED = "journal_exported", _("exported the journal")
    PERSONAL_ERASED = "personal_erased", _("erased personal data")

"""What people do about alerts: each answer in one transaction, journalled, told to everyone, and refused with a sentence that
says which colleague was first.
"""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alerts import feed, search
from alerts.models import Alert, AlertLog, AlertState, FalseAlarmReason, LogKind
from alerts.states import TRANSITIONS, Answer
from soc import clock
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds
from soc.refusals import Refusal, Status

MAX_TEXT = 4_000

_COLLEAGUE: dict[LogKind, Promise | str] = {
    LogKind.ACKNOWLEDGED: _("%(who)s acknowledged this alert at %(at)s. Look at it again before you answer."),
    LogKind.ASSIGNED: _("%(who)s assigned this alert to %(to)s at %(at)s. Look at it again before you answer."),
    LogKind.RESOLVED: _("%(who)s resolved this alert at %(at)s. It needs no answer any more."),
    LogKind.FALSE_ALARM: _("%(who)s marked this alert as a false alarm at %(at)s. It needs no answer any more."),
}
_CHANGED = _("This alert has changed since you looked. Look at it again before you answer.")
_NEEDED = _("This is needed.")
_SAY_WHAT = _("None of the reasons fits: say in a few words what it was.")


def acknowledge(alert: Alert, *, version: int, actor: Member) -> Alert:
    """Take an alert on: from now on it is hers.

    Raises:
        Refusal: a colleague was first.
    """
    return _answer(alert, Answer.ACKNOWLEDGE, version=version, actor=actor)


def assign(alert: Alert, *, to: UUID | None, version: int, actor: Member) -> Alert:
    """Give an alert to a member who handles alerts at its site.

    Raises:
        Refusal: there is no such member, or a colleague was first.
    """
    colleagues = Member.objects.filter(organisation=alert.organisation_id, is_active=True)
    member = None if to is None else colleagues.filter(pk=to).first()
    if member is None or not holds(member, Right.HANDLE_ALERTS, alert.site_id):
        unknown = _("Choose a colleague who handles alerts at this site.")
        raise Refusal("no_such_member", unknown, fields={"member": unknown})
    return _answer(alert, Answer.ASSIGN, version=version, actor=actor, to=member)


def comment(alert: Alert, *, text: str, actor: Member) -> Alert:
    """Write a comment. It stands beside what colleagues do, so it never comes too late."""
    return _answer(alert, Answer.COMMENT, version=None, actor=actor, text=_entered(text, "text"))


def resolve(alert: Alert, *, text: str, version: int, actor: Member) -> Alert:
    """Close an alert that was dealt with.

    Raises:
        Refusal: a colleague was first.
    """
    return _answer(alert, Answer.RESOLVE, version=version, actor=actor, text=text.strip())


def false_alarm(alert: Alert, *, reason: FalseAlarmReason | None, text: str = "", version: int, actor: Member) -> Alert:
    """Close an alert that was none, and say why: a reason of the list, with words where none of them fits.

    Raises:
        Refusal: no reason, or a colleague was first.
    """
    if reason is None:
        raise Refusal("needed", _NEEDED, fields={"reason": _NEEDED})
    if reason is FalseAlarmReason.OTHER and not text.strip():
        raise Refusal("needed", _SAY_WHAT, fields={"text": _SAY_WHAT})
    return _answer(alert, Answer.FALSE_ALARM, version=version, actor=actor, text=text.strip(), reason=reason)


def _entered(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("needed", _NEEDED, fields={field: _NEEDED})
    return text


@transaction.atomic
def _answer(
    alert: Alert,
    answer: Answer,
    *,
    version: int | None,
    actor: Member,
    text: str = "",
    to: Member | None = None,
    reason: FalseAlarmReason | None = None,
) -> Alert:
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    step = TRANSITIONS[answer]
    if (version is not None and version != alert.version) or AlertState(alert.state) not in step.allowed:
        raise _colleague_was_first(alert)
    before, now = alert.state, clock.now()
    _apply(alert, answer, actor, to)
    if reason is not None:
        alert.false_alarm_reason = reason
    if answer is not Answer.COMMENT:
        alert.version += 1
    alert.save()
    if text:
        search.add(alert, text)
    AlertLog.objects.create(
        organisation_id=alert.organisation_id,
        alert=alert,
        at=now,
        member=actor,
        kind=step.log,
        text=text,
        to_member=to,
    )
    record(
        alert.organisation_id,
        step.action,
        actor=actor,
        subject=alert,
        site_id=alert.site_id,
        details={"before": before, "after": alert.state, "to": str(to.pk) if to else None, "reason": reason},
        personal={"text": text} if text else None,
    )
    feed.changed(alert)
    return alert


def _apply(alert: Alert, answer: Answer, actor: Member, to: Member | None) -> None:
    now = clock.now()
    if answer is Answer.ACKNOWLEDGE:
        alert.acknowledged_by, alert.acknowledged_at = actor, now
        alert.assigned_to = alert.assigned_to or actor
    elif answer is Answer.ASSIGN:
        alert.assigned_to = to
    elif answer in (Answer.RESOLVE, Answer.FALSE_ALARM):
        alert.closed_by, alert.closed_at = actor, now
    alert.state = TRANSITIONS[answer].to or alert.state


def _colleague_was_first(alert: Alert) -> Refusal:
    """The refusal that says what was done meanwhile, by whom and when (on the organisation's wall clock)."""
    last = (
        AlertLog.objects.select_related("member", "to_member", "organisation")
        .filter(alert=alert, kind__in=list(_COLLEAGUE))
        .order_by("-at", "-id")
        .first()
    )
    if last is None or last.member is None:
        return Refusal("alert_changed", _CHANGED, status=Status.CONFLICT)
    at = last.at.astimezone(ZoneInfo(last.organisation.timezone))
    return Refusal(
        "alert_changed",
        _COLLEAGUE[LogKind(last.kind)],
        status=Status.CONFLICT,
        params={
            "who": last.member.display_name,
            "at": f"{at:%H:%M}",
            "to": last.to_member.display_name if last.to_member else "–",
        },
    )

"""What about audits needs somebody: reviews that are due, contradictions, what waits for approval, late measures."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.overview.wire import Attention
from alerts.wire import Named
from crisis.audits.facts import facts_of, today_in, today_of
from crisis.audits.models import AuditState, RiskAudit
from crisis.audits.pcs import selectors as pcs
from crisis.audits.presenting import measure_view
from crisis.audits.selectors import audits, days_left, states_of, with_risks
from crisis.audits.services import why_not_approve
from crisis.audits.sources import written_day
from crisis.audits.wire import AttentionKind, Needed
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds

SOON: Final = 30
"""Days before its end on which an audit's review is asked for."""

VERY_SOON: Final = 7

EXERCISE_SOON: Final = dt.timedelta(days=180)
"""An exercise of a whole town takes half a year to prepare."""


def needs_attention(member: Member) -> list[Needed]:
    """All of it, at the sites where the member sees the crisis module; most urgent first."""
    rows = with_risks(audits(member).filter(state__in=[AuditState.APPROVED, AuditState.IN_REVIEW]))
    found: list[Needed] = []
    for audit in rows:
        if audit.state == AuditState.IN_REVIEW:
            found += _to_approve(audit, member)
        else:
            found += [*_review(audit), *_contradicted(audit), *_late(audit)]
    found += _exercises(member)
    return sorted(found, key=lambda one: -one.urgency)


def overview_source(member: Member, _now: dt.datetime) -> list[Attention]:
    """The same for the supervisor's overview: what is said is said here, in the reader's language."""
    if not holds(member, Right.SEE_CRISIS):
        return []
    return [
        Attention(
            code=one.kind,
            urgency=one.urgency,
            link=one.link,
            count=one.count,
            name=one.site.name,
            last_day=one.last_day,
            why=one.sentence,
        )
        for one in needs_attention(member)
    ]


def _exercises(member: Member) -> list[Needed]:
    found = []
    for plan in pcs.plans(member):
        due = pcs.exercise_due(plan)
        if due is None or due > today_in(plan.organisation, clock.now()) + EXERCISE_SOON:
            continue
        over = due < today_in(plan.organisation, clock.now())
        sentence = (
            _("The five-yearly exercise of “%(name)s” was due on %(day)s.")
            if over
            else _("The five-yearly exercise of “%(name)s” is due by %(day)s.")
        )
        found.append(
            Needed(
                kind="pcs_exercise",
                urgency=2 if over else 1,
                subject=plan.pk,
                link=f"/crisis/pcs/{plan.pk}",
                site=Named(id=plan.site_id, name=plan.site.name),
                sentence=sentence % {"name": plan.name, "day": written_day(due)},
                count=1,
                last_day=due,
            )
        )
    return found


def _to_approve(audit: RiskAudit, member: Member) -> list[Needed]:
    if not holds(member, Right.APPROVE, audit.site_id) or why_not_approve(member, audit) is not None:
        return []
    sentence = _("Version %(number)d of the risk audit of %(site)s waits for your approval.")
    return [_needed(audit, "audit_to_approve", 2, sentence)]


def _review(audit: RiskAudit) -> list[Needed]:
    left = days_left(audit)
    if left is None or audit.review_on is None or left > SOON:
        return []
    if left < 0:
        sentence = _("The risk audit of %(site)s has been over since %(day)s: it is to be reviewed.")
        return [_needed(audit, "audit_over", 3, sentence, last_day=audit.review_on)]
    sentence = _("The risk audit of %(site)s ends on %(day)s: it is to be reviewed.")
    return [_needed(audit, "audit_ends", 2 if left <= VERY_SOON else 1, sentence, last_day=audit.review_on)]


def _contradicted(audit: RiskAudit) -> list[Needed]:
    found = facts_of(audit, audit.risks.all()).unanswered
    if not found:
        return []
    risks = len({one.number for one in found})
    sentence = ngettext(
        "Facts contradict %(count)d risk of the audit of %(site)s. %(first)s",
        "Facts contradict %(count)d risks of the audit of %(site)s. %(first)s",
        risks,
    )
    return [_needed(audit, "audit_contradicted", 2, sentence, count=risks, first=found[0].sentence)]


def _late(audit: RiskAudit) -> list[Needed]:
    listed = [one for risk in audit.risks.all() for one in risk.measures.all()]
    reached, today = states_of(listed), today_of(audit, clock.now())
    late = sum(1 for one in listed if measure_view(one, reached, today).days_late)
    if not late:
        return []
    sentence = ngettext(
        "%(count)d measure against a risk of %(site)s is late.",
        "%(count)d measures against risks of %(site)s are late.",
        late,
    )
    return [_needed(audit, "audit_measures_late", 1, sentence, count=late)]


def _needed(
    audit: RiskAudit,
    kind: AttentionKind,
    urgency: int,
    sentence: str,
    *,
    count: int = 1,
    first: str = "",
    last_day: dt.date | None = None,
) -> Needed:
    places = {
        "number": audit.number,
        "site": audit.site.name,
        "count": count,
        "first": first,
        "day": written_day(last_day) if last_day else "",
    }
    return Needed(
        kind=kind,
        urgency=urgency,
        subject=audit.pk,
        link=f"/crisis/audits/{audit.pk}",
        site=Named(id=audit.site_id, name=audit.site.name),
        sentence=sentence % places,
        count=count,
        last_day=last_day,
    )

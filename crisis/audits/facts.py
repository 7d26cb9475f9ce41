"""Where facts contradict an audit: what should protect and does not, and incidents that speak for a higher likelihood.

Nothing is written here: contradictions are found each time they are asked for, from things as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.audits.incidents import Incidents, of_risks
from crisis.audits.models import (
    AuditedRisk,
    ContradictionKind,
    KeptContradiction,
    Protection,
    ProtectionKind,
    ProtectionTest,
    RiskAudit,
)
from crisis.audits.scale import OFTEN_IN_A_MONTH, Likelihood, Treatment, score_of, treatment_of
from crisis.audits.sources import Fails, Standing, Unknown, source_of, tested
from soc import clock
from soc.people.models import Organisation

KEPT_FOR: Final = dt.timedelta(days=7)
"""A protection that still fails so long after it was kept is asked about again."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something that does not agree with a risk as it was judged.

    Attributes:
        kind: incidents, or a protection that fails.
        number: of the risk.
        sentence: what does not agree, in the active language.
        key: the protection's; ``None`` for incidents.
        since: since when a protection fails, where that is known.
        likelihood: that the incidents speak for.
        score: that the risk would have then.
        treatment: that it would ask for.
        count: incidents in a year.
        kept: that somebody looked at it and kept the audit, as long as it has not grown since.
    """

    kind: ContradictionKind
    number: int
    sentence: str
    key: UUID | None = None
    since: dt.datetime | None = None
    likelihood: Likelihood | None = None
    score: int | None = None
    treatment: Treatment | None = None
    count: int = 0
    kept: KeptContradiction | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand with an audit's risks.

    Attributes:
        standings: of each protection, by its key.
        tested: when each protection was tested last, by its key.
        incidents: of each risk, by its number.
        contradictions: of each risk, by its number; only risks that have some.
    """

    standings: Mapping[UUID, Standing]
    tested: Mapping[UUID, dt.date]
    incidents: Mapping[int, Incidents]
    contradictions: Mapping[int, list[Contradiction]]

    @property
    def unanswered(self) -> list[Contradiction]:
        """Contradictions that nobody has looked at, or that have grown since."""
        return [one for found in self.contradictions.values() for one in found if one.kept is None]


def facts_of(audit: RiskAudit, risks: Iterable[AuditedRisk]) -> Facts:
    """How things stand now with these risks of an audit; their protections are prefetched."""
    now = clock.now()
    listed = list(risks)
    protections = [one for risk in listed for one in risk.protections.all()]
    last = last_tested(protections)
    standings = standings_of(protections, last, today_of(audit, now))
    counted = of_risks(audit, listed, now)
    kept = _kept(audit)
    found: dict[int, list[Contradiction]] = {}
    for risk in listed:
        own = [*_by_incidents(risk, counted[risk.number], kept)]
        own += [
            _by_protection(risk, one, standing, kept, now)
            for one in risk.protections.all()
            if isinstance(standing := standings[one.key], Fails)
        ]
        if own:
            found[risk.number] = own
    return Facts(standings, last, counted, found)


def today_of(audit: RiskAudit, now: dt.datetime) -> dt.date:
    """The day on the organisation's clock."""
    return today_in(audit.organisation, now)


def today_in(organisation: Organisation, now: dt.datetime) -> dt.date:
    """The day on the organisation's clock."""
    return now.astimezone(ZoneInfo(organisation.timezone)).date()


def last_tested(protections: Iterable[Protection]) -> dict[UUID, dt.date]:
    """When each was tested last: as written down, or since."""
    written = {one.key: one.last_tested for one in protections}
    rows = ProtectionTest.objects.filter(key__in=written).values("key").annotate(last=Max("tested_on"))
    since = {row["key"]: row["last"] for row in rows.order_by("key")}
    both = {key: [day for day in (day, since.get(key)) if day is not None] for key, day in written.items()}
    return {key: max(days) for key, days in both.items() if days}


def standings_of(
    protections: Iterable[Protection], last: Mapping[UUID, dt.date], today: dt.date
) -> dict[UUID, Standing]:
    """How each protection stands, by its key; each source is asked once."""
    listed = list(protections)
    found: dict[UUID, Standing] = {}
    for kind in ProtectionKind:
        own = {one.key: subject for one in listed if one.kind == kind and (subject := subject_of(one)) is not None}
        if not own:
            continue
        source = source_of(kind)
        answers = source.status(set(own.values())) if source is not None else {}
        for key, subject in own.items():
            found[key] = answers.get(subject, Unknown(_("Nothing is known of it here.")))
    for one in listed:
        if one.key not in found:
            found[one.key] = tested(last.get(one.key), today)
    return found


def subject_of(protection: Protection) -> UUID | None:
    """The camera, device or schedule; ``None`` for something else."""
    return protection.camera_id or protection.device or protection.schedule_id


def called(one: Protection) -> str:
    """What a protection is called now."""
    if one.camera is not None:
        return one.camera.name
    return one.schedule.name if one.schedule is not None else one.name


_KeptBy = tuple[int, str, UUID | None]


def _kept(audit: RiskAudit) -> dict[_KeptBy, KeptContradiction]:
    """The last word on each contradiction of the site."""
    rows = KeptContradiction.objects.filter(site=audit.site_id).select_related("member").order_by("at", "pk")
    return {(one.number, one.kind, one.key): one for one in rows}


def _by_incidents(
    risk: AuditedRisk, seen: Incidents, kept: Mapping[_KeptBy, KeptContradiction]
) -> Iterable[Contradiction]:
    if seen.likelihood is None or risk.likelihood is None or seen.likelihood <= risk.likelihood:
        return
    score = score_of(seen.likelihood, risk.severity)
    word = kept.get((risk.number, ContradictionKind.INCIDENTS, None))
    # It has grown when more incidents speak for more than they did, or there are twice as many.
    covered = word is not None and seen.likelihood <= (word.likelihood or 0) and seen.in_a_year < 2 * max(word.count, 1)
    yield Contradiction(
        kind=ContradictionKind.INCIDENTS,
        number=risk.number,
        sentence=_incidents_sentence(Likelihood(risk.likelihood), seen, score),
        likelihood=seen.likelihood,
        score=score,
        treatment=treatment_of(score) if score else None,
        count=seen.in_a_year,
        kept=word if covered else None,
    )


def _incidents_sentence(judged: Likelihood, seen: Incidents, score: int | None) -> str:
    if seen.in_a_month >= OFTEN_IN_A_MONTH:
        counted = ngettext("%(count)d incident in 30 days.", "%(count)d incidents in 30 days.", seen.in_a_month)
        count = seen.in_a_month
    else:
        counted = ngettext("%(count)d incident in a year.", "%(count)d incidents in a year.", seen.in_a_year)
        count = seen.in_a_year
    words = {"count": count, "judged": judged.label, "meaning": judged.meaning}
    would = seen.likelihood.label if seen.likelihood else ""
    if score is None:
        then = _("“%(judged)s” means %(meaning)s, so this would be “%(would)s”.")
    else:
        then = _("“%(judged)s” means %(meaning)s, so this would be “%(would)s”, score %(score)d.")
    return f"{counted % words} {then % {**words, 'would': would, 'score': score}}"


def _by_protection(
    risk: AuditedRisk, one: Protection, standing: Fails, kept: Mapping[_KeptBy, KeptContradiction], now: dt.datetime
) -> Contradiction:
    word = kept.get((risk.number, ContradictionKind.PROTECTION, one.key))
    covered = word is not None and word.since == standing.since and now - word.at < KEPT_FOR
    return Contradiction(
        kind=ContradictionKind.PROTECTION,
        number=risk.number,
        sentence=_("%(name)s does not protect now: %(why)s") % {"name": called(one), "why": standing.sentence},
        key=one.key,
        since=standing.since,
        kept=word if covered else None,
    )

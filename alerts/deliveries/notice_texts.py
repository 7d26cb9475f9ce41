"""What people are told of an alert without a plan: the alert's own sentences, in every language of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alerts.channels.base import AnswerKind
from alerts.deliveries.texts import Offered, Texts
from alerts.models import Alert, Severity
from alerts.rules.forms import why_text

_TAKEN = gettext_noop("I take it")


def texts(alert: Alert) -> dict[str, Texts]:
    """The alert, told in each language. Reads its site, camera and organisation: select them."""
    return {language: _in(language, alert) for language, _name in settings.LANGUAGES}


def answers() -> tuple[Offered, ...]:
    """What can be answered: that one takes it, or that one needs help."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = _(_TAKEN)
    return (
        Offered(key="1", kind=AnswerKind.SEEN, words=words),
        Offered(key="2", kind=AnswerKind.HELP, words={}),
    )


def _in(language: str, alert: Alert) -> Texts:
    with translation.override(language):
        facts = _facts(alert)
        return Texts(
            subject=(_("%(rule)s: %(site)s") % facts)[:200],
            text=_(
                "%(why)s\n\nRule: %(rule)s\nSite: %(site)s\nWhere: %(where)s\nSeen at: %(time)s\nSeverity: %(severity)s"
            )
            % facts,
            short=_("%(rule)s, %(site)s, %(where)s, %(time)s: %(why)s") % facts,
            spoken=_("Alert at %(site)s, %(where)s. %(why)s") % facts,
            plain=_("A camera has seen something at %(site)s. Say whether you take care of it.") % facts,
        )


def _facts(alert: Alert) -> Mapping[str, str]:
    stored = alert.why["params"]
    at = alert.captured_at.astimezone(ZoneInfo(alert.organisation.timezone))
    return {
        "rule": alert.rule_name,
        "site": alert.site.name,
        "where": f"{alert.camera.name}, {alert.area_name}" if alert.area_name else alert.camera.name,
        "time": f"{at:%H:%M}",
        "severity": str(Severity(alert.severity).label),
        "why": why_text(str(alert.why["code"]), stored if isinstance(stored, dict) else {}),
    }

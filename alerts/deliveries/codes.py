"""The code by which somebody shows that a number or address is theirs: it leaves by the outbox, like everything else."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.utils import translation
from django.utils.translation import gettext as _

from alerts.channels.base import Channel
from alerts.deliveries import services
from alerts.deliveries.models import Priority
from alerts.deliveries.texts import Texts
from soc import clock
from soc.people.directory.models import ContactWay, WayKind

_GOOD_FOR = dt.timedelta(minutes=10)


def send(way: ContactWay, code: str, language: str) -> None:
    """Owe the code to the way itself, in the caller's transaction. It is of no use after ten minutes, and then does not leave."""
    with translation.override(language if translation.check_for_language(language) else "en"):
        text = _("Your code for Vigie is %(code)s. It is good for 10 minutes.") % {"code": code}
    until = clock.now() + _GOOD_FOR
    message = services.message(
        services.Asked(
            organisation=way.organisation_id,
            site=way.person.site_id,
            asker=f"code:{uuid4()}",
            texts={language: Texts(subject=text[:200], text=text, short=text, spoken=text)},
            priority=Priority.URGENT,
            wanted_until=until,
            answers_until=until,
        )
    )
    channel = Channel.EMAIL if way.kind == WayKind.EMAIL else (Channel.SMS if way.sms else Channel.VOICE)
    services.owe(message, [services.Owed(str(way.person_id), way.person_id, channel, way.address, language)])

"""Guessing is slowed down: tries that have not succeeded are counted, in the database, and too many of them are refused.

A try is counted before the secret is looked at, and taken off the count when it succeeds.
"""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.models import SignInTry
from soc.refusals import Refusal, Status


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` that have not succeeded within `window`."""

    tries: int
    window: dt.timedelta


BY_NAME = Limit(10, dt.timedelta(minutes=1))
BY_ADDRESS = Limit(30, dt.timedelta(minutes=5))
BY_DEVICE = Limit(10, dt.timedelta(minutes=5))
BY_CODE = Limit(6, dt.timedelta(minutes=5))
"""Six digits are a million, three of which are good at a time: who guesses for an hour succeeds once in 4,600."""
BY_PROOF = Limit(10, dt.timedelta(minutes=5))
LONGEST = max(limit.window for limit in (BY_NAME, BY_ADDRESS, BY_DEVICE, BY_CODE, BY_PROOF))


@dataclass(frozen=True, slots=True)
class Counted:
    """Whose tries are counted, and how many there may be."""

    kind: str
    what: str
    limit: Limit


def by_address(address: str) -> Counted:
    """Tries from one network address."""
    return Counted("address", network(address), BY_ADDRESS)


class Tries:
    """One try, counted wherever it counts."""

    def __init__(self, *counted: Counted) -> None:
        """Count it.

        Raises:
            Refusal: there were too many before; this one then does not count, so that waiting helps.
        """
        self._rows = [(SignInTry.objects.create(key=_key(one), at=clock.now()), one.limit) for one in counted]
        wait = max((_wait(row, limit) for row, limit in self._rows), default=0)
        if wait:
            self.succeeded()
            raise Refusal(
                "too_many_tries",
                _("Too many tries. Wait %(seconds)s seconds and try again."),
                status=Status.TOO_MANY,
                params={"seconds": wait},
                retry_after_s=wait,
            )

    def succeeded(self) -> None:
        """Take it off the count."""
        SignInTry.objects.filter(pk__in=[row.pk for row, _limit in self._rows]).delete()


def forget_old_tries() -> int:
    """Delete what no limit counts any more; how many rows that were."""
    deleted, _by_model = SignInTry.objects.filter(at__lt=clock.now() - LONGEST).delete()
    return deleted


def network(address: str) -> str:
    """The address; of IPv6 the network of one subscriber, who has as many addresses as she likes."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _wait(row: SignInTry, limit: Limit) -> int:
    """Seconds until one more try is within the limit; 0 when it is."""
    since = clock.now() - limit.window
    times = list(SignInTry.objects.filter(key=row.key, at__gt=since).order_by("-at").values_list("at", flat=True))
    if len(times) <= limit.tries:
        return 0
    return max(1, int((times[limit.tries] - since).total_seconds()) + 1)


def _key(counted: Counted) -> str:
    """A keyed digest, so that the table tells nobody who tried from where."""
    text = f"{counted.kind}:{counted.what}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()

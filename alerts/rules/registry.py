"""The kinds of rules there are. A new kind is one file beside this one and one line here."""

from __future__ import annotations

from typing import Any

from alerts.rules.base import RuleKind
from alerts.rules.crosses import Crosses
from alerts.rules.more_than import MoreThan
from alerts.rules.none_left import NoneLeft
from alerts.rules.seen import Seen
from alerts.rules.stays import Stays

_ALL: tuple[RuleKind[Any], ...] = (Seen(), Stays(), MoreThan(), NoneLeft(), Crosses())

KINDS: dict[str, RuleKind[Any]] = {kind.key: kind for kind in _ALL}

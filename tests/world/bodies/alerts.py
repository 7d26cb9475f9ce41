"""What is sent to the addresses of alerts: rules, alerts, the logbook, messages."""

from __future__ import annotations

from tests.world.shapes import Bodies, Body, Ids


def _logbook(ids: Ids) -> Body:
    return {
        "category": ids["category"],
        "text": "New entry",
        "site": ids["site"],
        "alerts": [ids["alert"]],
        "cameras": [ids["camera"]],
        "corrects": ids["entry"],
    }


def _rule(ids: Ids) -> Body:
    return {**_lookout(ids), "name": "New rule", "purpose": "Safety"}


def _lookout(ids: Ids) -> Body:
    return {"camera": ids["camera"], "kind": "seen", "settings": {"labels": ["person"]}, "zone": ids["zone"]}


_BROWSER = {
    "endpoint": "https://push.example.org/new",
    "expirationTime": None,
    "keys": {
        # The curve's own generator, which is a point of it.
        "p256dh": "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
        "auth": "AAAAAAAAAAAAAAAAAAAAAA",
    },
}
_MAIL = {"host": "127.0.0.1", "port": 9, "encryption": "none", "sender": "vigie@example.org"}

BODIES: Bodies = {
    "POST /api/alert-notices/": lambda ids: {
        "rule": ids["rule"],
        "name": "New notice",
        "people": [ids["person"]],
        "ways": [{"channel": "sms"}, {"channel": "voice", "after_s": 120}],
    },
    "PATCH /api/alert-notices/{id}/": lambda ids: {"version": 1, "name": "Changed", "people": [ids["person"]]},
    "POST /api/alerts/{id}/acknowledge/": lambda _: {"version": 1},
    "POST /api/alerts/{id}/assign/": lambda ids: {"version": 1, "member": ids["member"]},
    "POST /api/alerts/{id}/comment/": lambda _: {"text": "Seen."},
    "POST /api/alerts/{id}/false-alarm/": lambda _: {"version": 1, "reason": "animal"},
    "POST /api/alerts/bulk/": lambda ids: {"answer": "acknowledge", "alerts": [{"id": ids["alert"], "version": 1}]},
    "PATCH /api/alerts/take-times/": lambda _: {"version": 1, "critical_s": 30},
    "POST /api/alerts/{id}/resolve/": lambda _: {"version": 1, "text": "Done."},
    "POST /api/answer-link/": lambda _: {"token": "nobody's"},
    "POST /api/answer-link/sound/": lambda _: {"token": "nobody's", "language": "en"},
    "POST /api/answer-link/answer/": lambda _: {"token": "nobody's", "kind": "safe"},
    "POST /api/handovers/": lambda _: {"text": "New handover", "seal": "nobody's"},
    "POST /api/handovers/{id}/take/": lambda _: {"digest": "0" * 64},
    "POST /api/handovers/{id}/take-here/": lambda _: {"digest": "0" * 64, "name": "nobody", "password": "nothing"},
    "POST /api/incoming-texts/{id}/bind/": lambda ids: {
        "person": ids["own_person"],
        "message": ids["message"],
        "kind": "safe",
    },
    "POST /api/incoming-texts/{id}/dismiss/": lambda _: {"text": "A wrong number."},
    "POST /api/logbook/": _logbook,
    "POST /api/logbook/categories/": lambda _: {"names": {"en": "New category"}},
    "PATCH /api/logbook/categories/{id}/": lambda ids: {
        "version": 1,
        "names": {"en": "Changed"},
        "before": ids["other_category"],
    },
    "PATCH /api/logbook/policy/": lambda _: {"months": 6},
    "POST /api/me/messages/{id}/answer/": lambda _: {"kind": "help", "place": "In the yard"},
    "PATCH /api/message-limits/": lambda _: {"version": 1, "alarms": 5},
    "PATCH /api/message-retention/": lambda _: {"version": 1, "days": 90},
    "POST /api/messages/{id}/answers/": lambda ids: {"person": ids["own_person"], "kind": "safe"},
    "POST /api/duty/": lambda ids: {"site": ids["site"]},
    "POST /api/me/push/": lambda _: _BROWSER,
    "POST /api/providers/": lambda _: {"channel": "email", "kind": "smtp", "name": "New", "settings": _MAIL},
    "PATCH /api/providers/{id}/": lambda _: {"version": 1, "name": "Changed"},
    "POST /api/providers/test/": lambda ids: {
        "channel": "email",
        "kind": "smtp",
        "settings": _MAIL,
        "to": "nobody@example.org",
        "account": ids["provider"],
    },
    "POST /api/sms-segments/": lambda _: {"text": "Évacuez"},
    "POST /api/rules/": _rule,
    "PATCH /api/rules/{id}/": lambda ids: {"version": 1, "name": "Changed", "zone": ids["zone"]},
    "POST /api/rules/{id}/versions/": lambda _: {"to": 1, "version": 1},
    "POST /api/simulated-phones/{to}/replies/": lambda _: {"text": "1"},
    "POST /api/trials/": _lookout,
    "POST /api/sound-recordings/": lambda ids: {"site": ids["site"], "language": "en", "text": "New recording"},
    "PATCH /api/sound-recordings/policy/": lambda _: {"days": 20},
}

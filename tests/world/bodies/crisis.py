"""What is sent to the addresses of crisis: activations, audits, objects, services, ways in, plans."""

from __future__ import annotations

from tests.world.shapes import Bodies, Body, Ids, said_by, script_of


def _contact(ids: Ids) -> Body:
    return {"name": "New contact", "service": "gas", "site": ids["site"], "number": "0800 47 33 33"}


_SHEET_LINES = [{"kind": "where", "text": "At {site}, {address}."}]


def _audited_risk(ids: Ids) -> Body:
    return {
        "code": "fire",
        "likelihood": 2,
        "severity": 5,
        "responsible_member": ids["member"],
        "measures": [{"what": "A drill", "responsible_person": ids["resident"], "due_on": "2027-03-01"}],
        "protections": [{"kind": "camera", "of": ids["camera"]}, {"kind": "other", "name": "Extinguishers"}],
    }


def _pcs(ids: Ids) -> Body:
    return {
        "version": 1,
        "adopted_on": "2025-03-01",
        "directors": [{"person": ids["resident"], "function": "Mayor"}],
        "cells": [{"name": "Field", "posts": [{"person": ids["resident"]}]}],
        "sheets": [{"title": "First hour", "code": "flood", "text": "1. Write down who called."}],
        "shelters": [{"name": "Sports hall", "capacity": 120, "contact": ids["resident"]}],
        "volunteers": [{"person": ids["resident"], "skills": "First aid"}],
    }


def _device(ids: Ids) -> Body:
    return {
        "site": ids["site"],
        "connection": ids["broker"],
        "name": "New device",
        "kind": "light",
        "driver": "mqtt",
        "settings": {"command_topic": "new/set", "payloads": {"on": "ON", "off": "OFF"}, "state_topic": "new/state"},
        "states": [{"key": "on"}, {"key": "off"}],
    }


def _script(ids: Ids) -> Body:
    return {"site": ids["site"], "name": "New script", "document": script_of(ids["device"])}


def _draft(ids: Ids) -> Body:
    return {"site": ids["site"], "document": script_of(ids["device"])}


BODIES: Bodies = {
    "POST /api/activations/prepare/": lambda ids: {"plan": ids["response_plan"], "alert": ids["alert"]},
    "POST /api/activations/start/": lambda ids: {"intent": ids["intent"], "digest": "0" * 64},
    "POST /api/activations/{id}/verify/": lambda _: {"how": "live"},
    "POST /api/activations/{id}/command/": lambda _: {"director": None, "deputy": None},
    "POST /api/activations/{id}/message/": lambda ids: {
        "words": {"en": {"text": "Stay inside."}},
        "channels": ["sms"],
        "to": {"groups": [{"kind": "people", "people": [ids["participant"]]}]},
    },
    "POST /api/activations/{id}/instruction/": lambda _: {"words": {"en": "Stay inside."}},
    "POST /api/activations/{id}/notes/": lambda _: {"text": "Seen at the gate."},
    "POST /api/activations/{id}/stand-down/": lambda _: {"version": 2},
    "POST /api/activations/{id}/steps/{key}/finish/": lambda _: {"note": "done"},
    "POST /api/activations/{id}/help/{call}/take/": lambda _: {"who": "Guard A", "version": 1},
    "POST /api/activations/{id}/help/{call}/close/": lambda _: {"version": 1},
    "POST /api/cap/": lambda _: {},
    "POST /api/cap-readers/": lambda ids: {"name": "New reader", "site": ids["site"]},
    "POST /api/cap-senders/": lambda ids: {"name": "New sender", "site": ids["site"]},
    "POST /api/emergency-contacts/": _contact,
    "PATCH /api/emergency-contacts/{id}/": lambda ids: {"version": 1, "name": "Changed", "site": ids["site"]},
    "POST /api/emergency-contacts/{contact}/preview/": lambda _: {"language": "en", "lines": _SHEET_LINES},
    "POST /api/emergency-contacts/{contact}/sheets/": lambda _: {"language": "fr", "lines": _SHEET_LINES},
    "PATCH /api/emergency-contacts/{contact}/sheets/{id}/": lambda _: {"version": 1, "lines": _SHEET_LINES},
    "POST /api/device-connections/": lambda ids: {"site": ids["site"], "name": "New", "host": "127.0.0.1", "port": 1},
    "PATCH /api/device-connections/{id}/": lambda ids: {"version": 1, "name": "Changed", "site": ids["site"]},
    "POST /api/devices/": _device,
    "PATCH /api/devices/{id}/": lambda ids: {"version": 1, "name": "Changed", "site": ids["site"]},
    "POST /api/devices/{id}/set/": lambda _: {"state": "on", "reason": "It is dark."},
    "POST /api/devices/test/": lambda ids: {**_device(ids), "device": ids["device"]},
    "POST /api/scripts/": _script,
    "PATCH /api/scripts/{id}/": lambda ids: {"version": 1, **_script(ids)},
    "POST /api/scripts/{id}/start/": lambda _: {"reason": "It is dark."},
    "POST /api/scripts/check/": _draft,
    "POST /api/scripts/dry-run/": _draft,
    "POST /api/script-runs/{id}/decide/": lambda _: {"step": "0", "asked": 1, "decision": "skip"},
    "POST /api/entrances/": lambda ids: {
        "kind": "call",
        "name": "New way in",
        "plan": ids["running_plan"],
        "settings": {"word": "ALERTE", "callers": "profiles", "profiles": [ids["profile"]]},
    },
    "PATCH /api/entrances/{id}/": lambda ids: {"version": 2, "name": "Changed", "plan": ids["running_plan"]},
    "POST /api/entrances/{id}/approve/": lambda _: {"version": 2},
    "POST /api/entrances/{id}/secret/": lambda _: {"version": 2},
    "POST /api/me/alert-buttons/confirm/": lambda ids: {"press": ids["press"], "digest": "0" * 64, "place": "Hall"},
    "POST /api/webhook/": lambda _: {"text": "nobody's"},
    "POST /api/plan-starts/": lambda ids: {"plan": ids["response_plan"], "rule": ids["rule"]},
    "PATCH /api/plan-starts/{id}/": lambda _: {"version": 1, "countdown_s": 90},
    "POST /api/plans/": lambda ids: {"site": ids["site"], "name": "New plan", "copy_of": ids["response_plan"]},
    "PATCH /api/plans/{id}/": lambda _: {"version": 1, "name": "Changed"},
    "PUT /api/plans/{id}/draft/": lambda ids: {"edits": 1, "document": said_by("new", ids["site"])},
    "POST /api/plans/{id}/submit/": lambda _: {"edits": 1},
    "POST /api/plans/{id}/send-back/": lambda _: {"edits": 1, "comment": "Change it."},
    "POST /api/plans/{id}/approve/": lambda _: {"edits": 1},
    "POST /api/plans/{plan}/versions/{id}/preview/sound/": lambda _: {
        "step": "agents",
        "language": "en",
        "form": "voice",
    },
    "POST /api/plans/{plan}/versions/{id}/preview/": lambda _: {"step": "agents", "language": "en", "form": "sms"},
    "POST /api/risk-audits/": lambda ids: {"site": ids["other_site"], "origin": "template", "template": "town"},
    "PATCH /api/risk-audits/{id}/": lambda _: {"version": 1, "scope": "Changed"},
    "POST /api/risk-audits/{id}/submit/": lambda _: {"version": 1},
    "POST /api/risk-audits/{id}/send-back/": lambda _: {"comment": "Look again."},
    "POST /api/risk-audits/{id}/review/": lambda _: {"version": 1},
    "POST /api/risk-audits/{id}/approve/": lambda _: {"version": 1},
    "POST /api/risk-audits/{id}/withdraw/": lambda _: {"comment": "Not needed."},
    "POST /api/risk-audits/{id}/risks/": _audited_risk,
    "PATCH /api/risk-audits/{id}/risks/{risk}/": lambda ids: {"version": 1, **_audited_risk(ids)},
    "PATCH /api/risk-audits/{id}/risks/{risk}/rules/": lambda ids: {"rules": [ids["rule"]]},
    "POST /api/risk-audits/{id}/risks/{risk}/keep/": lambda _: {"kind": "incidents", "why": "They were tests."},
    "POST /api/risk-audits/{id}/measures/{measure}/progress/": lambda _: {"state": "ordered"},
    "POST /api/risk-audits/{id}/protections/{protection}/tests/": lambda _: {},
    "POST /api/pcs/": lambda ids: {"site": ids["other_site"], "name": "New safeguard plan"},
    "PATCH /api/pcs/{id}/": _pcs,
    "POST /api/pcs/{id}/exercises/": lambda _: {"held_on": "2026-01-15", "kind": "table"},
    "POST /api/pcs/{id}/vulnerable/": lambda _: {"name": "New"},
    "PATCH /api/pcs/{id}/vulnerable/{person}/": lambda _: {"version": 1, "name": "Changed"},
}
